package io.allium.channel;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Tasks;
import io.allium.base.Time;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What all links of this process, and connections to servers, share: memory, bandwidth, and the rule by which circuits compete. Safe from any thread. */
final class Budgets {
    private final Time time;
    private final Backlog backlog;
    private final TokenBucket reading;
    private final TokenBucket writing;
    private final TokenBucket relayedReading;
    private final TokenBucket relayedWriting;
    private final TokenBucket unlimited;
    private volatile ChannelOptions options = ChannelOptions.STANDARD;

    Budgets(Time time, Tasks tasks, Log log) {
        this.time = time;
        this.backlog = new Backlog(options.maxMemInQueues(), time, tasks, log);
        this.reading = new TokenBucket(() -> options.bandwidth(), this::refillNanos, time);
        this.writing = new TokenBucket(() -> options.bandwidth(), this::refillNanos, time);
        this.relayedReading = new TokenBucket(() -> options.relayBandwidth(), this::refillNanos, time);
        this.relayedWriting = new TokenBucket(() -> options.relayBandwidth(), this::refillNanos, time);
        this.unlimited = new TokenBucket(() -> ChannelOptions.Rate.UNLIMITED, this::refillNanos, time);
    }

    void configure(ChannelOptions newOptions) {
        options = newOptions;
        backlog.limit(newOptions.maxMemInQueues());
    }

    Backlog backlog() {
        return backlog;
    }

    long halfLifeNanos() {
        return options.priorityHalfLife().toNanos();
    }

    /** How often token buckets are topped up. */
    long refillNanos() {
        return options.refill().toNanos();
    }

    /** What a new link may read. */
    Meter reading(AuthenticatedPeer peer, @Nullable Endpoint remote, BooleanSupplier isRelayed) {
        return new Meter(reading, relayedReading, own(peer), isExempt(remote), isRelayed);
    }

    /** What it may write. */
    Meter writing(AuthenticatedPeer peer, @Nullable Endpoint remote, BooleanSupplier isRelayed) {
        return new Meter(writing, relayedWriting, own(peer), isExempt(remote), isRelayed);
    }

    /** What a connection with somebody there may read who is no neighbour. As in C tor it does not count as relayed. */
    Meter edgeReading(@Nullable Endpoint remote) {
        return new Meter(reading, relayedReading, unlimited, isExempt(remote), () -> false);
    }

    /** What it may write. */
    Meter edgeWriting(@Nullable Endpoint remote) {
        return new Meter(writing, relayedWriting, unlimited, isExempt(remote), () -> false);
    }

    /** Whether so many bytes to somebody there would have to wait for a refill, or others have just now. */
    boolean isWritingLow(@Nullable Endpoint remote, long bytes) {
        return !isExempt(remote) && (writing.isLow(bytes) || relayedWriting.isLow(bytes));
    }

    private TokenBucket own(AuthenticatedPeer peer) {
        return new TokenBucket(
                () -> peer.isRelay() ? ChannelOptions.Rate.UNLIMITED : options.perConnection(),
                this::refillNanos,
                time);
    }

    /** What stays on this machine or in its network costs nobody anything. */
    private boolean isExempt(@Nullable Endpoint remote) {
        return !options.countPrivate() && (remote == null || Endpoint.isInternal(remote.address()));
    }
}

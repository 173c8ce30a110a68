package io.allium.channel;

import io.allium.base.Time;
import io.allium.channel.ChannelOptions.Rate;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Bytes that may be used now: as many as a rate lets in, and at most a burst. Safe from any thread, and shared by all
 * loops without a lock: each looks, uses, and takes off what it used, so that two may together use a little too much;
 * that is a debt, which the next refill pays first, so that the rate holds.
 *
 * @spec tor-spec 8.1
 */
final class TokenBucket {
    private static final double NANOS = 1e9;

    /** So long after it was empty a bucket still counts as low: as in C tor. */
    private static final long RECENTLY_NANOS = 1_000_000_000;

    private final Supplier<Rate> rate;
    private final LongSupplier refillNanos;
    private final Time time;
    private final AtomicLong tokens;
    private final AtomicLong refilled;
    private final AtomicLong emptied;

    /**
     * Full at first.
     *
     * @param rate may change at any time
     * @param refillNanos how often it is topped up
     */
    TokenBucket(Supplier<Rate> rate, LongSupplier refillNanos, Time time) {
        this.rate = rate;
        this.refillNanos = refillNanos;
        this.time = time;
        Rate first = rate.get();
        this.tokens = new AtomicLong(first.isUnlimited() ? Long.MAX_VALUE : first.burst()); // or whatever it is later
        this.refilled = new AtomicLong(time.nanos());
        this.emptied = new AtomicLong(time.nanos() - RECENTLY_NANOS);
    }

    /** How many bytes may be used now: none if that is below 1. */
    long tokens() {
        Rate current = rate.get();
        if (current.isUnlimited()) {
            return Long.MAX_VALUE;
        }
        long last = refilled.get();
        long interval = refillNanos.getAsLong();
        long passed = (time.nanos() - last) / interval * interval;
        if (passed > 0 && refilled.compareAndSet(last, last + passed)) {
            refill((long) (current.bytesPerSecond() * (passed / NANOS)), current.burst());
        }
        long left = tokens.get();
        if (left > current.burst() && tokens.compareAndSet(left, current.burst())) { // it has become smaller
            return current.burst();
        }
        return Math.min(tokens.get(), current.burst());
    }

    /** So many bytes were used. */
    void use(int bytes) {
        if (!rate.get().isUnlimited() && tokens.addAndGet(-bytes) <= 0) {
            emptied.set(time.nanos());
        }
    }

    /** Whether so many bytes would have to wait for a refill, or others have just now. */
    boolean isLow(long bytes) {
        return !rate.get().isUnlimited() && (tokens() < bytes || time.nanos() - emptied.get() < RECENTLY_NANOS);
    }

    private void refill(long gained, long burst) {
        long had = tokens.get();
        while (!tokens.compareAndSet(had, gained >= burst - had ? burst : had + gained)) {
            had = tokens.get();
        }
    }
}

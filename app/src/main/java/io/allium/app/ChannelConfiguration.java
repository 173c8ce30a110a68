package io.allium.app;

import io.allium.channel.ChannelOptions;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import java.time.Duration;

/** What the options and the consensus say about channels, in the words of their module. */
final class ChannelConfiguration {
    private static final double NANOS = 1e9;

    /** MAX_DEFAULT_MEMORY_QUEUE_SIZE of C tor, in bytes. */
    private static final long CHOSEN_MAX = 8L << 30;

    /** MIN_SERVER_MB of C tor, in bytes. */
    private static final long RELAY_MIN = 64L << 20;

    private ChannelConfiguration() {}

    static ChannelOptions of(Options options, Parameters consensus) {
        ChannelOptions.Rate relayed = rate(options.bytes("RelayBandwidthRate"), options.bytes("RelayBandwidthBurst"));
        return new ChannelOptions(
                halfLife(options, consensus),
                maxMemInQueues(options.bytes("MaxMemInQueues"), Connected.isRelay(options)),
                bandwidth(options, relayed),
                relayed,
                perConnection(options, consensus),
                options.interval("TokenBucketRefillInterval"),
                options.flag("CountPrivateBandwidth"));
    }

    /**
     * What C tor chooses of itself is 40 % or more of the machine's memory, and at most 8 GB: of these only the latter can
     * be less than our share of the heap. A relay needs 64 MB; nobody may have more than half of the heap.
     */
    static long maxMemInQueues(long option, boolean isRelay) {
        if (option == 0) {
            return Math.min(CHOSEN_MAX, ChannelOptions.maxOfHeap());
        }
        return Math.min(isRelay ? Math.max(option, RELAY_MIN) : option, 2 * ChannelOptions.maxOfHeap());
    }

    /** At least what others' traffic may have, since that is a part of all. */
    private static ChannelOptions.Rate bandwidth(Options options, ChannelOptions.Rate relayed) {
        return new ChannelOptions.Rate(
                Math.max(options.bytes("BandwidthRate"), relayed.bytesPerSecond()),
                Math.max(options.bytes("BandwidthBurst"), relayed.burst()));
    }

    private static ChannelOptions.Rate perConnection(Options options, Parameters consensus) {
        long rate = options.bytes("PerConnBWRate");
        long burst = options.bytes("PerConnBWBurst");
        return rate(
                rate == 0 ? consensus.get(Parameter.PER_CONN_BW_RATE) : rate,
                burst == 0 ? consensus.get(Parameter.PER_CONN_BW_BURST) : burst);
    }

    /** Where only one of the two is set, the other is the same. */
    private static ChannelOptions.Rate rate(long rate, long burst) {
        return new ChannelOptions.Rate(rate == 0 ? burst : rate, Math.max(rate, burst));
    }

    /** The option counts where it is above 0: a half-life of 0 would be none, which C tor takes for the standard. */
    private static Duration halfLife(Options options, Parameters consensus) {
        double seconds = options.number("CircuitPriorityHalflife");
        if (seconds < 0) {
            return Duration.ofMillis(consensus.get(Parameter.CIRCUIT_PRIORITY_HALFLIFE_MSEC));
        }
        Duration halfLife = Duration.ofNanos((long) (seconds * NANOS));
        return halfLife.isZero() ? ChannelOptions.PRIORITY_HALF_LIFE : halfLife;
    }
}

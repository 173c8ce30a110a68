package io.allium.app;

import io.allium.channel.ChannelOptions;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import java.time.Duration;

/** What the options and the consensus say about channels, in the words of their module. */
final class ChannelConfiguration {
    private static final double NANOS = 1e9;

    private ChannelConfiguration() {}

    static ChannelOptions of(Options options, Parameters consensus) {
        return new ChannelOptions(halfLife(options, consensus), ChannelOptions.maxOfHeap());
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

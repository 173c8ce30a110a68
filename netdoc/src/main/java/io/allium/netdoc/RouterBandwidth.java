package io.allium.netdoc;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The {@code w} line: how much traffic to expect of a relay, in kilobytes a second.
 *
 * @param bandwidth what path choice goes by
 * @param measured in votes: what a bandwidth authority measured
 * @param unmeasured in consensuses: fewer than three authorities measured it
 * @param guardFraction for how much of the time that clients keep guards it has been one, in percent
 * @spec dir-spec 3.4.1
 */
public record RouterBandwidth(long bandwidth, OptionalLong measured, boolean unmeasured, OptionalInt guardFraction) {
    public RouterBandwidth(long bandwidth, OptionalLong measured, boolean unmeasured) {
        this(bandwidth, measured, unmeasured, OptionalInt.empty());
    }

    /** The same of a relay that has been a guard for so much of the time. */
    public RouterBandwidth withGuardFraction(OptionalInt percent) {
        return new RouterBandwidth(bandwidth, measured, unmeasured, percent);
    }
}

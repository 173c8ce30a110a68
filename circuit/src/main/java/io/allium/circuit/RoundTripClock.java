package io.allium.circuit;

import io.allium.base.Time;

/**
 * The clock by which round trips are measured, and whether it was seen to stand still. One for all circuits of a process,
 * since they have the clock in common; safe from any thread.
 *
 * @spec proposal 324, 2.1.1
 */
public final class RoundTripClock {
    private final Time time;
    private volatile boolean stalled;

    public RoundTripClock(Time time) {
        this.time = time;
    }

    /** {@link Time#nanos}. */
    long nanos() {
        return time.nanos();
    }

    /** Whether a round trip took no time at all, and none has made sense since. */
    boolean isStalled() {
        return stalled;
    }

    void setStalled(boolean now) {
        if (stalled != now) {
            stalled = now;
        }
    }
}

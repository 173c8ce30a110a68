package io.allium.sim;

import org.jspecify.annotations.Nullable;

/** A run went wrong; the message begins with the seed that repeats it. */
public final class SimulationFailed extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimulationFailed(long seed, long nanos, String why, @Nullable Throwable cause) {
        super("seed " + seed + " at " + Trace.stamp(nanos) + ": " + why, cause);
    }
}

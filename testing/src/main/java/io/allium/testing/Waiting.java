package io.allium.testing;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** How tests wait for what other threads do: until it has happened, however slow the machine is. */
public final class Waiting {
    private static final long GLANCE_NANOS = 100_000;

    /** Two minutes at least, and more on a machine that has no time for us. */
    private static final int GLANCES = 1_200_000;

    private Waiting() {}

    /** Waits until it holds; fails where it never does. */
    public static void until(BooleanSupplier holds) {
        for (int i = 0; i < GLANCES; i++) {
            if (holds.getAsBoolean()) {
                return;
            }
            LockSupport.parkNanos(GLANCE_NANOS);
        }
        throw new AssertionError("waited in vain");
    }
}

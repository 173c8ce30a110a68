package io.allium.sim;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;

/**
 * Simulated threads that wait until something has changed, and then look again whether it is what they want. Confined to
 * the carrier.
 */
final class Waiters {
    private final ArrayDeque<Thread> threads = new ArrayDeque<>();

    /** The current thread, which must be one that the simulation can suspend. */
    static Thread simulated() {
        Thread thread = Thread.currentThread();
        if (!thread.isVirtual()) {
            throw new IllegalStateException("only a simulated task may wait: use Simulation.call");
        }
        return thread;
    }

    /** Waits for the next change, or returns early and for no reason; an interrupt stays set. */
    void await() {
        Thread thread = simulated();
        threads.add(thread);
        LockSupport.park(this);
        threads.remove(thread);
    }

    void wake() {
        threads.forEach(LockSupport::unpark);
    }
}

package io.allium.onionservice;

import io.allium.cell.Introduction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Introductions that have come and not been looked at, from loops to the task of the service. Guarded by {@code lock}. */
final class IntroductionQueue {
    /**
     * As many as are worth keeping: one takes a millisecond to open, and a client waits for some seconds. What comes beyond that
     * is dropped, and the client asks again.
     */
    static final int WAITING_MAX = 4096;

    /**
     * A client's request.
     *
     * @param at where it came
     * @param since when, by {@link io.allium.base.Time#nanos}
     */
    record Arrival(Edition edition, OwnIntroductionPoint at, Introduction client, long since) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Deque<Arrival> waiting = new ArrayDeque<>();

    /** One came; never waits. False when there was no room. */
    boolean offer(Arrival arrival) {
        lock.lock();
        try {
            if (waiting.size() >= WAITING_MAX) {
                return false;
            }
            waiting.add(arrival);
            arrived.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The one that came first; waits for it. */
    Arrival take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty()) {
                arrived.await();
            }
            return waiting.removeFirst();
        } finally {
            lock.unlock();
        }
    }
}

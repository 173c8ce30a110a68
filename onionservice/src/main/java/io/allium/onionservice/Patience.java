package io.allium.onionservice;

import io.allium.base.Refused;
import io.allium.base.Time;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The patience of those who wait to meet one service: for how long it is tried, and whether anybody waits still. The clock stands
 * still while we work on a puzzle for it: that may take a minute and is no sign of anything wrong. Guarded by {@code lock}: one task
 * works, any may look.
 */
final class Patience {
    /** What is done meanwhile. */
    interface Work<T> {
        T run() throws Refused, InterruptedException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final long deadline;
    private OptionalLong workingSince = OptionalLong.empty();
    private long worked;
    private int waiting = 1;
    private boolean abandoned;

    /** One waits already: for him it is. */
    Patience(Time time, Duration limit) {
        this.time = time;
        this.deadline = time.nanos() + limit.toNanos();
    }

    /** Works without losing patience. */
    <T> T with(Work<T> work) throws Refused, InterruptedException {
        begin();
        try {
            return work.run();
        } finally {
            end();
        }
    }

    /** How long has been worked until now. */
    Duration worked() {
        lock.lock();
        try {
            long now = time.nanos();
            return Duration.ofNanos(worked + now - workingSince.orElse(now));
        } finally {
            lock.unlock();
        }
    }

    /** When it ends if no more work is done, by {@link Time#nanos}. */
    long deadline() {
        return deadline + worked().toNanos();
    }

    boolean isOver() {
        return deadline() - time.nanos() <= 0;
    }

    /** What is left of it, which is always something, or {@code most} if that is less. */
    Duration left(Duration most) {
        Duration left = left();
        return most.compareTo(left) < 0 ? most : left;
    }

    Duration left() {
        return Duration.ofNanos(Math.max(1, deadline() - time.nanos()));
    }

    /** Another waits too. Not where all had left, and it was seen: the meeting is being given up, and another is to be begun. */
    boolean share() {
        lock.lock();
        try {
            if (!abandoned) {
                waiting++;
            }
            return !abandoned;
        } finally {
            lock.unlock();
        }
    }

    /** One of them waits no longer. */
    void leave() {
        lock.lock();
        try {
            waiting--;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nobody waits any more. Once this was said, it stays so. */
    boolean isAbandoned() {
        lock.lock();
        try {
            abandoned |= waiting == 0;
            return abandoned;
        } finally {
            lock.unlock();
        }
    }

    private void begin() {
        lock.lock();
        try {
            workingSince = OptionalLong.of(time.nanos());
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            worked += time.nanos() - workingSince.orElseThrow();
            workingSince = OptionalLong.empty();
        } finally {
            lock.unlock();
        }
    }
}

package io.allium.onionservice;

import io.allium.base.Refused;
import io.allium.base.Time;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * For how long a service is tried to be met. The clock stands still while we work on a puzzle for it: that may take a minute
 * and is no sign of anything wrong. Guarded by {@code lock}: one task works, any may look.
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

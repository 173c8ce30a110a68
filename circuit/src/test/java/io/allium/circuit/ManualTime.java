package io.allium.circuit;

import io.allium.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** A clock that a test moves. Guarded by {@code lock}. */
final class ManualTime implements Time {
    private record Due(long at, Runnable action) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Due> timers = new ArrayList<>();
    private long nanos;

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanos());
    }

    @Override
    public long nanos() {
        lock.lock();
        try {
            return nanos;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        lock.lock();
        try {
            Due due = new Due(nanos + delay.toNanos(), action);
            timers.add(due);
            return () -> forget(due);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sleep(Duration duration) {
        throw new UnsupportedOperationException("nothing here sleeps");
    }

    /** Moves the clock and runs what has come due. */
    void advance(Duration by) {
        List<Due> due = new ArrayList<>();
        lock.lock();
        try {
            nanos += by.toNanos();
            timers.removeIf(timer -> timer.at <= nanos && due.add(timer));
        } finally {
            lock.unlock();
        }
        due.forEach(timer -> timer.action.run());
    }

    /** How many timers are set. */
    int timers() {
        lock.lock();
        try {
            return timers.size();
        } finally {
            lock.unlock();
        }
    }

    private void forget(Due due) {
        lock.lock();
        try {
            timers.remove(due);
        } finally {
            lock.unlock();
        }
    }
}

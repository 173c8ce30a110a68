package io.allium.testing;

import io.allium.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A clock that stands still until a test moves it. What is due then happens on the test's thread, in the order in which it
 * is due; who sleeps wakes. Guarded by {@code lock}.
 */
public final class ManualTime implements Time {
    /** For tests that have no reason to care. */
    private static final Instant SOME_DAY = Instant.parse("2026-11-20T12:00:00Z");

    private record Due(long at, boolean wakes, Runnable action) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Due> pending = new ArrayList<>();
    private Instant now;
    private long nanos;

    public ManualTime() {
        this(SOME_DAY);
    }

    public ManualTime(Instant now) {
        this.now = now;
    }

    /** Moves both clocks on, and lets happen what is due by then. */
    public void pass(Duration by) {
        List<Due> due;
        lock.lock();
        try {
            now = now.plus(by);
            nanos += by.toNanos();
            due = pending.stream()
                    .filter(each -> each.at <= nanos)
                    .sorted(Comparator.comparingLong(Due::at))
                    .toList();
            pending.removeAll(due);
        } finally {
            lock.unlock();
        }
        due.forEach(each -> each.action.run());
    }

    /** Sets the wall clock, as somebody does who finds it wrong. */
    public void set(Instant right) {
        lock.lock();
        try {
            now = right;
        } finally {
            lock.unlock();
        }
    }

    /** How many timers are set; not counting those who sleep. */
    public int timers() {
        return count(false);
    }

    /** Waits until so many timers are set. */
    public void awaitTimers(int wanted) {
        Waiting.until(() -> count(false) >= wanted);
    }

    /** Waits until so many sleep. */
    public void awaitSleepers(int wanted) {
        Waiting.until(() -> count(true) >= wanted);
    }

    @Override
    public Instant now() {
        lock.lock();
        try {
            return now;
        } finally {
            lock.unlock();
        }
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
        Due due = add(delay, false, action);
        return () -> forget(due);
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        CountDownLatch woken = new CountDownLatch(1);
        Due due = add(duration, true, woken::countDown);
        try {
            woken.await();
        } finally {
            forget(due);
        }
    }

    private Due add(Duration delay, boolean wakes, Runnable action) {
        lock.lock();
        try {
            Due due = new Due(nanos + delay.toNanos(), wakes, action);
            pending.add(due);
            return due;
        } finally {
            lock.unlock();
        }
    }

    private void forget(Due due) {
        lock.lock();
        try {
            pending.remove(due);
        } finally {
            lock.unlock();
        }
    }

    private int count(boolean sleepers) {
        lock.lock();
        try {
            return (int) pending.stream().filter(each -> each.wakes == sleepers).count();
        } finally {
            lock.unlock();
        }
    }
}

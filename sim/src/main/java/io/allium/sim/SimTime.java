package io.allium.sim;

import io.allium.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Virtual time: it stands while anything can run, and then jumps to the next timer. Confined to the carrier, as are all
 * parts of a simulation: its threads take turns on it and give way only where they wait, so none of them needs a lock.
 */
public final class SimTime implements Time {
    /** When nothing else is said, all simulated clocks begin here. */
    public static final Instant BEGINNING = Instant.parse("2026-11-20T12:00:00Z");

    /** So few cancelled timers are not worth clearing away. */
    private static final int CANCELLED_MIN = 1024;

    private final SimScheduler.Host actions;
    private final PriorityQueue<Entry> timers = new PriorityQueue<>();
    private long nanos;
    private long sequence;
    private int cancelled;

    SimTime(SimScheduler.Host actions) {
        this.actions = actions;
    }

    @Override
    public Instant now() {
        return BEGINNING.plusNanos(nanos);
    }

    /** Nanoseconds since the simulation's beginning. */
    @Override
    public long nanos() {
        return nanos;
    }

    /** The action gets a thread of its own, since it may want a lock that somebody holds who waits. */
    @Override
    public Timer after(Duration delay, Runnable action) {
        return after(delay, action, actions);
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        Waiting waiting = new Waiting();
        Timer timer = at(plus(duration), waiting::wake);
        try {
            waiting.await();
        } finally {
            timer.cancel();
        }
    }

    /** The clock of a host that is switched off with it, and is wrong by {@code skew}. */
    Time of(SimScheduler.Host host, SimHost owner) {
        return new HostTime(host, owner);
    }

    /** Runs a step of the simulator itself, which takes no lock, on the carrier. */
    Timer at(long when, Runnable step) {
        Entry entry = new Entry(Math.max(when, nanos), sequence++, step);
        timers.add(entry);
        return entry;
    }

    long plus(Duration delay) {
        return nanos + Math.max(0, delay.toNanos());
    }

    /** Jumps to the next timer and fires it; false if there is none until {@code limit}, where time then stands. */
    boolean advance(long limit) {
        Entry next = timers.peek();
        while (next != null && next.cancelled) {
            timers.remove();
            cancelled--;
            next = timers.peek();
        }
        if (next == null || next.when > limit) {
            nanos = Math.max(nanos, limit);
            return false;
        }
        timers.remove();
        nanos = next.when;
        next.fired = true;
        next.step.run();
        return true;
    }

    private Timer after(Duration delay, Runnable action, SimScheduler.Host host) {
        return at(plus(delay), () -> {
            if (!host.isOff()) {
                host.start("a timer", action);
            }
        });
    }

    private void forgetCancelled() {
        cancelled++;
        if (cancelled > CANCELLED_MIN && cancelled > timers.size() / 2) {
            timers.removeIf(entry -> entry.cancelled);
            cancelled = 0;
        }
    }

    /** A timer that was set. Confined to the carrier. */
    private final class Entry implements Timer, Comparable<Entry> {
        private final long when;
        private final long order;
        private final Runnable step;
        private boolean cancelled;
        private boolean fired;

        Entry(long when, long order, Runnable step) {
            this.when = when;
            this.order = order;
            this.step = step;
        }

        @Override
        public void cancel() {
            if (!fired && !cancelled) {
                cancelled = true;
                forgetCancelled();
            }
        }

        @Override
        public int compareTo(Entry other) {
            return when == other.when ? Long.compare(order, other.order) : Long.compare(when, other.when);
        }
    }

    /** A thread that waits for one thing to happen once. Confined to the carrier. */
    private static final class Waiting {
        private final Thread thread = Waiters.simulated();
        private boolean over;

        void wake() {
            over = true;
            LockSupport.unpark(thread);
        }

        void await() throws InterruptedException {
            while (!over) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.park(this);
            }
        }
    }

    /** One host's clock. Confined to the carrier. */
    private final class HostTime implements Time {
        private final SimScheduler.Host host;
        private final SimHost owner;

        HostTime(SimScheduler.Host host, SimHost owner) {
            this.host = host;
            this.owner = owner;
        }

        @Override
        public Instant now() {
            return SimTime.this.now().plus(owner.skew());
        }

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public Timer after(Duration delay, Runnable action) {
            return SimTime.this.after(delay, action, host);
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            SimTime.this.sleep(duration);
        }
    }
}

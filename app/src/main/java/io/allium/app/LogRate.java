package io.allium.app;

import io.allium.base.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one message through per while, so that an application cannot fill the log. Safe from any thread. */
final class LogRate {
    private final Time time;
    private final long interval;
    private final AtomicLong next;

    LogRate(Time time, Duration interval) {
        this.time = time;
        this.interval = interval.toNanos();
        this.next = new AtomicLong(time.nanos());
    }

    boolean permits() {
        long now = time.nanos();
        long due = next.get();
        return now - due >= 0 && next.compareAndSet(due, now + interval);
    }
}

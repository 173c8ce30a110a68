package io.allium.directory;

import io.allium.base.Time;
import java.time.Duration;
import java.time.Instant;

/** A clock that stands still until it is told to go on. */
final class ManualTime implements Time {
    private Instant now = Instant.parse("2026-11-20T12:00:00Z");
    private long nanos;

    void pass(Duration duration) {
        now = now.plus(duration);
        nanos += duration.toNanos();
    }

    void set(Instant time) {
        now = time;
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        return () -> {};
    }

    @Override
    public void sleep(Duration duration) {
        pass(duration);
    }
}

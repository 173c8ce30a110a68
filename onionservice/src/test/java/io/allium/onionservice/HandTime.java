package io.allium.onionservice;

import io.allium.base.Time;
import java.time.Duration;
import java.time.Instant;

/** A clock that a test moves by hand. Timers never fire. */
final class HandTime implements Time {
    private Duration since = Duration.ZERO;

    void pass(Duration more) {
        since = since.plus(more);
    }

    @Override
    public Instant now() {
        return Instant.parse("2026-11-21T10:00:00Z").plus(since);
    }

    @Override
    public long nanos() {
        return since.toNanos();
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

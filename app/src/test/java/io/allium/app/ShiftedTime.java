package io.allium.app;

import io.allium.base.Time;
import java.time.Duration;
import java.time.Instant;

/** A clock that is wrong by so much, and otherwise runs as the other one does. */
record ShiftedTime(Time right, Duration ahead) implements Time {
    @Override
    public Instant now() {
        return right.now().plus(ahead);
    }

    @Override
    public long nanos() {
        return right.nanos();
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        return right.after(delay, action);
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        right.sleep(duration);
    }
}

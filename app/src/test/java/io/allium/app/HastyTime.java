package io.allium.app;

import io.allium.base.Time;
import java.time.Duration;
import java.time.Instant;

/**
 * A clock that runs so many times faster than another: what waits for an interval to pass waits that much shorter. Right
 * when it is made, ahead from then on.
 */
record HastyTime(Time right, int factor, Instant began, long beganNanos) implements Time {
    HastyTime(Time right, int factor) {
        this(right, factor, right.now(), right.nanos());
    }

    @Override
    public Instant now() {
        return began.plusNanos(nanos() - beganNanos);
    }

    @Override
    public long nanos() {
        return beganNanos + (right.nanos() - beganNanos) * factor;
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        return right.after(shorter(delay), action);
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        right.sleep(shorter(duration));
    }

    /** Rounded up, so that nobody wakes before the time has come. */
    private Duration shorter(Duration duration) {
        return duration.dividedBy(factor).plusNanos(1);
    }
}

package io.allium.relay;

import io.allium.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock that a test moves by hand. Confined to the test's thread. */
final class ManualTime implements Time {
    private record Pending(long at, Runnable action) {}

    private Instant now;
    private long nanos;
    private final List<Pending> pending = new ArrayList<>();

    ManualTime(Instant now) {
        this.now = now;
    }

    void pass(Duration duration) {
        now = now.plus(duration);
        nanos += duration.toNanos();
        List<Pending> due = pending.stream().filter(p -> p.at <= nanos).toList();
        pending.removeAll(due);
        due.forEach(p -> p.action.run());
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
        Pending timer = new Pending(nanos + delay.toNanos(), action);
        pending.add(timer);
        return () -> pending.remove(timer);
    }

    @Override
    public void sleep(Duration duration) {
        throw new UnsupportedOperationException("nothing sleeps here");
    }
}

package io.allium.channel;

import io.allium.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

/** A clock that a test sets. Whoever sleeps sleeps until {@link #pass}; alarms go off by {@link #ring}. */
final class SetTime implements Time {
    private volatile Instant now;
    private volatile long nanos;
    private final LinkedBlockingQueue<CompletableFuture<Boolean>> sleepers = new LinkedBlockingQueue<>();

    private final LinkedBlockingQueue<Alarm> alarms = new LinkedBlockingQueue<>();

    private record Alarm(Duration delay, Runnable action) {}

    SetTime(Instant now) {
        this.now = now;
    }

    /** Waits until somebody sleeps, and wakes him after {@code duration}. */
    void pass(Duration duration) throws InterruptedException {
        CompletableFuture<Boolean> sleeper = sleepers.take();
        jump(duration);
        sleeper.complete(true);
    }

    /** Waits until an alarm with this delay is set, and lets it go off. */
    void ring(Duration delay) throws InterruptedException {
        Alarm alarm = alarms.take();
        while (!alarm.delay.equals(delay)) {
            alarms.add(alarm);
            alarm = alarms.take();
        }
        alarm.action.run();
    }

    /** Waits until somebody sleeps, and lets him. */
    void awaitSleeper() throws InterruptedException {
        sleepers.add(sleepers.take());
    }

    void jump(Duration duration) {
        now = now.plus(duration);
        nanos += duration.toNanos();
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
        Alarm alarm = new Alarm(delay, action);
        alarms.add(alarm);
        return () -> alarms.remove(alarm);
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        CompletableFuture<Boolean> sleeper = new CompletableFuture<>();
        sleepers.add(sleeper);
        try {
            sleeper.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

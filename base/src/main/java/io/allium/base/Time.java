package io.allium.base;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * The clock and everything that waits for it. All waiting with a limit goes through here, so that simulated time can
 * jump to the next timer: never {@code Thread.sleep}, {@code awaitNanos} or {@code future.get(timeout)}.
 */
public interface Time {
    /** The wall clock, which may jump. For what is written into documents and logs. */
    Instant now();

    /** A clock that only goes forward, in nanoseconds from no particular beginning. For durations and deadlines. */
    long nanos();

    /** Runs {@code action} once after {@code delay}. It must be brief and never wait: it wakes whoever does the work. */
    Timer after(Duration delay, Runnable action);

    /** Blocks this (virtual) thread. */
    void sleep(Duration duration) throws InterruptedException;

    /** A timer that was set. */
    interface Timer {
        /** Keeps the action from running, unless it already has. */
        void cancel();
    }

    /** The value of {@code future}, or {@link TimeoutException} after {@code limit}; the future itself lives on. */
    default <T> T await(CompletableFuture<T> future, Duration limit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (future.isDone()) {
            return future.get();
        }
        CompletableFuture<T> guarded = future.copy();
        Timer timer = after(limit, () -> guarded.completeExceptionally(new TimeoutException("after " + limit)));
        try {
            return guarded.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof TimeoutException timeout) {
                throw timeout;
            }
            throw failed;
        } finally {
            timer.cancel();
        }
    }

    /**
     * Waits on {@code condition}, whose {@code lock} the caller holds, until it is signalled or {@link #nanos()} reaches
     * {@code deadline}. May wake for no reason, as conditions do.
     *
     * @return false once the deadline has passed
     */
    @SuppressWarnings("WaitNotInLoop") // the loop is the caller's, who alone knows what is awaited
    default boolean await(Lock lock, Condition condition, long deadline) throws InterruptedException {
        long left = deadline - nanos();
        if (left <= 0) {
            return false;
        }
        Timer timer = after(Duration.ofNanos(left), () -> {
            lock.lock();
            try {
                condition.signalAll();
            } finally {
                lock.unlock();
            }
        });
        try {
            condition.await();
        } finally {
            timer.cancel();
        }
        return deadline - nanos() > 0;
    }
}

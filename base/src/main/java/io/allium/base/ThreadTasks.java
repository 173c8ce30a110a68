package io.allium.base;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads of this JVM: virtual ones for whatever waits, a bounded pool for computation. Safe from any thread. */
public final class ThreadTasks implements Tasks, AutoCloseable {
    /** Computations that wait for a processor; more are refused at once, so that a flood costs its senders and not us. */
    static final int COMPUTATIONS_MAX = 4096;

    private final Log log;
    private final int processors;
    private final ThreadPoolExecutor pool;

    public ThreadTasks(Log log, int processors) {
        this.log = log;
        this.processors = processors;
        this.pool = new ThreadPoolExecutor(
                processors,
                processors,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(COMPUTATIONS_MAX),
                Thread.ofPlatform().daemon().name("allium-compute-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public Task fork(String name, Body body) {
        return new Running(name, Thread.ofVirtual().name(name).start(() -> runToItsEnd(name, body)));
    }

    @Override
    public Task loop(String name, Runnable body) {
        return new Running(name, Thread.ofPlatform().daemon().name(name).start(() -> runToItsEnd(name, body::run)));
    }

    @Override
    public <T> CompletableFuture<T> compute(String name, Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            pool.execute(() -> complete(result, work));
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(new Refused(
                    Refused.Kind.RESOURCE_LIMIT, name + ": " + COMPUTATIONS_MAX + " computations wait already"));
        }
        return result;
    }

    @Override
    public int processors() {
        return processors;
    }

    /** Ends the pool; tasks belong to those who forked them. */
    @Override
    public void close() {
        pool.shutdownNow();
    }

    private static <T> void complete(CompletableFuture<T> result, Callable<T> work) {
        try {
            result.complete(work.call());
        } catch (Exception | Error failed) { // whatever it is, it belongs to whoever waits for the result
            result.completeExceptionally(failed);
        }
    }

    /** The root of every task: what gets here was nobody's to handle, and ends this task alone. */
    private void runToItsEnd(String name, Body body) {
        try {
            body.run();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (TorException unanswered) {
            log.info(Log.Domain.GENERAL, name + ": " + unanswered.getMessage());
        } catch (RuntimeException | Error bug) {
            log.warn(Log.Domain.BUG, "Bug: " + name + " ended: " + describe(bug));
        }
    }

    private static String describe(Throwable bug) {
        StringBuilder text = new StringBuilder(bug.toString());
        StackTraceElement[] frames = bug.getStackTrace();
        for (int i = 0; i < Math.min(6, frames.length); i++) { // enough to find it, few enough for one line
            text.append(" at ").append(frames[i]);
        }
        return text.toString();
    }

    private record Running(String name, Thread thread) implements Task {
        @Override
        public void cancel() {
            thread.interrupt();
        }

        @Override
        public void join() throws InterruptedException {
            thread.join();
        }

        @Override
        public boolean isDone() {
            return !thread.isAlive();
        }
    }
}

package io.allium.base;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Who runs what: whatever waits, on virtual threads; loops; and heavy computation, on a bounded pool. */
public interface Tasks {
    /** Straight-line code that may wait. */
    @FunctionalInterface
    interface Body {
        void run() throws InterruptedException, TorException;
    }

    /** Starts {@code body} on a virtual thread of its own. A bug in it is logged under {@code name} and ends only it. */
    Task fork(String name, Body body);

    /** Starts a thread that carries cells for as long as the process lives; it must never wait but for its poller. */
    Task loop(String name, Runnable body);

    /**
     * Computes on the bounded pool for CPU-heavy work.
     *
     * @return a future that fails with what {@code work} threw
     */
    <T> CompletableFuture<T> compute(String name, Callable<T> work);

    /** How many processors heavy work may use. */
    int processors();

    /** Something that was started. */
    interface Task {
        String name();

        /** Interrupts it. */
        void cancel();

        /** Waits until it has ended. */
        void join() throws InterruptedException;

        boolean isDone();
    }
}

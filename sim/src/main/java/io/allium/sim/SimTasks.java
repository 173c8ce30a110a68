package io.allium.sim;

import io.allium.base.Tasks;
import io.allium.base.TorException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * The tasks of one host: loops, straight-line code and computations alike are virtual threads of the simulation. A
 * computation takes one of the host's processors for as long as its virtual cost. An exception that no task may end with ends the run.
 * Confined to the carrier.
 */
public final class SimTasks implements Tasks {
    /** What a computation costs in virtual time. */
    @FunctionalInterface
    public interface Cost {
        /** Nothing: computations take no virtual time. */
        Cost NONE = computation -> Duration.ZERO;

        /** The cost of a computation of that name, on one processor. */
        Duration of(String computation);
    }

    private final SimHost host;
    private final SimScheduler.Host scheduler;
    private final Semaphore free;
    private final int processors;
    private Cost cost = Cost.NONE;

    SimTasks(SimHost host, SimScheduler.Host scheduler, int processors) {
        this.host = host;
        this.scheduler = scheduler;
        this.processors = processors;
        this.free = new Semaphore(processors, true);
    }

    /** Sets what computations cost from now on. */
    public void cost(Cost costs) {
        cost = costs;
    }

    @Override
    public Task fork(String name, Body body) {
        return new Running(name, scheduler.start(host.name() + "/" + name, () -> runToItsEnd(name, body)));
    }

    @Override
    public Task loop(String name, Runnable body) {
        return fork(name, body::run);
    }

    @Override
    public <T> CompletableFuture<T> compute(String name, Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        fork(name, () -> {
            free.acquire();
            try {
                Duration duration = cost.of(name);
                if (duration.isPositive()) {
                    host.time().sleep(duration);
                }
                complete(result, work);
            } finally {
                free.release();
            }
        });
        return result;
    }

    @Override
    public int processors() {
        return processors;
    }

    private static <T> void complete(CompletableFuture<T> result, Callable<T> work) {
        try {
            result.complete(work.call());
        } catch (Exception | Error failed) { // whatever it is, it belongs to whoever waits for the result
            result.completeExceptionally(failed);
        }
    }

    private void runToItsEnd(String name, Body body) {
        try {
            body.run();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (TorException unanswered) {
            host.trace(name + ": " + unanswered.getMessage());
        }
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

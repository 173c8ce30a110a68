package io.allium.sim;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs every virtual thread of a simulation on one carrier: the thread that made the simulation. What can run next is
 * drawn from the seed, one thread at a time, and it runs until it waits; so whatever has no lock yet gets the chance to
 * show that it needs one, and the same seed gives the same order.
 *
 * <p>The JDK lets nobody choose the scheduler of a virtual thread, except by reflection on a constructor that its own
 * tests use: hence {@code --add-opens java.base/java.lang}.
 *
 * <p>Confined to the carrier, but for {@code strangers}: a thread of the outside that wakes a simulated one (a common
 * pool, a real timer) makes the run unrepeatable, and is reported.
 */
final class SimScheduler {
    private final SplittableRandom chance;
    private final Thread carrier = Thread.currentThread();
    private final List<Runnable> ready = new ArrayList<>();
    private final ConcurrentLinkedQueue<Runnable> strangers = new ConcurrentLinkedQueue<>();
    private final BiConsumer<String, Throwable> bugs;
    private volatile @Nullable Throwable intrusion;

    /** Tells {@code bugs} the name of each thread that ends by an exception, and the exception. */
    SimScheduler(long seed, BiConsumer<String, Throwable> bugs) {
        chance = new SplittableRandom(seed);
        this.bugs = bugs;
    }

    /** Where the threads of one host go, until it is switched off. */
    final class Host implements Executor {
        private boolean off;

        /** The threads of this host never run again, as if the process had been killed. */
        void switchOff() {
            off = true;
        }

        boolean isOff() {
            return off;
        }

        @Override
        public void execute(Runnable continuation) {
            if (!Thread.currentThread().isVirtual() && !isCarrier()) {
                intrusion = new IllegalStateException("woken by " + Thread.currentThread());
                strangers.add(continuation);
            } else {
                ready.add(() -> {
                    if (!off) {
                        continuation.run();
                    }
                });
            }
        }

        /** Starts a virtual thread of this host. */
        Thread start(String name, Runnable body) {
            return builder(this)
                    .name(name)
                    .uncaughtExceptionHandler((thread, bug) -> bugs.accept(name, bug))
                    .start(body);
        }
    }

    /** Runs one thread until it waits. False if none can run. */
    boolean step() {
        for (Runnable stray = strangers.poll(); stray != null; stray = strangers.poll()) {
            ready.add(stray);
        }
        if (ready.isEmpty()) {
            return false;
        }
        int chosen = chance.nextInt(ready.size());
        Runnable next = ready.get(chosen);
        Runnable last = ready.removeLast();
        if (chosen < ready.size()) {
            ready.set(chosen, last);
        }
        next.run();
        return true;
    }

    /** What made this run unrepeatable, if anything did. */
    @Nullable
    Throwable intrusion() {
        return intrusion;
    }

    boolean isCarrier() {
        return Thread.currentThread().equals(carrier);
    }

    private static Thread.Builder.OfVirtual builder(Executor scheduler) {
        try {
            Constructor<?> constructor = Thread.ofVirtual().getClass().getDeclaredConstructor(Executor.class);
            constructor.setAccessible(true);
            return (Thread.Builder.OfVirtual) constructor.newInstance(scheduler);
        } catch (NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException
                | RuntimeException closed) {
            throw new IllegalStateException(
                    "a simulation needs the JDK's scheduler seam: --add-opens java.base/java.lang=ALL-UNNAMED", closed);
        }
    }
}

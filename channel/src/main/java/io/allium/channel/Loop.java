package io.allium.channel;

import io.allium.base.Log;
import io.allium.base.Poller;
import io.allium.base.Time;
import io.allium.base.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread that carries cells for its share of the links: it waits until something is there to read, has the links
 * read it, and at the end of its turn writes the outboxes that were filled, whichever loop their links belong to. It
 * never waits for anything else. Confined to its own thread, but for {@link #execute}, {@link #isCurrent} and {@link
 * #close}.
 */
final class Loop {
    /** What a read takes at once: four of the largest TLS records. */
    static final int READ_BYTES = 1 << 16;

    /** Tasks of one turn; those beyond wait for the next: an edge that always has more to write must not be all there is. */
    static final int TASKS_A_TURN = 1000;

    /** Room for the longest cell, and behind it for what a record decrypts to. */
    static final int PLAIN_BYTES = 3 << 15;

    private final Poller poller;
    private final Time time;
    private final LongSupplier refillNanos;
    private final TurnWatch watch;
    private final Log log;
    private final ConcurrentLinkedQueue<Runnable> tasks =
            new ConcurrentLinkedQueue<>(); // bounded by links and circuits
    private final AtomicBoolean woken = new AtomicBoolean();
    private final List<Link> filled = new ArrayList<>();
    private final List<Runnable> resting = new ArrayList<>(); // two for a link or edge at the most
    private final ByteBuffer encrypted = ByteBuffer.allocate(READ_BYTES);
    private final ByteBuffer plain = ByteBuffer.allocate(PLAIN_BYTES);
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    Loop(Poller poller, Time time, LongSupplier refillNanos, Log log) {
        this.time = time;
        this.refillNanos = refillNanos;
        this.poller = poller;
        this.watch = new TurnWatch(time, log);
        this.log = log;
    }

    /** The thread's body. */
    void run() {
        thread = Thread.currentThread();
        try {
            while (!closed) {
                turn();
            }
            while (!tasks.isEmpty()) {
                runTasks(); // the last links' ends
            }
        } finally {
            poller.close();
        }
    }

    /** Runs a short task on the loop, soon; from any thread. */
    void execute(Runnable task) {
        tasks.add(task);
        if (!isCurrent() && woken.compareAndSet(false, true)) {
            poller.wake();
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very thread
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Ends the thread; links are closed before. */
    void close() {
        closed = true;
        poller.wake();
    }

    Poller.Registration register(Wire wire, Poller.Ready ready) throws IOException {
        return poller.register(wire, new Watched(ready));
    }

    /** How its turns went; from any thread. */
    LoopFigures figures() {
        return watch.figures();
    }

    /** Has the link written at the end of this turn. */
    void flushAtEndOfTurn(Link link) {
        filled.add(link);
    }

    /** Runs something short once so much time has passed. */
    void after(Duration wait, Runnable task) {
        time.after(wait, () -> execute(task));
    }

    /** Runs something short when limits are topped up the next time; those who wait longest first. */
    void resumeAtRefill(Runnable task) {
        resting.add(task);
        if (resting.size() == 1) {
            time.after(Duration.ofNanos(refillNanos.getAsLong()), () -> execute(this::refilled));
        }
    }

    private void refilled() {
        List<Runnable> rested = List.copyOf(resting);
        resting.clear();
        rested.forEach(Runnable::run);
    }

    /** Where a link reads into; empty, and the link's until it returns. */
    ByteBuffer encrypted() {
        return encrypted.clear();
    }

    /** Where a link decrypts into; empty, and the link's until it returns. */
    ByteBuffer plain() {
        return plain.clear();
    }

    private void turn() {
        try {
            poller.await(tasks.isEmpty() ? -1 : 0);
        } catch (IOException broken) {
            log.err(Log.Domain.NET, "A loop cannot wait for its sockets: " + broken.getMessage());
            closed = true;
        }
        woken.set(false);
        watch.begin();
        runTasks();
        for (int i = 0; i < filled.size(); i++) { // writing may fill further outboxes
            filled.get(i).flushFilled();
        }
        filled.clear();
        watch.end();
    }

    /** A turn begins with the first link that is ready, inside of the poller. */
    private final class Watched implements Poller.Ready {
        private final Poller.Ready link;

        Watched(Poller.Ready link) {
            this.link = link;
        }

        @Override
        public void readable() {
            watch.begin();
            link.readable();
        }

        @Override
        public void writable() {
            watch.begin();
            link.writable();
        }
    }

    private void runTasks() {
        Runnable task = tasks.poll();
        for (int left = TASKS_A_TURN; task != null; task = --left > 0 ? tasks.poll() : null) {
            try {
                task.run();
            } catch (RuntimeException bug) {
                log.err(Log.Domain.BUG, "A task of a loop failed: " + bug);
            }
        }
    }
}

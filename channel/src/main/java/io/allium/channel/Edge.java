package io.allium.channel;

import io.allium.base.Log;
import io.allium.base.Poller;
import io.allium.base.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A connection with somebody who is no neighbour: an application, or a server. The loop that carries the cells of its
 * circuit carries it too, so that bytes go from one to the other without a hand-over between threads, which costs more
 * than a few cells. Nothing is read that its {@link End} has no room for, and what it writes waits with the end: TCP and
 * the windows of the circuit slow each other. It shares the bandwidth of the links.
 *
 * <p>Confined to the loop, but for {@link #resume}, {@link #flush}, {@link #finish} and {@link #close}, which any thread may
 * call, and which do their work at the end of the loop's turn.
 */
@SuppressWarnings("ByteBufferBackingArray") // the loop's buffers are on the heap and begin with their arrays
public final class Edge {
    /** What a connection reads or writes before it is others' turn: 64 full DATA cells, two full TLS records. */
    static final int BYTES_A_TURN = 64 * 498;

    /**
     * How long the other side may take nothing of the last bytes: as long as C tor does not give such a connection up. Nobody
     * else would ever end it, and what is kept for it.
     */
    static final Duration LAST_BYTES_PATIENCE = Duration.ofSeconds(15);

    private static final byte[] NONE = new byte[0];

    /** Who gives bytes to a connection and takes what comes from it. Called on its loop, and must never wait. */
    public interface End {
        /** How many bytes it takes now. After a 0, nothing is read until {@link Edge#resume}. */
        int room();

        /**
         * Bytes came.
         *
         * @return how many it took; the others it is offered again after {@link Edge#resume}
         */
        int take(byte[] bytes, int offset, int length);

        /**
         * Copies the next bytes to write to the beginning of {@code into}, {@code most} at most; they stay its own until they
         * are {@link #written}. 0 where there are none until {@link Edge#flush}, -1 where there will never be any more.
         */
        int give(byte[] into, int most);

        /** Whether nothing comes behind the bytes that it has to give now, and the other side must go on taking them. */
        boolean isLast();

        /** The machine took so many of the bytes given last. */
        void written(int count);

        /** All is written that there will ever be: {@link #give} said so. Called once. */
        void emptied();

        /** The other side sends nothing more. */
        void finished();

        /** The connection is over, and not by {@link Edge#close}. */
        void broken();
    }

    private final Loop loop;
    private final Wire wire;
    private final Meter reading;
    private final Meter writing;
    private final End end;
    private final Log log;
    private final AtomicBoolean resuming = new AtomicBoolean();
    private final AtomicBoolean flushing = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Runnable resumed = guarded(this::resumed);
    private final Runnable flushed = guarded(this::flushed);

    /** What was read and the end had no room for after all. */
    private byte[] left = NONE;

    private Poller.@Nullable Registration registration;
    private boolean blocked;
    private boolean watched; // since nothing comes behind what it writes
    private long given; // that the machine took
    private boolean resting; // from writing
    private boolean restsFromReading;
    private boolean allRead;
    private boolean allGiven;

    Edge(Loop loop, Wire wire, Meter reading, Meter writing, End end, Log log) {
        this.loop = loop;
        this.wire = wire;
        this.reading = reading;
        this.writing = writing;
        this.end = end;
        this.log = log;
    }

    /** Hands the connection to its loop; once. No other thread reads or writes it any more. */
    public void start() {
        loop.execute(guarded(this::register));
    }

    /** There may be room for what comes. */
    public void resume() {
        if (resuming.compareAndSet(false, true)) {
            loop.execute(resumed);
        }
    }

    /** There is something to write, or there will be nothing any more. */
    public void flush() {
        if (flushing.compareAndSet(false, true)) {
            loop.execute(flushed);
        }
    }

    /** Tells the other side that nothing more comes. */
    public void finish() {
        loop.execute(guarded(wire::finish));
    }

    /** Ends it; its end hears nothing more. */
    public void close() {
        if (closing.compareAndSet(false, true)) {
            loop.execute(this::release);
        }
    }

    private void register() throws IOException {
        registration = loop.register(wire, new Ready());
        flushed();
        readAhead();
    }

    private final class Ready implements Poller.Ready {
        private final Runnable read = guarded(Edge.this::read);
        private final Runnable write = guarded(Edge.this::writable);

        @Override
        public void readable() {
            read.run();
        }

        @Override
        public void writable() {
            write.run();
        }
    }

    private void resumed() throws IOException {
        resuming.set(false); // first, so that room from here on is heard of
        if (left.length > 0) {
            byte[] offered = left;
            left = NONE;
            take(offered, offered.length);
        }
        read(); // without asking the poller, which is asked only where there is nothing to read
    }

    private void read() throws IOException {
        int room = left.length > 0 || allRead ? 0 : end.room();
        if (registration == null || room == 0) {
            wantRead(false);
            return;
        }
        int allowed = reading.allowance(Math.min(room, BYTES_A_TURN));
        if (allowed == 0) {
            rest();
            return;
        }
        ByteBuffer bytes = loop.encrypted().limit(allowed);
        int count = wire.tryRead(bytes);
        if (count > 0) {
            reading.used(count);
            take(bytes.array(), count);
            readAhead();
        } else if (count < 0) {
            allRead = true;
            wantRead(false);
            end.finished();
        } else {
            wantRead(true);
        }
    }

    /** Of what the wire took from the machine before it was ours, no poller tells. */
    private void readAhead() {
        if (wire.hasReadAhead()) {
            resume();
        }
    }

    private void take(byte[] bytes, int count) {
        int taken = end.take(bytes, 0, count);
        if (taken < count) {
            left = Arrays.copyOfRange(bytes, taken, count);
        }
        wantRead(left.length == 0 && end.room() > 0);
    }

    /** Reads nothing until there are tokens again. */
    private void rest() {
        wantRead(false);
        if (!restsFromReading) { // however often it is resumed meanwhile
            restsFromReading = true;
            loop.resumeAtRefill(() -> {
                restsFromReading = false;
                resume();
            });
        }
    }

    private void wantRead(boolean want) {
        if (registration != null) {
            registration.wantRead(want);
        }
    }

    private void writable() throws IOException {
        blocked = false;
        if (registration != null) {
            registration.wantWrite(false);
        }
        flushed();
    }

    private void flushed() throws IOException {
        flushing.set(false); // first, so that bytes from here on are heard of
        if (registration == null || resting || allGiven) {
            return;
        }
        if (blocked) {
            watchLast();
            return;
        }
        int allowed = writing.allowance(BYTES_A_TURN);
        if (allowed == 0) {
            resting = true;
            loop.resumeAtRefill(this::rested);
            return;
        }
        ByteBuffer bytes = loop.plain();
        int offered = end.give(bytes.array(), allowed);
        if (offered < 0) {
            allGiven = true;
            end.emptied();
        } else if (offered > 0) {
            int count = wire.tryWrite(bytes.limit(offered));
            writing.used(count);
            given += count;
            end.written(count);
            blocked = count < offered;
            if (blocked) {
                registration.wantWrite(true);
                watchLast();
            } else {
                flush(); // for the rest, and for what comes meanwhile; others first
            }
        }
    }

    private void watchLast() {
        if (!watched && end.isLast()) {
            watched = true;
            lookAgain();
        }
    }

    private void lookAgain() {
        long before = given;
        loop.after(LAST_BYTES_PATIENCE, guarded(() -> {
            if (blocked && given == before) {
                fail();
            } else if (!allGiven) {
                lookAgain();
            }
        }));
    }

    private void rested() {
        resting = false;
        flush();
    }

    private void release() {
        if (registration != null) {
            registration.cancel();
            registration = null;
        }
        wire.close();
        left = NONE;
    }

    /** What may fail, because the connection broke or by a bug, ends this connection and nothing else. */
    private interface Step {
        void run() throws IOException;
    }

    private Runnable guarded(Step step) {
        return () -> {
            if (closing.get()) {
                return;
            }
            try {
                step.run();
            } catch (IOException broken) {
                fail();
            } catch (RuntimeException bug) {
                if (!closing.get()) { // else its wire may have been closed under the step
                    log.err(Log.Domain.BUG, "A connection met a bug and is closed: " + bug);
                    fail();
                }
            }
        };
    }

    private void fail() {
        if (closing.compareAndSet(false, true)) {
            release();
            end.broken();
        }
    }
}

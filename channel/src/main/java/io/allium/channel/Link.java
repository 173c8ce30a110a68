package io.allium.channel;

import io.allium.base.Log;
import io.allium.base.Poller;
import io.allium.base.Time;
import io.allium.base.Wire;
import io.allium.cell.CellCodec;
import io.allium.cell.CircuitId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One TLS connection that carries cells, after its handshake. Reading is confined to its loop; writing is {@link
 * LinkWriter}'s, from any thread.
 */
@SuppressWarnings("ByteBufferBackingArray") // all buffers here are on the heap and begin with their arrays
final class Link implements Poller.Ready, LinkWriter.Told {
    /** Who gets what the link receives. Called on the loop. */
    interface Receiver {
        /** A whole cell; its body has {@code length} bytes. */
        void cell(int circuitId, int command, byte[] buffer, int offset, int length);

        /** The circuit has room for more cells again. */
        void drained(CircuitId circuit);

        /** The link is gone. Called once. */
        void closed(ChannelEvents.Reason reason, String why);
    }

    /** Records without data that a link may have: as many as OpenSSL lets pass in a row, and one more for each GiB. */
    static final int EMPTY_RECORDS_MAX = 32;

    private static final byte[] NONE = new byte[0];
    private static final long NOT_FULL = Long.MIN_VALUE;

    private final Loops loops;
    private final Loop loop;
    private final Wire wire;
    private final SSLEngine engine;
    private final CellCodec codec;
    private final Time time;
    private final Log log;
    private final Traffic traffic;
    private final LinkWriter writer;
    private final Receiver receiver;
    private final Meter reading;
    private final AtomicBoolean filled = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();

    /** What was read and is not a whole record or cell yet. */
    private byte[] encryptedLeft;

    private byte[] plainLeft;
    private long emptyRecords;
    private long dataBytes;
    private final Runnable flushNextTurn = this::flushSoon;
    private Poller.@Nullable Registration registration;
    private volatile long lastSent;
    private volatile long fullSince = NOT_FULL; // the network

    Link(
            Loops loops,
            Wire wire,
            TlsSession tls,
            CellCodec codec,
            Outbox outbox,
            Meter reading,
            Meter writing,
            boolean toClient,
            Receiver receiver,
            Time time,
            Log log) {
        this.loops = loops;
        this.loop = loops.next();
        this.wire = wire;
        this.engine = tls.engine();
        this.codec = codec;
        this.time = time;
        this.log = log;
        this.traffic = loops.traffic().part();
        this.writer = new LinkWriter(engine, wire, outbox, loops.buffers(), traffic, writing, toClient, time);
        this.reading = reading;
        this.receiver = receiver;
        this.encryptedLeft = left(tls.encrypted());
        this.plainLeft = left(tls.plain());
        this.lastSent = time.nanos();
    }

    /** Hands the link to its loop; from any thread, once. */
    void start() {
        loop.execute(this::register);
    }

    /** Writes the outbox: at the end of the turn if a loop asks, at once if another thread does. */
    void flushSoon() {
        Loop current = loops.current();
        if (current == null) {
            flush();
        } else if (filled.compareAndSet(false, true)) {
            current.flushAtEndOfTurn(this);
        }
    }

    /** Runs a short task at the end of the turn if a loop asks, at once if another thread does. */
    void afterTurn(Runnable task) {
        Loop current = loops.current();
        if (current == null) {
            task.run();
        } else {
            current.execute(task);
        }
    }

    /** At the end of the turn of the loop that {@link #flushSoon} was called on. */
    void flushFilled() {
        filled.set(false); // first, so that cells added from here on are flushed once more
        flush();
    }

    /** When something was last sent, by {@link Time#nanos}. */
    long lastSent() {
        return lastSent;
    }

    /** Whether the peer or the network takes nothing now. */
    boolean isBlocked() {
        return writer.isBlocked();
    }

    /** Whether something has waited for so long, and the peer took nothing. */
    boolean isStuck(Duration patience) {
        long since = fullSince;
        return since != NOT_FULL && time.nanos() - since > patience.toNanos();
    }

    /** What it has carried. */
    Traffic traffic() {
        return traffic;
    }

    /** Runs a short task on the link's loop. */
    void execute(Runnable task) {
        loop.execute(task);
    }

    /** A connection on the same loop. */
    Edge carry(Wire connection, Meter reads, Meter writes, Edge.End end) {
        return new Edge(loop, connection, reads, writes, end, log);
    }

    /** Ends the link; from any thread. The receiver hears of it on the loop. */
    void close(ChannelEvents.Reason reason, String why) {
        if (closing.compareAndSet(false, true)) {
            loop.execute(() -> end(reason, why));
        }
    }

    @Override
    public void readable() {
        if (closing.get()) {
            return;
        }
        int allowed = reading.allowance(Loop.READ_BYTES);
        if (allowed == 0) {
            rest();
            return;
        }
        ByteBuffer encrypted = loop.encrypted().put(encryptedLeft);
        encrypted.limit(Math.min(encrypted.capacity(), encrypted.position() + allowed));
        encryptedLeft = NONE;
        try {
            int count = wire.tryRead(encrypted);
            if (count > 0) {
                reading.used(count);
                traffic.countRead(count);
            }
            receive(encrypted.flip());
            if (count < 0) {
                close(ChannelEvents.Reason.DONE, "the peer closed the connection");
            }
        } catch (IOException broken) {
            fail(broken);
        } catch (RuntimeException bug) {
            fail(bug);
        }
    }

    @Override
    public void writable() {
        if (closing.get() || registration == null) {
            return;
        }
        registration.wantWrite(false);
        fullSince = NOT_FULL;
        try {
            writer.writable(this);
        } catch (IOException broken) {
            fail(broken);
        } catch (RuntimeException bug) {
            fail(bug);
        }
    }

    @Override
    public void blocked() {
        fullSince = time.nanos();
        loop.execute(this::waitUntilWritable);
    }

    @Override
    public void more() {
        loop.execute(flushNextTurn);
    }

    @Override
    public void spent() {
        loop.execute(() -> loop.resumeAtRefill(() -> writable()));
    }

    /** Reads nothing until there are tokens again. */
    private void rest() {
        Poller.Registration own = registration;
        if (own != null) {
            own.wantRead(false);
            loop.resumeAtRefill(() -> own.wantRead(true));
        }
    }

    @Override
    public void drained(List<CircuitId> circuits) {
        loop.execute(() -> circuits.forEach(receiver::drained));
    }

    private void register() {
        if (closing.get()) {
            return;
        }
        try {
            registration = loop.register(wire, this);
            writer.writable(this);
            receive(loop.encrypted().put(encryptedLeft).flip());
        } catch (IOException broken) {
            fail(broken);
        } catch (RuntimeException bug) {
            fail(bug);
        }
    }

    private void waitUntilWritable() {
        if (registration != null && writer.isBlocked()) {
            registration.wantWrite(true);
        }
    }

    private void flush() {
        lastSent = time.nanos();
        try {
            writer.write(this);
        } catch (IOException broken) {
            fail(broken);
        } catch (RuntimeException bug) {
            fail(bug);
        }
    }

    /** Decrypts all whole records, hands on all whole cells, and keeps the rest for the next time. */
    private void receive(ByteBuffer encrypted) throws IOException {
        ByteBuffer plain = loop.plain().put(plainLeft);
        plainLeft = NONE;
        deliver(plain);
        while (encrypted.hasRemaining() && !closing.get()) {
            SSLEngineResult result = engine.unwrap(encrypted, plain);
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                break;
            }
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                close(ChannelEvents.Reason.DONE, "the peer closed the connection");
            } else if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                throw new SSLException("a TLS record is longer than any may be");
            }
            boundEmpty(result);
            react(result.getHandshakeStatus());
            deliver(plain);
        }
        encryptedLeft = left(encrypted);
        plainLeft = left(plain.flip());
    }

    /**
     * Bounds what TLS does for a peer beside carrying its data. A change of its keys may ask us to change ours, and while it
     * does not read, our answers wait in the engine; a responder's tickets stay there for the life of the link. Nobody counts
     * that memory. Who is honest sends a few tickets and changes keys after many gigabytes.
     */
    private void boundEmpty(SSLEngineResult result) throws SSLException {
        dataBytes += result.bytesProduced();
        if (result.bytesProduced() == 0
                && result.bytesConsumed() > 0
                && ++emptyRecords > EMPTY_RECORDS_MAX + (dataBytes >> 30)) {
            throw new SSLException(emptyRecords + " TLS records without data");
        }
    }

    /** TLS may have something to say itself. Handshakes on an open link are C tor's past, and nobody's future. */
    private void react(SSLEngineResult.HandshakeStatus status) throws SSLException {
        switch (status) {
            case NEED_WRAP -> flushSoon();
            case NEED_TASK -> throw new SSLException("the peer wants to renegotiate");
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED, NOT_HANDSHAKING -> {}
        }
    }

    /** Hands on the whole cells at the beginning of {@code plain}, and moves the rest to its beginning. */
    private void deliver(ByteBuffer plain) {
        byte[] bytes = plain.array();
        int end = plain.position();
        int at = 0;
        int length = codec.cellBytes(bytes, at, end - at);
        while (length != 0 && length <= end - at && !closing.get()) {
            int command = codec.command(bytes, at);
            int body = codec.bodyOffset(command);
            receiver.cell(codec.circuitId(bytes, at), command, bytes, at + body, length - body);
            at += length;
            length = codec.cellBytes(bytes, at, end - at);
        }
        if (at > 0) {
            plain.flip().position(at);
            plain.compact();
        }
    }

    private void fail(IOException broken) {
        ChannelEvents.Reason reason =
                broken instanceof SSLException ? ChannelEvents.Reason.TLS_ERROR : ChannelEvents.Reason.CONNECTRESET;
        String message = broken.getMessage();
        close(reason, message == null ? "connection broken" : message);
    }

    /** A bug ends the link that met it, and not the loop. */
    private void fail(RuntimeException bug) {
        log.err(Log.Domain.BUG, "A link met a bug and is closed: " + bug);
        close(ChannelEvents.Reason.MISC, "a bug");
    }

    private void end(ChannelEvents.Reason reason, String why) {
        writer.close();
        if (registration != null) {
            registration.cancel();
        }
        wire.close();
        encryptedLeft = NONE;
        plainLeft = NONE;
        try {
            receiver.closed(reason, why);
        } catch (RuntimeException bug) {
            log.err(Log.Domain.BUG, "Somebody could not cope with the end of a link: " + bug);
        }
    }

    private static byte[] left(ByteBuffer buffer) {
        return buffer.hasRemaining() ? Arrays.copyOfRange(buffer.array(), buffer.position(), buffer.limit()) : NONE;
    }
}

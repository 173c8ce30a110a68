package io.allium.circuit;

import io.allium.base.ByteStream;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.cell.RelayMessage;
import io.allium.cell.StreamId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;

/**
 * A stream through one of our circuits. What comes in is in its {@link StreamInbox}, which has a lock of its own. What goes
 * out, {@code sendWindow} and {@code widened}, is guarded by the circuit's {@link OutboundHalf}. Neither lock is taken
 * while the other is held.
 *
 * <p>A reader that does not read sends no SENDMEs, and so bounds what is queued; a writer waits while its window, the
 * circuit's or the channel's queue is full. One may write before the exit has answered: that saves a round trip, and what
 * was written is lost if the answer is no.
 *
 * <p>Tor cannot close one direction alone (tor-spec 6.3 describes it as not implemented): {@link #finish} only keeps us
 * from writing, and the other end does not hear of it until {@link #close}.
 *
 * @spec tor-spec 6.2, 6.3, 7.4
 */
public final class OnionStream implements ByteStream, StreamEntry {
    private final OriginCircuit circuit;
    private final Hop hop;
    private final int id;
    private final Time time;

    private final StreamInbox inbox = new StreamInbox();
    private final SendWindow sendWindow = SendWindow.ofStream();
    private final Condition widened;
    private final AtomicLong written = new AtomicLong();
    private volatile boolean writable = true;
    private volatile boolean finished;

    OnionStream(OriginCircuit circuit, Hop hop, int id, Time time) {
        this.circuit = circuit;
        this.hop = hop;
        this.id = id;
        this.time = time;
        this.widened = circuit.outbound().newCondition();
    }

    /**
     * Waits until the exit has connected.
     *
     * @throws Refused if the exit says no; the stream is closed
     * @throws Unreachable if the circuit ended, or the exit did not answer for so long: try another; it is closed
     */
    public void awaitConnected(Duration patience) throws Refused, Unreachable, InterruptedException {
        boolean connected = false;
        try {
            if (!inbox.awaitAnswer(time, time.nanos() + patience.toNanos())) {
                throw new Unreachable("the exit did not answer for " + patience.toMillis() + " ms");
            }
            refuseIfEnded();
            connected = true;
        } finally {
            if (!connected) {
                close();
            }
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int taken;
        try {
            taken = inbox.take(into, offset, length);
        } catch (InterruptedException interrupted) {
            throw interruption(interrupted);
        }
        acknowledge(inbox.owed());
        return taken;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int sent;
            try {
                sent = circuit.outbound().data(this, from, offset + done, length - done);
            } catch (InterruptedException interrupted) {
                throw interruption(interrupted);
            }
            if (sent == 0) {
                throw new IOException(whyNotWritable());
            }
            done += sent;
            written.addAndGet(sent);
        }
    }

    /** Keeps this side from writing; the other side is not told, see above. */
    @Override
    public void finish() {
        finished = true;
        writable = false;
        circuit.outbound().wake(this);
    }

    /** Sends END, unless the stream is over already. What had arrived and was not read is lost. */
    @Override
    public void close() {
        HalfClosedStream remains = inbox.close(hop, sendWindow);
        writable = false;
        if (remains != null) {
            circuit.closed(this, remains);
        }
    }

    /** Its number on its circuit. */
    public StreamId streamId() {
        return new StreamId(id);
    }

    public OriginCircuit circuit() {
        return circuit;
    }

    /** What the exit said when it had connected: often the address. */
    public Optional<RelayMessage.Connected> connected() {
        return Optional.ofNullable(inbox.connected());
    }

    /** Why it is over, if it is; there may still be something to read. */
    public Optional<StreamEnding> ended() {
        return Optional.ofNullable(inbox.ending());
    }

    /** Bytes read so far. */
    public long bytesRead() {
        return inbox.bytesRead();
    }

    /** Bytes sent so far. */
    public long bytesWritten() {
        return written.get();
    }

    @Override
    public String toString() {
        return "stream " + id + " on " + circuit;
    }

    @Override
    public Hop hop() {
        return hop;
    }

    int id() {
        return id;
    }

    SendWindow sendWindow() {
        return sendWindow;
    }

    Condition widened() {
        return widened;
    }

    boolean isWritable() {
        return writable;
    }

    @Override
    public void data(byte[] body, int offset, int length) throws ProtocolViolation {
        acknowledge(inbox.data(body, offset, length));
    }

    @Override
    public void acknowledged() throws ProtocolViolation {
        circuit.outbound().acknowledged(this);
    }

    @Override
    public void connected(RelayMessage.Connected message) throws ProtocolViolation {
        inbox.connected(message);
    }

    @Override
    public void resolved(RelayMessage.Resolved message) throws ProtocolViolation {
        throw new ProtocolViolation("RESOLVED: came on a stream");
    }

    @Override
    public void ended(RelayMessage.End message) {
        end(new StreamEnding(message.reason(), true));
    }

    @Override
    public void circuitEnded() {
        end(StreamEnding.CIRCUIT_ENDED);
    }

    private void end(StreamEnding why) {
        inbox.end(why);
        writable = false;
        circuit.outbound().wake(this);
    }

    private void acknowledge(int owed) {
        if (owed > 0) {
            circuit.outbound().acknowledge(this, owed);
        }
    }

    private void refuseIfEnded() throws Refused, Unreachable {
        StreamEnding ending = inbox.ending();
        if (inbox.connected() != null || ending == null) {
            return;
        }
        if (ending.remote()) {
            throw EndReasons.refused(ending.reason(), toString());
        }
        throw new Unreachable(ending.sentence());
    }

    /** The reason is in the inbox before {@code writable} is false; if there is none, the circuit is just ending. */
    private String whyNotWritable() {
        StreamEnding ending = inbox.ending();
        if (ending != null) {
            return ending.sentence();
        }
        return finished ? "nothing more is written after finish()" : StreamEnding.CIRCUIT_ENDED.sentence();
    }

    private static InterruptedIOException interruption(InterruptedException cause) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(cause);
        return interrupted;
    }
}

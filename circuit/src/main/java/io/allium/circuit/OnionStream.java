package io.allium.circuit;

import io.allium.base.ByteStream;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.cell.EndReason;
import io.allium.cell.RelayMessage;
import io.allium.cell.StreamId;
import io.allium.channel.Backlog;
import io.allium.channel.Edge;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream through one of our circuits. What comes in is guarded by {@code lock}: the channel's loop fills the queue, a
 * reader empties it. What goes out, {@code gate} and {@code widened}, is guarded by the lock of its
 * {@link Carriage}. Neither lock is taken while the other is held.
 *
 * <p>A reader that does not read sends no SENDMEs, or XOFF, and so bounds the queue. Where memory is full the streams end
 * whose data has waited longest for their readers. A writer waits while its gate is closed, or the
 * circuit's window or the channel's queue is full. A reader is woken once for all that came in a turn of the loop. Where what it is spliced with is carried by
 * a loop too, nobody waits and nobody is woken: {@link #carry}. One may write before the exit has answered: that saves a
 * round trip, and what was written is lost if the answer is no.
 *
 * <p>A client of an onion service of ours opened the stream if it is {@code accepted}: whoever serves it answers once,
 * by {@link #accept} or {@link #refuse}, and writes nothing before. What the client sends may come at once.
 *
 * <p>Tor cannot close one direction alone (tor-spec 6.3 describes it as not implemented): {@link #finish} only keeps us
 * from writing, and the other end does not hear of it until {@link #close}.
 *
 * @spec tor-spec 6.2, 6.3, 7.4; proposal 324, 4.1.3
 */
public final class OnionStream implements ByteStream, StreamEntry {
    private final OriginStreams owner;
    private final Hop hop;
    private final int id;
    private final boolean accepted; // the other end opened it
    private final Time time;

    private final StreamGate gate;
    private final Condition widened;
    private volatile boolean writable = true;
    private volatile boolean finished;
    private volatile Consumer<FlowSignal> onSignal = signal -> {};
    private volatile @Nullable Edge edge; // once a loop carries what it is spliced with

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final StreamIntake intake;
    private final StreamSignals signals;
    private final Backlog backlog;
    private final ByteQueue queue;
    private final Backlog.Holder holder = this::list;
    private boolean listed; // once something came; then the backlog knows of us
    private final Runnable wakeReader = this::wakeReader;
    private RelayMessage.@Nullable Connected connected;
    private @Nullable StreamEnding ending;
    private @Nullable HalfClosedStream remains;
    private long read;
    private long written;

    /** A stream that we open. */
    OnionStream(OriginStreams owner, Hop hop, int id, Time time) {
        this(owner, hop, id, false, time);
    }

    /** A stream that a client opens to us. */
    static OnionStream accepted(OriginStreams owner, Hop client, int id, Time time) {
        return new OnionStream(owner, client, id, true, time);
    }

    private OnionStream(OriginStreams owner, Hop hop, int id, boolean accepted, Time time) {
        this.owner = owner;
        this.hop = hop;
        this.id = id;
        this.accepted = accepted;
        this.time = time;
        this.gate = StreamGate.of(hop.packaging(), hop.streamEnd());
        this.widened = owner.carriage().newCondition();
        this.intake = StreamIntake.of(hop.packaging(), hop.streamEnd());
        this.signals = new StreamSignals(this::send);
        this.backlog = owner.carriage().backlog();
        this.queue = new ByteQueue(intake.waitingMax(), backlog);
    }

    private void send(RelayMessage message) {
        owner.carriage().send(hop, id, message);
        FlowSignal.sent(message).ifPresent(onSignal);
    }

    /** Has somebody hear of XOFF and XON from now on; on any thread, so that he must return at once. */
    public void onSignal(Consumer<FlowSignal> hears) {
        onSignal = hears;
    }

    /**
     * Waits until the exit has connected.
     *
     * @throws Refused if the exit says no; the stream is closed
     * @throws Unreachable if the circuit ended, or the exit did not answer for so long: try another; it is closed
     */
    public void awaitConnected(Duration patience) throws Refused, Unreachable, InterruptedException {
        try {
            if (!answered(patience)) {
                throw new Unreachable("the exit did not answer for " + patience.toMillis() + " ms");
            }
            refuseIfEnded();
        } catch (TorException | InterruptedException failed) {
            close();
            throw failed;
        }
    }

    /** Tells the client that it is connected; once, before anything is written. */
    public void accept() {
        lock.lock();
        try {
            expectUnanswered();
            connected = RelayMessage.Connected.SILENT;
            if (ending != null) {
                return;
            }
        } finally {
            lock.unlock();
        }
        owner.carriage().send(hop, id, RelayMessage.Connected.SILENT);
    }

    /** Ends the stream, unless it is over already, and tells the client why: no, or how its connection ended. */
    public void refuse(EndReason why) {
        end(new StreamEnding(why, false));
    }

    private void expectUnanswered() {
        if (!accepted || connected != null) {
            throw new IllegalStateException(this + " has no answer to wait for");
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int taken;
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException interrupted) {
            throw interruption(interrupted);
        }
        try {
            while (queue.isEmpty() && ending == null) {
                changed.await();
            }
            if (queue.isEmpty()) {
                return atEnd();
            }
            taken = queue.take(into, offset, length);
            delivered(taken);
        } catch (InterruptedException interrupted) {
            throw interruption(interrupted);
        } finally {
            lock.unlock();
        }
        signals.send();
        return taken;
    }

    private void delivered(int count) {
        read += count;
        leaveIfRead();
        if (ending == null) {
            signals.decided(intake.delivered(count, queue.size(), time.nanos()));
        }
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int sent;
            try {
                sent = owner.carriage().data(this, from, offset + done, length - done);
            } catch (InterruptedException interrupted) {
                throw interruption(interrupted);
            }
            if (sent == 0) {
                throw new IOException(whyNotWritable());
            }
            done += sent;
            count(sent);
        }
    }

    /**
     * Has a loop carry a connection whose bytes are this stream's: from now on {@code end} uses {@link #room}, {@link
     * #offer}, {@link #peek} and {@link #took} in place of reading and writing, and hears through its edge when it should.
     * The caller starts the edge.
     */
    public Edge carry(Wire connection, Edge.End end) {
        Edge made = owner.carriage().carry(connection, end);
        edge = made;
        return made;
    }

    /** How many bytes may be written now; any, and in vain, once it is over. After a 0 the edge is resumed. */
    public int room() {
        return owner.carriage().room(this);
    }

    /** Writes as much as there is room for, without waiting; if that is not all, the edge is resumed. */
    public int offer(byte[] from, int offset, int length) {
        int sent = owner.carriage().offer(this, from, offset, length);
        count(sent);
        return sent;
    }

    /**
     * Copies the first bytes that came to the beginning of {@code into}; they stay.
     *
     * @return how many; 0 if none are there yet, -1 if none will come
     */
    public int peek(byte[] into, int most) {
        lock.lock();
        try {
            return queue.isEmpty() && ending != null ? -1 : queue.peek(into, most);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets this many of the first bytes: they are read. */
    public void took(int count) {
        lock.lock();
        try {
            queue.drop(Math.min(count, queue.size()));
            delivered(count);
        } finally {
            lock.unlock();
        }
        signals.send();
    }

    /** Whether nothing was lost when it ended. */
    public boolean endedInOrder() {
        lock.lock();
        try {
            return ending != null && ending.isOrderly();
        } finally {
            lock.unlock();
        }
    }

    /** There may be more room than there was. */
    void resume() {
        Edge told = edge;
        if (told != null) {
            told.resume();
        }
    }

    /** The same, for all who write; the caller has the carriage's lock. */
    void widen() {
        widened.signalAll();
        resume();
    }

    /** Keeps this side from writing; the other side is not told, see above. */
    @Override
    public void finish() {
        finished = true;
        writable = false;
        owner.carriage().wake(this);
    }

    /** Sends END, unless the stream is over already. What had arrived and was not read is lost. */
    @Override
    public void close() {
        end(StreamEnding.CLOSED);
    }

    /** Ends the stream if it has not ended, and forgets what was not read, which its reader hears of if we are to blame. */
    private void end(StreamEnding why) {
        HalfClosedStream left = null;
        lock.lock();
        try {
            writable = false;
            if (ending == null) {
                left = halfClosed();
                remains = left;
                ending = why;
            } else if (why.equals(StreamEnding.EXHAUSTED) && !queue.isEmpty()) {
                ending = why; // it had ended in order, and yet its reader must not take what he has for all
            }
            queue.clear();
            leaveIfRead();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (left != null) {
            owner.closed(this, left, accepted ? why.reason() : EndReason.MISC); // clients never say why
        }
        flush();
    }

    /** Has the edge see that nothing more comes. */
    private void flush() {
        Edge told = edge;
        if (told != null) {
            told.flush();
        }
    }

    private HalfClosedStream halfClosed() {
        HalfClosedStream.Due due =
                connected == null && !accepted ? HalfClosedStream.Due.CONNECTED : HalfClosedStream.Due.NOTHING;
        return HalfClosedStream.of(hop, intake, gate, due, time);
    }

    private void list(List<Backlog.Waiting> into) {
        lock.lock();
        try {
            if (!queue.isEmpty()) {
                into.add(new Backlog.Waiting(queue.since(), queue.held(), this::exhausted));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Our memory is full, and what waits here has waited longest. */
    private void exhausted() {
        boolean waits;
        lock.lock();
        try {
            waits = !queue.isEmpty();
        } finally {
            lock.unlock();
        }
        if (waits) { // else its reader has just come
            end(StreamEnding.EXHAUSTED);
        }
    }

    private void join() {
        if (!listed) {
            listed = true;
            backlog.join(holder);
        }
    }

    /** Nothing will wait any more once the stream has ended and all is read. */
    private void leaveIfRead() {
        if (listed && ending != null && queue.isEmpty()) {
            listed = false;
            backlog.leave(holder);
        }
    }

    /** Its number on its circuit. */
    public StreamId streamId() {
        return new StreamId(id);
    }

    public StreamCarrier circuit() {
        return owner.carrier();
    }

    /** What the exit said when it had connected: often the address. Of an accepted stream, our own answer. */
    public Optional<RelayMessage.Connected> connected() {
        lock.lock();
        try {
            return Optional.ofNullable(connected);
        } finally {
            lock.unlock();
        }
    }

    /** Why it is over, if it is; there may still be something to read. */
    public Optional<StreamEnding> ended() {
        lock.lock();
        try {
            return Optional.ofNullable(ending);
        } finally {
            lock.unlock();
        }
    }

    /** Bytes read so far. */
    public long bytesRead() {
        lock.lock();
        try {
            return read;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes sent so far. */
    public long bytesWritten() {
        lock.lock();
        try {
            return written;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Hop hop() {
        return hop;
    }

    int id() {
        return id;
    }

    StreamGate gate() {
        return gate;
    }

    Condition widened() {
        return widened;
    }

    boolean isWritable() {
        return writable;
    }

    @Override
    public void data(byte[] body, int offset, int length) throws ProtocolViolation {
        boolean first;
        boolean taken;
        lock.lock();
        try {
            if (remains != null) {
                remains.data(body, offset, length);
                return;
            }
            if (connected == null && !accepted) {
                throw new ProtocolViolation("DATA: came before CONNECTED");
            }
            intake.received();
            if (length > intake.waitingMax() - queue.size()) {
                throw new ProtocolViolation("DATA: came on and on after XOFF");
            }
            first = queue.isEmpty();
            long now = time.nanos();
            taken = queue.put(body, offset, length, now);
            if (taken) {
                join();
            }
            if (taken && ending == null) {
                signals.decided(intake.arrived(queue.size(), now));
            }
        } finally {
            lock.unlock();
        }
        if (!taken) {
            end(StreamEnding.EXHAUSTED);
            return;
        }
        if (first) {
            arrived();
        }
        signals.send();
    }

    private void arrived() {
        Edge told = edge;
        if (told != null) {
            told.flush();
        } else {
            owner.carriage().afterTurn(wakeReader);
        }
    }

    private void wakeReader() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void acknowledged() throws ProtocolViolation {
        owner.carriage().acknowledged(this);
    }

    @Override
    public void xoff() throws ProtocolViolation {
        owner.carriage().xoff(this);
        onSignal.accept(FlowSignal.XOFF_RECV);
    }

    @Override
    public void xon(long rate) throws ProtocolViolation {
        owner.carriage().xon(this, rate);
        onSignal.accept(FlowSignal.XON_RECV);
    }

    @Override
    public void connected(RelayMessage.Connected message) throws ProtocolViolation {
        lock.lock();
        try {
            if (remains != null) {
                remains.connected(message);
                return;
            }
            if (accepted) {
                throw new ProtocolViolation("CONNECTED: came from the client of a stream");
            }
            if (connected != null) {
                throw new ProtocolViolation("CONNECTED: came a second time");
            }
            connected = message;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void resolved(RelayMessage.Resolved message) throws ProtocolViolation {
        throw new ProtocolViolation("RESOLVED: came on a stream");
    }

    @Override
    public void ended(RelayMessage.End message) {
        over(new StreamEnding(message.reason(), true));
    }

    @Override
    public void circuitEnded() {
        over(StreamEnding.CIRCUIT_ENDED);
    }

    @Override
    public String toString() {
        return "stream " + id + " on circuit " + owner.carrier().id();
    }

    private void over(StreamEnding why) {
        lock.lock();
        try {
            writable = false;
            if (ending == null) {
                ending = why;
                leaveIfRead();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        owner.carriage().wake(this);
        flush();
    }

    private boolean answered(Duration patience) throws InterruptedException {
        long deadline = time.nanos() + patience.toNanos();
        lock.lockInterruptibly();
        try {
            boolean inTime = true;
            while (connected == null && ending == null && inTime) {
                inTime = time.await(lock, changed, deadline);
            }
            return connected != null || ending != null;
        } finally {
            lock.unlock();
        }
    }

    private void refuseIfEnded() throws Refused, Unreachable {
        lock.lock();
        try {
            if (connected != null || ending == null) {
                return;
            }
            if (ending.remote()) {
                throw EndReasons.refused(ending.reason(), toString());
            }
            throw new Unreachable(ending.sentence());
        } finally {
            lock.unlock();
        }
    }

    private int atEnd() throws IOException {
        if (ending == null || ending.isOrderly()) {
            return -1;
        }
        throw new IOException(ending.sentence());
    }

    private String whyNotWritable() {
        lock.lock();
        try {
            if (ending != null) {
                return ending.sentence();
            }
            return finished ? "nothing more is written after finish()" : StreamEnding.CIRCUIT_ENDED.sentence();
        } finally {
            lock.unlock();
        }
    }

    private void count(int sent) {
        lock.lock();
        try {
            written += sent;
        } finally {
            lock.unlock();
        }
    }

    private static InterruptedIOException interruption(InterruptedException cause) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(cause);
        return interrupted;
    }
}

package io.allium.relay;

import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.cell.RelayMessage;
import io.allium.cell.StreamId;
import io.allium.channel.Edge;
import io.allium.circuit.StreamEnd;
import io.allium.circuit.StreamGate;
import io.allium.circuit.StreamIntake;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One stream's way to its client. Guarded by the lock of its {@link Carriage}. */
final class Lane {
    private final Carriage carriage;
    private final StreamId stream;
    private final Time time;
    private final ReentrantLock lock;
    private final StreamGate gate;
    private final Condition room;
    private boolean ended;
    private @Nullable Edge edge; // where a loop carries the connection
    private boolean crowded;

    Lane(Carriage carriage, StreamId stream, Time time) {
        this.carriage = carriage;
        this.stream = stream;
        this.time = time;
        this.lock = carriage.lock();
        this.gate = StreamGate.of(carriage.flow(), StreamEnd.EXIT);
        this.room = lock.newCondition();
    }

    StreamId stream() {
        return stream;
    }

    /** What tells the client how much its stream takes. */
    StreamIntake intake() {
        return StreamIntake.of(carriage.flow(), StreamEnd.EXIT);
    }

    /** Sends a message of the stream that no window counts. */
    void send(RelayMessage message) {
        carriage.send(stream, message);
    }

    /** Sends bytes as DATA, as the windows and the outbox let it. Fails once the stream or its circuit ended. */
    void packageData(byte[] from, int offset, int length) throws IOException, InterruptedException {
        int done = 0;
        while (done < length) {
            done += carriage.data(this, from, offset + done, length - done);
        }
    }

    /** From now on this edge is resumed when there may be room again. */
    void tell(Edge whose) {
        lock.lock();
        try {
            edge = whose;
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes may be sent now. After a 0 the edge is resumed. */
    int room() {
        return carriage.room(this);
    }

    /** Sends as much as there is room for, without waiting; if that is not all, the edge is resumed. */
    int offer(byte[] from, int offset, int length) {
        return carriage.offer(this, from, offset, length);
    }

    /** Takes a SENDME of the stream. */
    void acknowledged() throws ProtocolViolation {
        lock.lock();
        try {
            gate.sendme();
            signal();
        } finally {
            lock.unlock();
        }
    }

    /** The client wants no more for now. */
    void xoff() throws ProtocolViolation {
        lock.lock();
        try {
            gate.xoff();
        } finally {
            lock.unlock();
        }
    }

    /** The client takes more, at this rate. */
    void xon(long rate) throws ProtocolViolation {
        lock.lock();
        try {
            gate.xon(rate, time.nanos());
            signal();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes whoever waits to send, in vain. */
    void end() {
        lock.lock();
        try {
            ended = true;
            carriage.forget(this);
            signal();
        } finally {
            lock.unlock();
        }
    }

    /** There may be more room than there was; the caller has the lock. */
    void signal() {
        room.signalAll();
        resume();
    }

    private void resume() {
        if (crowded && edge != null) {
            crowded = false;
            edge.resume();
        }
    }

    /** Has the edge resumed once what kept the stream from sending at {@code now} may be over; the caller has the lock. */
    void tellOfRoom(long now) {
        crowded = true;
        long opens = gate.opensAt(now);
        if (opens > now && opens != StreamGate.NEVER) {
            time.after(Duration.ofNanos(opens - now), this::opened);
        }
    }

    private void opened() {
        lock.lock();
        try {
            resume();
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing can be sent any more; the caller has the lock. */
    boolean isOver() {
        return ended || carriage.isClosed();
    }

    /** Whether the client lets us send at {@code now}; the caller has the lock. */
    boolean isOpen(long now) {
        return gate.opensAt(now) <= now;
    }

    /** How many bytes the client lets us send at {@code now}; the caller has the lock. */
    int room(long now) {
        return gate.room(now);
    }

    /** Counts a DATA cell with so many bytes; the caller has the lock. */
    void sent(int bytes, long now) {
        gate.sent(bytes, now);
    }

    /**
     * Waits for what kept the stream from sending at {@code now}, the moment of {@link #isOpen}; the caller has the lock.
     * At any other moment something else might be in the way, and nobody would tell of that.
     */
    @SuppressWarnings("WaitNotInLoop") // the caller loops
    void await(long now) throws InterruptedException {
        long opens = gate.opensAt(now);
        if (opens > now && opens != StreamGate.NEVER) {
            time.await(lock, room, opens);
        } else {
            room.await();
        }
    }

    /** The caller has the lock. */
    void failIfEnded() throws IOException {
        if (isOver()) {
            throw new IOException("the stream ended");
        }
    }
}

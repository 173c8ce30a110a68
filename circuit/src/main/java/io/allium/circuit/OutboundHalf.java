package io.allium.circuit;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.channel.CellBody;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What we send on a circuit of ours: windows, layers, the queue of the channel. Guarded by {@code lock}, because the order
 * of encryption must be the order of sending. Writers, readers that acknowledge and the channel's loop all come here; each
 * holds the lock for at most {@link #BURST} cells. It is fair, so that writers of several streams take turns and the loop
 * never waits for more than each of them once.
 *
 * @spec tor-spec 5.5.2.1, 5.6, 7.3
 */
final class OutboundHalf {
    /** RELAY_EARLY cells that a circuit may send: tor-spec 5.6. */
    static final int EARLY_MAX = 8;

    /** DATA cells that a writer sends before it lets others pass: about as many as a TLS record holds. */
    static final int BURST = 32;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition room = lock.newCondition();
    private final FirstLink link;
    private final Time time;
    private final Entropy entropy;
    private final Runnable onLoss;
    private final List<Hop> hops = new ArrayList<>();
    private final byte[] plain = new byte[CellCodec.BODY_BYTES];
    private final byte[] layered = new byte[CellCodec.BODY_BYTES];
    private int earlyLeft = EARLY_MAX;
    private boolean ended;
    private volatile boolean lost;
    private long cells;
    private long delivered;
    private long relayCells;

    /** Calls {@code onLoss}, without the lock, when the channel's queue has lost a cell: the circuit cannot go on. */
    OutboundHalf(FirstLink link, Time time, Entropy entropy, Runnable onLoss) {
        this.link = link;
        this.time = time;
        this.entropy = entropy;
        this.onLoss = onLoss;
    }

    /** A condition of the lock, for a stream whose own window is empty. */
    Condition newCondition() {
        return lock.newCondition();
    }

    /** The circuit has become longer. */
    void add(Hop hop) {
        lock.lock();
        try {
            hops.add(hop);
        } finally {
            lock.unlock();
        }
    }

    /** Sends a cell that is not a relay cell. */
    void send(ChannelCell cell) {
        lock.lock();
        try {
            byte[] body = CellCodec.fixedBody(cell);
            append(cell.command(), (into, offset) -> System.arraycopy(body, 0, into, offset, body.length));
        } finally {
            lock.unlock();
        }
        flush();
    }

    /** Sends EXTEND2, which must be in a RELAY_EARLY cell. */
    void extend(Hop last, RelayMessage message) throws Unreachable {
        lock.lock();
        try {
            if (earlyLeft == 0) {
                throw new Unreachable("the circuit has used up its " + EARLY_MAX + " RELAY_EARLY cells");
            }
            put(last, true, 0, message);
        } finally {
            lock.unlock();
        }
        flush();
    }

    /** Sends a message other than DATA; after the circuit's end it is dropped. */
    void send(Hop to, int streamId, RelayMessage message) {
        lock.lock();
        try {
            put(to, false, streamId, message);
        } finally {
            lock.unlock();
        }
        flush();
    }

    /** Sends messages other than DATA about a stream, one after the other. */
    void send(OnionStream stream, List<RelayMessage> messages) {
        lock.lock();
        try {
            for (RelayMessage message : messages) {
                put(stream.hop(), false, stream.id(), message);
            }
        } finally {
            lock.unlock();
        }
        flush();
    }

    /**
     * Sends as much as there is room for, after waiting until there is any.
     *
     * @return how many bytes were taken; 0 if the stream or the circuit has ended
     */
    int data(OnionStream stream, byte[] from, int offset, int length) throws InterruptedException {
        int sent = 0;
        lock.lockInterruptibly();
        try {
            awaitRoom(stream);
            for (int burst = 0; sent < length && burst < BURST && mayWrite(stream) && hasRoom(stream); burst++) {
                PackagingFlow packaging = stream.hop().packaging();
                int part = Math.min(length - sent, packaging.dataLimit(RelayCell.DATA_MAX));
                stream.gate().sent(part, time.nanos());
                put(stream.hop(), false, RelayCommand.DATA, stream.id(), from, offset + sent, part);
                packaging.sent(RelayCell.DATA_MAX - part, stream.hop().layer()::originatedTag);
                sent += part;
            }
        } finally {
            lock.unlock();
        }
        flush();
        return sent;
    }

    /** A circuit-level SENDME came from this hop. */
    void acknowledged(Hop from, RelayMessage.SendMe message) throws ProtocolViolation {
        lock.lock();
        try {
            from.packaging().acknowledged(message.version(), message.digest(), !link.hasRoom());
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A SENDME of this stream came. */
    void acknowledged(OnionStream stream) throws ProtocolViolation {
        lock.lock();
        try {
            stream.gate().sendme();
            stream.widened().signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The other end of this stream wants no more for now. */
    void xoff(OnionStream stream) throws ProtocolViolation {
        lock.lock();
        try {
            stream.gate().xoff();
        } finally {
            lock.unlock();
        }
    }

    /** The other end of this stream takes more, at this rate. */
    void xon(OnionStream stream, long rate) throws ProtocolViolation {
        lock.lock();
        try {
            stream.gate().xon(rate, time.nanos());
            stream.widened().signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The channel's queue has room again. */
    void drained() {
        lock.lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes whoever writes on a stream that has ended. */
    void wake(OnionStream stream) {
        lock.lock();
        try {
            stream.widened().signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sends nothing any more, but {@code destroy} says whether to tell the first relay; wakes all writers. */
    void end(boolean destroy) {
        lock.lock();
        try {
            ended = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
        if (destroy) {
            link.destroy();
        } else {
            link.release();
        }
    }

    /** What was sent, as the outbound fields of a {@link CircuitTraffic}. */
    CircuitTraffic traffic() {
        lock.lock();
        try {
            long capacity = relayCells * RelayCell.DATA_MAX;
            return new CircuitTraffic(0, cells * CellCodec.BODY_BYTES, 0, 0, delivered, capacity - delivered);
        } finally {
            lock.unlock();
        }
    }

    private void awaitRoom(OnionStream stream) throws InterruptedException {
        while (mayWrite(stream) && !hasRoom(stream)) {
            long now = time.nanos();
            long opens = stream.gate().opensAt(now);
            if (opens == StreamGate.NEVER) {
                stream.widened().await();
            } else if (opens > now) {
                time.await(lock, stream.widened(), opens);
            } else {
                room.await();
            }
        }
    }

    private boolean mayWrite(OnionStream stream) {
        return !ended && stream.isWritable();
    }

    private boolean hasRoom(OnionStream stream) {
        long now = time.nanos();
        return stream.gate().opensAt(now) <= now && !stream.hop().packaging().isEmpty() && link.hasRoom();
    }

    private void put(Hop to, boolean mustBeEarly, int streamId, RelayMessage message) {
        byte[] data = message.data();
        put(to, mustBeEarly, message.command(), streamId, data, 0, data.length);
    }

    /** Encrypts for one hop and through those before it, straight into the channel's queue. */
    private void put(
            Hop to, boolean mustBeEarly, int command, int streamId, byte[] data, int dataOffset, int dataLength) {
        int cellCommand = early(to, mustBeEarly) ? CellCommand.RELAY_EARLY : CellCommand.RELAY;
        RelayCell.encode(command, streamId, data, dataOffset, dataLength, plain, 0, entropy);
        if (append(cellCommand, (into, offset) -> seal(to, cellCommand, into, offset))) {
            relayCells++;
            delivered += dataLength;
        }
    }

    private boolean append(int command, CellBody body) {
        if (ended) {
            return false;
        }
        if (!link.append(command, body)) {
            ended = true;
            lost = true;
            return false;
        }
        cells++;
        return true;
    }

    private void flush() {
        link.flush();
        if (lost) {
            onLoss.run();
        }
    }

    /** Cells for the first hop alone don't count, but for EXTEND2: they go no further. */
    private boolean early(Hop to, boolean mustBeEarly) {
        if (earlyLeft > 0 && (mustBeEarly || to.number() > 1)) {
            earlyLeft--;
            return true;
        }
        return false;
    }

    /** Each layer is written from one array into another, since in place the cipher would copy the cell once more. */
    private void seal(Hop to, int command, byte[] into, int offset) {
        byte[] from = layered;
        if (to.number() == 1) {
            to.layer().originateOutbound(command, plain, 0, into, offset);
            return;
        }
        to.layer().originateOutbound(command, plain, 0, from, 0);
        byte[] other = plain;
        for (int number = to.number() - 1; number > 1; number--) {
            hops.get(number - 1).layer().encryptOutbound(command, from, 0, other, 0);
            byte[] swapped = from;
            from = other;
            other = swapped;
        }
        hops.get(0).layer().encryptOutbound(command, from, 0, into, offset);
    }
}

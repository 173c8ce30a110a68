package io.allium.circuit;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.channel.Backlog;
import io.allium.channel.CellBody;
import io.allium.channel.Edge;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What we send on a circuit of ours: windows, layers, the queue of the channel. Guarded by {@code lock}, because the order
 * of encryption must be the order of sending. Writers, readers that acknowledge and the channel's loop all come here; each
 * holds the lock for at most {@link #BURST} cells. It is fair, so that writers of several streams take turns and the loop
 * never waits for more than each of them once.
 *
 * @spec tor-spec 5.5.2.1, 5.6, 7.3
 */
final class OutboundHalf implements Carriage {
    /** RELAY_EARLY cells that a circuit may send: tor-spec 5.6. */
    static final int EARLY_MAX = 8;

    /** DATA cells that a writer sends before it lets others pass: about as many as a TLS record holds. */
    static final int BURST = 32;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Crowd crowd;
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
    private volatile Runnable onRoom = () -> {};
    private long cells;
    private long delivered;
    private long relayCells;

    /** Calls {@code onLoss}, without the lock, when the channel's queue has lost a cell: the circuit cannot go on. */
    OutboundHalf(FirstLink link, Time time, Entropy entropy, Runnable onLoss) {
        this.link = link;
        this.time = time;
        this.crowd = new Crowd(lock, time);
        this.entropy = entropy;
        this.onLoss = onLoss;
    }

    @Override
    public ReentrantLock lock() {
        return lock;
    }

    @Override
    public Crowd crowd() {
        return crowd;
    }

    @Override
    public Time time() {
        return time;
    }

    @Override
    public Backlog backlog() {
        return link.backlog();
    }

    /** From now on {@code listener} hears, without the lock, when there is more room than there was. */
    void whenRoom(Runnable listener) {
        onRoom = listener;
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

    @Override
    public void afterTurn(Runnable task) {
        link.afterTurn(task);
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

    /** RELAY_EARLY cells that may still be sent. */
    int earlyLeft() {
        lock.lock();
        try {
            return earlyLeft;
        } finally {
            lock.unlock();
        }
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

    @Override
    public void send(Hop to, int streamId, RelayMessage message) {
        lock.lock();
        try {
            put(to, false, streamId, message);
        } finally {
            lock.unlock();
        }
        flush();
    }

    @Override
    public int data(OnionStream stream, byte[] from, int offset, int length) throws InterruptedException {
        int sent;
        lock.lockInterruptibly();
        try {
            awaitRoom(stream);
            sent = burst(stream.hop(), stream, from, offset, length, () -> {});
        } finally {
            lock.unlock();
        }
        flush();
        return sent;
    }

    @Override
    public int room(OnionStream stream) {
        lock.lock();
        try {
            long now = time.nanos();
            if (!mayWrite(stream)) {
                return Integer.MAX_VALUE;
            }
            if (!isOpen(stream, now) || !hasRoom(stream.hop())) {
                crowd.tell(stream, now);
                return 0;
            }
            return Math.min(
                    bytes(stream.hop().packaging().left()), stream.gate().room(now));
        } finally {
            lock.unlock();
        }
    }

    /** What so many DATA cells hold. */
    static int bytes(int cells) {
        return (int) Math.min(Integer.MAX_VALUE, (long) cells * RelayCell.DATA_MAX);
    }

    @Override
    public int offer(OnionStream stream, byte[] from, int offset, int length) {
        int sent = 0;
        lock.lock();
        try {
            long now = time.nanos();
            while (sent < length && mayWrite(stream) && isOpen(stream, now) && hasRoom(stream.hop())) {
                sent += burst(stream.hop(), stream, from, offset + sent, length - sent, () -> {});
            }
            if (!mayWrite(stream)) {
                sent = length;
            } else if (sent < length) {
                crowd.tell(stream, now);
            }
        } finally {
            lock.unlock();
        }
        flush();
        return sent;
    }

    @Override
    public Edge carry(Wire connection, Edge.End end) {
        return link.carry(connection, end);
    }

    /**
     * Sends a burst of DATA to this hop, as far as the windows let it; the caller has the lock, has seen that there is
     * room, and flushes without the lock.
     *
     * @param counted told of each cell
     */
    int burst(Hop to, OnionStream stream, byte[] from, int offset, int length, Runnable counted) {
        PackagingFlow packaging = to.packaging();
        long now = time.nanos();
        int sent = 0;
        for (int burst = 0;
                sent < length && burst < BURST && mayWrite(stream) && isOpen(stream, now) && !packaging.isEmpty();
                burst++) {
            int part = Math.min(length - sent, packaging.dataLimit(RelayCell.DATA_MAX));
            stream.gate().sent(part, now);
            put(to, false, RelayCommand.DATA, stream.id(), from, offset + sent, part);
            packaging.sent(RelayCell.DATA_MAX - part, to.layer()::originatedTag);
            counted.run();
            sent += part;
        }
        return sent;
    }

    /** Whether DATA to this hop may be sent; the caller has the lock. */
    boolean hasRoom(Hop to) {
        return !to.packaging().isEmpty() && link.hasRoom();
    }

    /** A circuit-level SENDME came from this hop. */
    void acknowledged(Hop from, RelayMessage.SendMe message) throws ProtocolViolation {
        lock.lock();
        try {
            from.packaging().acknowledged(message.version(), message.digest(), !link.hasRoom());
            crowd.widen();
        } finally {
            lock.unlock();
        }
        onRoom.run();
    }

    /** The channel's queue has room again. */
    void drained() {
        lock.lock();
        try {
            crowd.widen();
        } finally {
            lock.unlock();
        }
        onRoom.run();
    }

    /** Sends nothing any more, but {@code destroy} says whether to tell the first relay; wakes all writers. */
    void end(boolean destroy) {
        lock.lock();
        try {
            ended = true;
            crowd.widen();
        } finally {
            lock.unlock();
        }
        if (destroy) {
            link.destroy();
        } else {
            link.release();
        }
    }

    /** How congestion control with this hop stands. */
    Optional<CongestionState> congestion(Hop hop) {
        lock.lock();
        try {
            return hop.packaging().state();
        } finally {
            lock.unlock();
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
        long now = time.nanos();
        while (mayWrite(stream) && !(isOpen(stream, now) && hasRoom(stream.hop()))) {
            crowd.await(stream, now);
            now = time.nanos();
        }
    }

    private boolean mayWrite(OnionStream stream) {
        return !ended && stream.isWritable();
    }

    /** Sends a message other than DATA; the caller has the lock, and flushes without it. */
    void put(Hop to, int streamId, RelayMessage message) {
        put(to, false, streamId, message);
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

    /** Lets what was put leave; the caller has no lock. */
    void flush() {
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

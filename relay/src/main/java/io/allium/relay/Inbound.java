package io.allium.relay;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.CircuitId;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.cell.StreamId;
import io.allium.channel.Channel;
import io.allium.circuit.PackagingFlow;
import io.allium.crypto.RelayLayer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The half of a transit circuit that goes towards the client: cells from the next relay, and those that we make. Each is
 * encrypted under the lock of the previous channel's outbox, at the moment that settles its place there, since the
 * client decrypts in the order in which cells arrive.
 *
 * <p>What we make ourselves is guarded by {@code lock} as well, so that the digest which a SENDME will have to prove is
 * read before the next cell changes it. Streams wait on it for the windows and for room in the outbox: that is what slows
 * a server down to the pace of its client.
 *
 * @spec tor-spec 5.5, 7.3
 */
final class Inbound implements Carriage {
    private final ReentrantLock lock = new ReentrantLock();
    private final Channel previous;
    private final CircuitId id;
    private final RelayLayer layer;
    private final PackagingFlow flow;
    private final Time time;
    private final Entropy entropy;
    private final ObservedBandwidth bandwidth;
    private final Runnable onOverflow;
    private final Map<StreamId, Lane> lanes = new LinkedHashMap<>();
    private final byte[] plain = new byte[CellCodec.BODY_BYTES];
    private boolean closed;
    private volatile boolean overflowed;
    private volatile Runnable onRoom = () -> {};

    /** @param onOverflow told when the outbox takes no more, and a cell is lost: the circuit has to end */
    Inbound(
            Channel previous,
            CircuitId id,
            RelayLayer layer,
            PackagingFlow flow,
            Time time,
            Entropy entropy,
            ObservedBandwidth bandwidth,
            Runnable onOverflow) {
        this.previous = previous;
        this.id = id;
        this.layer = layer;
        this.flow = flow;
        this.time = time;
        this.entropy = entropy;
        this.bandwidth = bandwidth;
        this.onOverflow = onOverflow;
    }

    /** Puts our layer around a cell from the next relay. */
    void pass(byte[] buffer, int offset) {
        bandwidth.carried(CellCodec.BODY_BYTES);
        boolean taken = previous.outbox()
                .add(
                        id,
                        CellCommand.RELAY,
                        (into, at) -> layer.encryptInbound(CellCommand.RELAY, buffer, offset, into, at));
        if (!taken) {
            onOverflow.run();
        }
    }

    @Override
    public ReentrantLock lock() {
        return lock;
    }

    @Override
    public PackagingFlow flow() {
        return flow;
    }

    /** From now on {@code listener} hears, without the lock, when there is more room than there was. */
    void whenRoom(Runnable listener) {
        onRoom = listener;
    }

    @Override
    public void send(StreamId stream, RelayMessage message) {
        lock.lock();
        try {
            put(stream, message);
        } finally {
            lock.unlock();
        }
        flush();
    }

    /**
     * Sends a message that no window counts where there is room for it: one that strangers may cause must not cost the
     * circuit.
     *
     * @return false if it was not sent
     */
    boolean sendIfRoom(StreamId stream, RelayMessage message) {
        lock.lock();
        try {
            if (closed || !previous.outbox().hasRoom(id)) {
                return false;
            }
            put(stream, message);
        } finally {
            lock.unlock();
        }
        flush();
        return true;
    }

    /** Sends a message that no window counts; the caller has the lock, and flushes without it. */
    void put(StreamId stream, RelayMessage message) {
        byte[] data = message.data();
        if (!closed) {
            originate(message.command(), stream, data, 0, data.length);
        }
    }

    /** Takes a SENDME of the circuit. */
    void acknowledged(RelayMessage.SendMe sendMe) throws ProtocolViolation {
        lock.lock();
        try {
            flow.acknowledged(
                    sendMe.version(), sendMe.digest(), !previous.outbox().hasRoom(id));
            signalAll();
        } finally {
            lock.unlock();
        }
        onRoom.run();
    }

    /** The outbox has room again. */
    void drained() {
        lock.lock();
        try {
            signalAll();
        } finally {
            lock.unlock();
        }
        onRoom.run();
    }

    /** Sends nothing any more, and wakes whoever waits to. */
    void close() {
        lock.lock();
        try {
            closed = true;
            signalAll();
            lanes.clear();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Lane open(StreamId stream) {
        lock.lock();
        try {
            Lane lane = new Lane(this, stream, time);
            lanes.put(stream, lane);
            return lane;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void forget(Lane lane) {
        lanes.remove(lane.stream(), lane);
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public int data(Lane lane, byte[] from, int offset, int length) throws IOException, InterruptedException {
        int sent;
        lock.lock();
        try {
            awaitRoom(lane);
            sent = burst(lane, from, offset, length, () -> {});
        } finally {
            lock.unlock();
        }
        flush();
        return sent;
    }

    @Override
    public int room(Lane lane) {
        lock.lock();
        try {
            if (lane.isOver()) {
                return Integer.MAX_VALUE;
            }
            long now = time.nanos();
            if (lane.isOpen(now) && hasRoom()) {
                return Math.min(bytesLeft(), lane.room(now));
            }
            lane.tellOfRoom(now);
            return 0;
        } finally {
            lock.unlock();
        }
    }

    /** What the DATA cells hold that the window lets through. */
    int bytesLeft() {
        lock.lock();
        try {
            return (int) Math.min(Integer.MAX_VALUE, (long) flow.left() * RelayCell.DATA_MAX);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int offer(Lane lane, byte[] from, int offset, int length) {
        int sent = 0;
        lock.lock();
        try {
            if (lane.isOver()) {
                return length;
            }
            long now = time.nanos();
            if (lane.isOpen(now) && hasRoom()) {
                sent = burst(lane, from, offset, length, () -> {});
            }
            if (sent < length) {
                lane.tellOfRoom(now);
            }
        } finally {
            lock.unlock();
        }
        flush();
        return sent;
    }

    private void awaitRoom(Lane lane) throws IOException, InterruptedException {
        lane.failIfEnded();
        long now = time.nanos();
        while (!(lane.isOpen(now) && hasRoom())) {
            lane.await(now);
            lane.failIfEnded();
            now = time.nanos();
        }
    }

    /**
     * Sends a burst of DATA, as far as the windows let it; the caller has the lock, has seen that there is room, and
     * flushes without the lock. What a stream reads at once is few cells beside what the outbox takes.
     *
     * @param counted told of each cell
     */
    int burst(Lane lane, byte[] from, int offset, int length, Runnable counted) {
        long now = time.nanos();
        int done = 0;
        while (done < length && !closed && !overflowed && lane.isOpen(now) && !flow.isEmpty()) {
            int count = Math.min(length - done, flow.dataLimit(RelayCell.DATA_MAX));
            originate(RelayCommand.DATA, lane.stream(), from, offset + done, count);
            flow.sent(RelayCell.DATA_MAX - count, layer::originatedTag);
            lane.sent(count, now);
            counted.run();
            done += count;
        }
        return done;
    }

    /** Whether DATA may be sent now. */
    boolean hasRoom() {
        lock.lock();
        try {
            return !closed && !flow.isEmpty() && previous.outbox().hasRoom(id);
        } finally {
            lock.unlock();
        }
    }

    /** The time there and back in nanoseconds as congestion control measures it; 0 before it has. */
    long roundTrip() {
        lock.lock();
        try {
            return flow.roundTrip();
        } finally {
            lock.unlock();
        }
    }

    /** Whether DATA are under way that no SENDME has acknowledged. */
    boolean hasInFlight() {
        lock.lock();
        try {
            return flow.awaitsAcknowledgement();
        } finally {
            lock.unlock();
        }
    }

    private void signalAll() {
        lanes.values().forEach(Lane::signal);
    }

    /** Seals and encrypts a cell of ours; the caller holds the lock, and once it has let go of it, flushes. */
    private void originate(int command, StreamId stream, byte[] data, int offset, int length) {
        bandwidth.carried(CellCodec.BODY_BYTES);
        RelayCell.encode(command, stream.value(), data, offset, length, plain, 0, entropy);
        boolean taken = previous.outbox()
                .append(
                        id,
                        CellCommand.RELAY,
                        (into, at) -> layer.originateInbound(CellCommand.RELAY, plain, 0, into, at));
        overflowed |= !taken;
    }

    /** Lets what was put leave; the caller has no lock. */
    void flush() {
        previous.outbox().flush();
        if (overflowed) {
            onOverflow.run();
        }
    }
}

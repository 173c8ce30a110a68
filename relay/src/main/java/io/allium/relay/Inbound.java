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
import io.allium.circuit.StreamEnd;
import io.allium.circuit.StreamGate;
import io.allium.circuit.StreamIntake;
import io.allium.crypto.RelayLayer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
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
final class Inbound {
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

    /** Sends a message of ours that no window counts. */
    void send(StreamId stream, RelayMessage message) {
        byte[] data = message.data();
        boolean taken;
        lock.lock();
        try {
            taken = closed || originate(message.command(), stream, data, 0, data.length);
        } finally {
            lock.unlock();
        }
        flush(taken);
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
    }

    /** The outbox has room again. */
    void drained() {
        lock.lock();
        try {
            signalAll();
        } finally {
            lock.unlock();
        }
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

    /** The way to the client of a new stream. */
    Lane open(StreamId stream) {
        lock.lock();
        try {
            Lane lane = new Lane(stream);
            lanes.put(stream, lane);
            return lane;
        } finally {
            lock.unlock();
        }
    }

    private void signalAll() {
        for (Lane lane : new ArrayList<>(lanes.values())) {
            lane.room.signalAll();
        }
    }

    /** Seals and encrypts a cell of ours; the caller holds the lock, and once it has let go of it, flushes. */
    private boolean originate(int command, StreamId stream, byte[] data, int offset, int length) {
        bandwidth.carried(CellCodec.BODY_BYTES);
        RelayCell.encode(command, stream.value(), data, offset, length, plain, 0, entropy);
        return previous.outbox()
                .append(
                        id,
                        CellCommand.RELAY,
                        (into, at) -> layer.originateInbound(CellCommand.RELAY, plain, 0, into, at));
    }

    private void flush(boolean taken) {
        previous.outbox().flush();
        if (!taken) {
            onOverflow.run();
        }
    }

    /** One stream's way to the client. Guarded by the lock of its circuit's inbound half. */
    final class Lane {
        private final StreamId stream;
        private final StreamGate gate = StreamGate.of(flow, StreamEnd.EXIT);
        private final Condition room = lock.newCondition();
        private boolean ended;

        private Lane(StreamId stream) {
            this.stream = stream;
        }

        /** Sends a message of the stream that no window counts. */
        void send(RelayMessage message) {
            Inbound.this.send(stream, message);
        }

        /** Sends bytes as DATA, as the windows and the outbox let it. Fails once the stream or its circuit ended. */
        void packageData(byte[] from, int offset, int length) throws IOException, InterruptedException {
            int done = 0;
            while (done < length) {
                boolean taken = true;
                lock.lock();
                try {
                    awaitRoom();
                    while (done < length && taken && mayPackage()) {
                        int count = Math.min(length - done, flow.dataLimit(RelayCell.DATA_MAX));
                        taken = originate(RelayCommand.DATA, stream, from, offset + done, count);
                        flow.sent(RelayCell.DATA_MAX - count, layer::originatedTag);
                        gate.sent(count, time.nanos());
                        done += count;
                    }
                } finally {
                    lock.unlock();
                }
                flush(taken);
            }
        }

        /** What tells the client how much its stream takes. */
        StreamIntake intake() {
            return StreamIntake.of(flow, StreamEnd.EXIT);
        }

        /** Takes a SENDME of the stream. */
        void acknowledged() throws ProtocolViolation {
            lock.lock();
            try {
                gate.sendme();
                room.signalAll();
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
                room.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Wakes whoever waits to send, in vain. */
        void end() {
            lock.lock();
            try {
                ended = true;
                lanes.remove(stream, this);
                room.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void awaitRoom() throws IOException, InterruptedException {
            while (!mayPackage()) {
                if (ended || closed) {
                    throw new IOException("the stream ended");
                }
                long now = time.nanos();
                long opens = gate.opensAt(now);
                if (opens > now && opens != StreamGate.NEVER) {
                    time.await(lock, room, opens);
                } else {
                    room.await();
                }
            }
        }

        private boolean mayPackage() {
            long now = time.nanos();
            return !ended
                    && !closed
                    && gate.opensAt(now) <= now
                    && !flow.isEmpty()
                    && previous.outbox().hasRoom(id);
        }
    }
}

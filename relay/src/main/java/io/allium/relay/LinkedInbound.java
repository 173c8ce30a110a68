package io.allium.relay;

import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.cell.ConfluxUx;
import io.allium.cell.RelayMessage;
import io.allium.cell.StreamId;
import io.allium.circuit.ConfluxSchedule;
import io.allium.circuit.PackagingFlow;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The half of a linked set that goes towards the client: picks a leg for each burst of DATA and each message, and tells
 * the client when it is another one. Guarded by {@code lock}, under which a leg's own lock may be taken, and never the
 * other way round.
 *
 * @spec prop329 2.5, 2.6, 3
 */
final class LinkedInbound implements Carriage {
    private final ReentrantLock lock = new ReentrantLock();
    private final PackagingFlow flow;
    private final Time time;
    private final Runnable onFailure;
    private final ConfluxSchedule<ConfluxLeg> schedule = new ConfluxSchedule<>();
    private final Map<StreamId, Lane> lanes = new LinkedHashMap<>();
    private boolean closed;

    /**
     * @param flow that of any leg
     * @param onFailure told, without the lock, when the client could no longer follow: the set has to end
     */
    LinkedInbound(PackagingFlow flow, Time time, Runnable onFailure) {
        this.flow = flow;
        this.time = time;
        this.onFailure = onFailure;
    }

    @Override
    public ReentrantLock lock() {
        return lock;
    }

    @Override
    public PackagingFlow flow() {
        return flow;
    }

    /** A new leg. */
    void add(ConfluxLeg leg, long lastSent, ConfluxUx desired) throws ProtocolViolation {
        lock.lock();
        try {
            schedule.add(leg, lastSent, desired);
        } finally {
            lock.unlock();
        }
        leg.inbound().whenRoom(this::widened);
    }

    /** A leg is gone; false if the set has to end with it. */
    boolean remove(ConfluxLeg leg) {
        lock.lock();
        try {
            boolean survives = schedule.remove(leg) && !leg.inbound().hasInFlight();
            signalAll();
            return survives;
        } finally {
            lock.unlock();
        }
    }

    /** The number of the last message that was sent. */
    long lastSent() {
        lock.lock();
        try {
            return schedule.lastSent();
        } finally {
            lock.unlock();
        }
    }

    /** There may be more room on a leg than there was. */
    void widened() {
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

    private void signalAll() {
        lanes.values().forEach(Lane::signal);
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
    public void send(StreamId stream, RelayMessage message) {
        ConfluxLeg leg;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            leg = schedule.forMessage();
            leg.inbound().lock().lock();
            try {
                turnTo(leg);
                leg.inbound().put(stream, message);
                schedule.sent();
            } finally {
                leg.inbound().lock().unlock();
            }
        } catch (ProtocolViolation tooFar) {
            leg = null;
        } finally {
            lock.unlock();
        }
        flush(leg);
    }

    @Override
    public int data(Lane lane, byte[] from, int offset, int length) throws IOException, InterruptedException {
        int sent = 0;
        while (sent == 0) {
            ConfluxLeg leg;
            lock.lock();
            try {
                leg = awaitRoom(lane);
                sent = burst(leg, lane, from, offset, length);
            } catch (ProtocolViolation tooFar) {
                leg = null;
            } finally {
                lock.unlock();
            }
            flush(leg);
        }
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
            ConfluxLeg leg = lane.isOpen(now) ? schedule.forData() : null;
            if (leg == null) {
                lane.tellOfRoom(now);
                return 0;
            }
            return Math.min(leg.inbound().bytesLeft(), lane.room(now));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int offer(Lane lane, byte[] from, int offset, int length) {
        int sent = 0;
        boolean room = true;
        while (sent < length && room) {
            ConfluxLeg leg;
            lock.lock();
            try {
                if (lane.isOver()) {
                    return length;
                }
                long now = time.nanos();
                leg = lane.isOpen(now) ? schedule.forData() : null;
                int part = leg == null ? 0 : burst(leg, lane, from, offset + sent, length - sent);
                sent += part;
                room = part > 0;
                if (!room) {
                    lane.tellOfRoom(now);
                }
                if (leg == null) {
                    return sent;
                }
            } catch (ProtocolViolation tooFar) {
                leg = null;
            } finally {
                lock.unlock();
            }
            flush(leg);
        }
        return sent;
    }

    private ConfluxLeg awaitRoom(Lane lane) throws IOException, InterruptedException {
        while (true) {
            lane.failIfEnded();
            long now = time.nanos();
            ConfluxLeg leg = lane.isOpen(now) ? schedule.forData() : null;
            if (leg != null) {
                return leg;
            }
            lane.await(now);
        }
    }

    /** May send nothing after all, if the outbox has filled up meanwhile. */
    private int burst(ConfluxLeg leg, Lane lane, byte[] from, int offset, int length) throws ProtocolViolation {
        Inbound inbound = leg.inbound();
        inbound.lock().lock();
        try {
            if (!inbound.hasRoom()) {
                return 0;
            }
            turnTo(leg);
            return inbound.burst(lane, from, offset, length, schedule::sent);
        } finally {
            inbound.lock().unlock();
        }
    }

    private void turnTo(ConfluxLeg leg) throws ProtocolViolation {
        OptionalLong skipped = schedule.turnTo(leg);
        if (skipped.isPresent()) {
            leg.inbound().put(StreamId.CIRCUIT, new RelayMessage.ConfluxSwitch(skipped.getAsLong()));
        }
    }

    private void flush(@Nullable ConfluxLeg leg) {
        if (leg == null) {
            onFailure.run();
        } else {
            leg.inbound().flush();
        }
    }
}

package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.base.Wire;
import io.allium.cell.ConfluxUx;
import io.allium.cell.RelayMessage;
import io.allium.channel.Backlog;
import io.allium.channel.Edge;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What we send on a linked set of circuits: picks a leg for each burst of DATA and each message, and tells the other end
 * when it is another one. Guarded by {@code lock}, under which a leg's own lock may be taken, and never the other way
 * round; it is fair and held for a burst, as is that of an {@link OutboundHalf}.
 *
 * @spec prop329 2.5, 2.6, 3
 */
final class ConfluxOutbound implements Carriage {
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Crowd crowd;
    private final Time time;
    private final Runnable onFailure;
    private final ConfluxSchedule<ConfluxLeg> schedule = new ConfluxSchedule<>();
    private boolean ended;
    private volatile @Nullable OutboundHalf latest; // any leg, were it gone: all have the same loops and backlog

    /** Calls {@code onFailure}, without the lock, when the other end could no longer follow: the set has to end. */
    ConfluxOutbound(Time time, Runnable onFailure) {
        this.time = time;
        this.crowd = new Crowd(lock, time);
        this.onFailure = onFailure;
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

    /** Only of a set with a leg, without which there is no stream. */
    @Override
    public Backlog backlog() {
        return Objects.requireNonNull(latest).backlog();
    }

    @Override
    public void afterTurn(Runnable task) {
        OutboundHalf any = latest;
        if (any == null) {
            task.run();
        } else {
            any.afterTurn(task);
        }
    }

    /** A new leg, of which the other end says so. */
    void add(ConfluxLeg leg, long lastSent, ConfluxUx desired) throws ProtocolViolation {
        lock.lock();
        try {
            schedule.add(leg, lastSent, desired);
        } finally {
            lock.unlock();
        }
        leg.outbound().whenRoom(this::widened);
        latest = leg.outbound();
    }

    /** A leg is gone; false if the set has to end with it. */
    boolean remove(ConfluxLeg leg) {
        lock.lock();
        try {
            boolean survives = schedule.remove(leg) && !leg.hasInFlight();
            crowd.widen();
            return survives;
        } finally {
            lock.unlock();
        }
    }

    /** Sends nothing any more, and wakes whoever waits to. */
    void end() {
        lock.lock();
        try {
            ended = true;
            crowd.widen();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void send(Hop any, int streamId, RelayMessage message) {
        ConfluxLeg leg;
        lock.lock();
        try {
            if (ended) {
                return;
            }
            leg = schedule.forMessage();
            leg.outbound().lock().lock();
            try {
                turnTo(leg);
                leg.outbound().put(leg.last(), streamId, message);
                schedule.sent();
            } finally {
                leg.outbound().lock().unlock();
            }
        } catch (ProtocolViolation tooFar) {
            leg = null;
        } finally {
            lock.unlock();
        }
        flush(leg);
    }

    @Override
    public int data(OnionStream stream, byte[] from, int offset, int length) throws InterruptedException {
        int sent = 0;
        for (ConfluxLeg leg = null; sent == 0; flush(leg)) {
            lock.lockInterruptibly();
            try {
                leg = awaitRoom(stream);
                if (leg == null) {
                    return 0;
                }
                sent = burst(leg, stream, from, offset, length);
            } catch (ProtocolViolation tooFar) {
                leg = null;
            } finally {
                lock.unlock();
            }
        }
        return sent;
    }

    @Override
    public int room(OnionStream stream) {
        lock.lock();
        try {
            if (!mayWrite(stream)) {
                return Integer.MAX_VALUE;
            }
            long now = time.nanos();
            ConfluxLeg leg = isOpen(stream, now) ? schedule.forData() : null;
            if (leg == null) {
                crowd.tell(stream, now);
                return 0;
            }
            return Math.min(
                    OutboundHalf.bytes(leg.last().packaging().left()),
                    stream.gate().room(now));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int offer(OnionStream stream, byte[] from, int offset, int length) {
        int sent = 0;
        boolean room = true;
        while (sent < length && room) {
            ConfluxLeg leg;
            lock.lock();
            try {
                if (!mayWrite(stream)) {
                    return length;
                }
                long now = time.nanos();
                leg = isOpen(stream, now) ? schedule.forData() : null;
                int part = leg == null ? 0 : burst(leg, stream, from, offset + sent, length - sent);
                sent += part;
                room = part > 0;
                if (!room) {
                    crowd.tell(stream, now);
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

    /** Only of a set with a leg. */
    @Override
    public Edge carry(Wire connection, Edge.End end) {
        return Objects.requireNonNull(latest).carry(connection, end);
    }

    private boolean mayWrite(OnionStream stream) {
        return !ended && stream.isWritable();
    }

    /** The leg for the next burst; null if the stream or the set has ended. */
    private @Nullable ConfluxLeg awaitRoom(OnionStream stream) throws InterruptedException {
        while (mayWrite(stream)) {
            long now = time.nanos();
            ConfluxLeg leg = isOpen(stream, now) ? schedule.forData() : null;
            if (leg != null) {
                return leg;
            }
            crowd.await(stream, now);
        }
        return null;
    }

    /** May send nothing after all, if the channel has filled up meanwhile. */
    private int burst(ConfluxLeg leg, OnionStream stream, byte[] from, int offset, int length)
            throws ProtocolViolation {
        OutboundHalf outbound = leg.outbound();
        outbound.lock().lock();
        try {
            if (!outbound.hasRoom(leg.last())) {
                return 0;
            }
            turnTo(leg);
            return outbound.burst(leg.last(), stream, from, offset, length, schedule::sent);
        } finally {
            outbound.lock().unlock();
        }
    }

    private void turnTo(ConfluxLeg leg) throws ProtocolViolation {
        OptionalLong skipped = schedule.turnTo(leg);
        if (skipped.isPresent()) {
            leg.outbound().put(leg.last(), 0, new RelayMessage.ConfluxSwitch(skipped.getAsLong()));
        }
    }

    private void flush(@Nullable ConfluxLeg leg) {
        if (leg == null) {
            onFailure.run();
        } else {
            leg.outbound().flush();
        }
    }

    private void widened() {
        lock.lock();
        try {
            crowd.widen();
        } finally {
            lock.unlock();
        }
    }
}

package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.base.Wire;
import io.allium.cell.RelayMessage;
import io.allium.channel.Backlog;
import io.allium.channel.Edge;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way from streams to their other end: one circuit, or the legs of a linked set. Its lock guards what its streams send
 * with, their gates included.
 */
sealed interface Carriage permits OutboundHalf, ConfluxOutbound {
    ReentrantLock lock();

    /** Those who wait for room. */
    Crowd crowd();

    Time time();

    /** Counts what waits in memory. */
    Backlog backlog();

    /** Sends a message other than DATA; after the end of the circuit it is dropped. */
    void send(Hop to, int streamId, RelayMessage message);

    /**
     * Sends as much as there is room for, after waiting until there is any.
     *
     * @return how many bytes were taken; 0 if the stream or the circuit has ended
     */
    int data(OnionStream stream, byte[] from, int offset, int length) throws InterruptedException;

    /** How many bytes of DATA may be sent now. After a 0 the stream is told when there may be room: {@link Crowd#tell}. */
    int room(OnionStream stream);

    /**
     * Sends as much as there is room for, without waiting. If that is not all, the stream is told likewise.
     *
     * @return how many bytes were taken: all, and in vain, once the stream or the circuit has ended
     */
    int offer(OnionStream stream, byte[] from, int offset, int length);

    /** Has the loop of a channel carry a connection that belongs to a stream. */
    Edge carry(Wire connection, Edge.End end);

    /**
     * Runs something short once the loop that calls has done all that came with its turn, so that what came together is
     * handed on together; at once if no loop calls.
     */
    void afterTurn(Runnable task);

    /** A condition of the lock, for a stream that may not send for now. */
    default Condition newCondition() {
        return lock().newCondition();
    }

    /** A SENDME of this stream came. */
    default void acknowledged(OnionStream stream) throws ProtocolViolation {
        lock().lock();
        try {
            stream.gate().sendme();
            stream.widen();
        } finally {
            lock().unlock();
        }
    }

    /** The other end of this stream wants no more for now. */
    default void xoff(OnionStream stream) throws ProtocolViolation {
        lock().lock();
        try {
            stream.gate().xoff();
        } finally {
            lock().unlock();
        }
    }

    /** The other end of this stream takes more, at this rate. */
    default void xon(OnionStream stream, long rate) throws ProtocolViolation {
        lock().lock();
        try {
            stream.gate().xon(rate, time().nanos());
            stream.widen();
        } finally {
            lock().unlock();
        }
    }

    /** Wakes whoever writes on a stream that has ended. */
    default void wake(OnionStream stream) {
        lock().lock();
        try {
            crowd().forget(stream);
            stream.widen();
            crowd().widen();
        } finally {
            lock().unlock();
        }
    }

    /** Whether the stream's other end lets us send at {@code now}; the caller has the lock. */
    default boolean isOpen(OnionStream stream, long now) {
        return stream.gate().opensAt(now) <= now;
    }
}

package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.cell.RelayMessage;
import io.allium.channel.Backlog;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way from streams to their other end: one circuit, or the legs of a linked set. Its lock guards what its streams send
 * with, their gates included.
 */
sealed interface Carriage permits OutboundHalf, ConfluxOutbound {
    ReentrantLock lock();

    /** Signalled when there may be more room than there was. */
    Condition room();

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
            stream.widened().signalAll();
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
            stream.widened().signalAll();
        } finally {
            lock().unlock();
        }
    }

    /** Wakes whoever writes on a stream that has ended. */
    default void wake(OnionStream stream) {
        lock().lock();
        try {
            stream.widened().signalAll();
            room().signalAll();
        } finally {
            lock().unlock();
        }
    }

    /** Whether the stream's other end lets us send at {@code now}; the caller has the lock. */
    default boolean isOpen(OnionStream stream, long now) {
        return stream.gate().opensAt(now) <= now;
    }

    /**
     * Waits for what kept the stream from sending at {@code now}, the moment of {@link #isOpen}; the caller has the lock.
     * At any other moment something else might be in the way, and nobody would tell of that.
     */
    @SuppressWarnings("WaitNotInLoop") // the caller loops
    default void await(OnionStream stream, long now) throws InterruptedException {
        long opens = stream.gate().opensAt(now);
        if (opens == StreamGate.NEVER) {
            stream.widened().await();
        } else if (opens > now) {
            time().await(lock(), stream.widened(), opens);
        } else {
            room().await();
        }
    }
}

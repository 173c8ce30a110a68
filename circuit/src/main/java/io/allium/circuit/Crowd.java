package io.allium.circuit;

import io.allium.base.Time;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Those who wait for room on a {@link Carriage}: writers on threads of their own, and streams that a loop writes on, which
 * are told. Guarded by the carriage's lock.
 */
final class Crowd {
    private final ReentrantLock lock;
    private final Time time;
    private final Condition room;
    private final Set<OnionStream> told = new LinkedHashSet<>(); // bounded by the streams of a circuit

    Crowd(ReentrantLock lock, Time time) {
        this.lock = lock;
        this.time = time;
        this.room = lock.newCondition();
    }

    /** There may be more room than there was. */
    void widen() {
        room.signalAll();
        if (!told.isEmpty()) {
            List<OnionStream> all = List.copyOf(told);
            told.clear();
            all.forEach(OnionStream::resume);
        }
    }

    /** The stream will write no more. */
    void forget(OnionStream stream) {
        told.remove(stream);
    }

    /** Has the stream told once what kept it from sending at {@code now} may be over. */
    void tell(OnionStream stream, long now) {
        long opens = stream.gate().opensAt(now);
        if (opens == StreamGate.NEVER) {
            return; // it is told when the other end's message comes
        }
        if (opens > now) {
            time.after(Duration.ofNanos(opens - now), stream::resume);
        } else {
            told.add(stream);
        }
    }

    /**
     * Waits for what kept the stream from sending at {@code now}. At any other moment something else might be in the way,
     * and nobody would tell of that.
     */
    @SuppressWarnings("WaitNotInLoop") // the caller loops
    void await(OnionStream stream, long now) throws InterruptedException {
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

package io.allium.circuit;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Unreachable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one circuit by their IDs, those included that we have closed and the other end may not know of yet. IDs
 * are taken in turn from a random beginning, or chosen by the other end where it opens the streams. Guarded by its own lock, which is held for a few instructions only.
 *
 * @spec tor-spec 6.2, 6.3
 */
final class StreamTable {
    /** The highest stream ID; they have 16 bits and zero is the circuit itself: tor-spec 6.1. */
    static final int MAX = 0xffff;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, StreamEntry> entries = new LinkedHashMap<>();
    private final Set<Integer> halfClosed = new LinkedHashSet<>(); // the one closed first comes first
    private int next;
    private boolean closed;

    StreamTable(Entropy entropy) {
        this(1 + entropy.below(MAX));
    }

    /** Begins with this ID. */
    StreamTable(int first) {
        this.next = first;
    }

    /**
     * The remains of streams that the other end opened and we closed. Each is there for what was under way when we did,
     * and nothing ends it but the circuit: a client could have us keep 65,535 of them.
     */
    static final int HALF_CLOSED_MAX = 4096;

    /** Takes an unused ID and enters what {@code made} makes for it. */
    <T extends StreamEntry> T add(IntFunction<T> made) throws Refused, Unreachable {
        lock.lock();
        try {
            if (closed) {
                throw new Unreachable("the circuit has ended");
            }
            if (entries.size() == MAX) {
                throw new Refused(Refused.Kind.RESOURCE_LIMIT, "all " + MAX + " stream IDs of the circuit are in use");
            }
            while (entries.containsKey(next)) {
                next = after(next);
            }
            T entry = made.apply(next);
            entries.put(next, entry);
            next = after(next);
            return entry;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Enters a stream under the ID that the other end chose for it, in the place of the remains of an earlier one. Where
     * there are too many of those, the oldest is forgotten.
     *
     * @return false if the circuit has ended
     * @throws ProtocolViolation if a stream of this ID is open
     */
    boolean accept(int id, StreamEntry stream) throws ProtocolViolation {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            if (entries.containsKey(id) && !halfClosed.contains(id)) {
                throw new ProtocolViolation("BEGIN: stream " + id + " is open already");
            }
            if (halfClosed.size() >= HALF_CLOSED_MAX) {
                forget(halfClosed.iterator().next());
            }
            halfClosed.remove(id);
            entries.put(id, stream);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void forget(Integer oldest) {
        halfClosed.remove(oldest);
        entries.remove(oldest);
    }

    /** The entry of this ID. */
    @Nullable
    StreamEntry at(int id) {
        lock.lock();
        try {
            return entries.get(id);
        } finally {
            lock.unlock();
        }
    }

    /** Puts a closed stream's remains in its place, unless the other end has ended it meanwhile. */
    void halfClose(int id, StreamEntry open, HalfClosedStream remains) {
        lock.lock();
        try {
            if (entries.replace(id, open, remains)) {
                halfClosed.add(id);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Frees an ID. */
    void remove(int id) {
        lock.lock();
        try {
            entries.remove(id);
            halfClosed.remove(id);
        } finally {
            lock.unlock();
        }
    }

    /** Empties the table for good; returns what was in it. */
    List<StreamEntry> close() {
        lock.lock();
        try {
            closed = true;
            List<StreamEntry> all = new ArrayList<>(entries.values());
            entries.clear();
            halfClosed.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** IDs in use, half-closed streams included. */
    int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    /** Streams and lookups that somebody still wants. */
    int open() {
        lock.lock();
        try {
            return entries.size() - halfClosed.size();
        } finally {
            lock.unlock();
        }
    }

    private static int after(int id) {
        return id == MAX ? 1 : id + 1;
    }
}

package io.allium.circuit;

import io.allium.base.Entropy;
import io.allium.base.Refused;
import io.allium.base.Unreachable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one circuit by their IDs, those included that we have closed and the other end may not know of yet. IDs
 * are taken in turn from a random beginning. Guarded by its own lock, which is held for a few instructions only.
 *
 * @spec tor-spec 6.2, 6.3
 */
final class StreamTable {
    /** The highest stream ID; they have 16 bits and zero is the circuit itself: tor-spec 6.1. */
    static final int MAX = 0xffff;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, StreamEntry> entries = new LinkedHashMap<>();
    private int next;
    private int halfClosed;
    private boolean closed;

    StreamTable(Entropy entropy) {
        this(1 + entropy.below(MAX));
    }

    /** Begins with this ID. */
    StreamTable(int first) {
        this.next = first;
    }

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
                halfClosed++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Frees an ID. */
    void remove(int id) {
        lock.lock();
        try {
            if (entries.remove(id) instanceof HalfClosedStream) {
                halfClosed--;
            }
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
            halfClosed = 0;
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
            return entries.size() - halfClosed;
        } finally {
            lock.unlock();
        }
    }

    private static int after(int id) {
        return id == MAX ? 1 : id + 1;
    }
}

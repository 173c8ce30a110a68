package io.allium.channel;

import io.allium.base.Entropy;
import io.allium.base.Unreachable;
import io.allium.cell.CircuitId;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The circuits of one channel: which end an ID stands for, and which IDs are ours to give. Guarded by {@code lock}.
 *
 * @spec tor-spec 5.1.1
 */
final class CircuitTable {
    /** Random IDs that are tried before we give up, as in C tor. */
    private static final int TRIES = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final int multiplier;
    private final IdTable<CircuitEnd> ends;
    private final Entropy entropy;
    private final int highBit;
    private final boolean ourHalfIsHigh;

    /** @param idBytes 2 or 4, the width of IDs on this link */
    CircuitTable(Entropy entropy, int idBytes, boolean ourHalfIsHigh) {
        this.entropy = entropy;
        this.highBit = idBytes == 4 ? 0x8000_0000 : 0x8000;
        this.ourHalfIsHigh = ourHalfIsHigh;
        this.multiplier = entropy.below(1 << 30) << 2 | 1;
        this.ends = new IdTable<>(multiplier);
    }

    /** By chance, for {@link IdTable}s of these circuits' IDs. */
    int multiplier() {
        return multiplier;
    }

    /** The end of this circuit, or null. */
    @Nullable
    CircuitEnd at(int id) {
        lock.lock();
        try {
            return ends.get(id);
        } finally {
            lock.unlock();
        }
    }

    /** Gives the end an ID of our half that neither a circuit has nor {@code busy} says is still in use. */
    CircuitId open(CircuitEnd end, IntPredicate busy) throws Unreachable {
        for (int i = 0; i < TRIES; i++) {
            int id = draw();
            if (!busy.test(id) && putIfFree(id, end)) {
                return new CircuitId(id);
            }
        }
        throw new Unreachable("no circuit ID is free on this channel");
    }

    /** Takes in a circuit that the peer opened, or replaces the end of one that is open. */
    void attach(CircuitId id, CircuitEnd end) {
        lock.lock();
        try {
            ends.put(id.value(), end);
        } finally {
            lock.unlock();
        }
    }

    void detach(int id) {
        lock.lock();
        try {
            ends.remove(id);
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return ends.size();
        } finally {
            lock.unlock();
        }
    }

    /** The ends of all circuits. */
    List<CircuitEnd> all() {
        lock.lock();
        try {
            return ends.values();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all circuits and returns their ends. */
    List<CircuitEnd> clear() {
        lock.lock();
        try {
            List<CircuitEnd> all = ends.values();
            ends.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Whether only the peer may give this ID. */
    boolean isTheirs(int id) {
        return ((id & highBit) != 0) != ourHalfIsHigh;
    }

    private boolean putIfFree(int id, CircuitEnd end) {
        lock.lock();
        try {
            if (ends.contains(id)) {
                return false;
            }
            ends.put(id, end);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private int draw() {
        int below = highBit - 1; // the mask of all bits under the high one; of 32 bits it wraps to the largest int
        int low = entropy.below(below) + 1;
        return ourHalfIsHigh ? low | highBit : low;
    }
}

package io.allium.channel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What circuit IDs stand for: a hash table with open addressing, so that looking a cell's circuit up neither allocates
 * nor follows a chain. Zero is no key. Guarded by its owner's lock.
 */
final class IdTable<T> {
    private static final int CAPACITY_MIN = 16; // a power of two, as every capacity

    private final int multiplier;
    private int[] keys = new int[CAPACITY_MIN];
    private @Nullable Object[] values = new @Nullable Object[CAPACITY_MIN];
    private int size;

    /** @param multiplier odd, and unknown to the peer, who chooses IDs and could else choose some that all collide */
    IdTable(int multiplier) {
        this.multiplier = multiplier;
    }

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked") // only T is ever stored
    @Nullable
    T get(int id) {
        int at = slot(id);
        return keys[at] == id ? (T) values[at] : null;
    }

    boolean contains(int id) {
        return id != 0 && keys[slot(id)] == id;
    }

    void put(int id, T value) {
        if (id == 0) {
            throw new IllegalArgumentException("zero is no circuit");
        }
        int at = slot(id);
        if (keys[at] != id) {
            keys[at] = id;
            size++;
        }
        values[at] = value;
        if (2 * size > keys.length) {
            resize(2 * keys.length);
        }
    }

    void remove(int id) {
        int at = slot(id);
        if (id == 0 || keys[at] != id) {
            return;
        }
        keys[at] = 0;
        values[at] = null;
        size--;
        closeGap(at);
        if (keys.length > CAPACITY_MIN && 8 * size < keys.length) {
            resize(keys.length / 2);
        }
    }

    void clear() {
        keys = new int[CAPACITY_MIN];
        values = new @Nullable Object[CAPACITY_MIN];
        size = 0;
    }

    /** All values, in the order of their slots: the same for the same IDs and multiplier, whatever the run. */
    @SuppressWarnings("unchecked") // only T is ever stored
    List<T> values() {
        List<T> all = new ArrayList<>(size);
        for (Object value : values) {
            if (value != null) {
                all.add((T) value);
            }
        }
        return all;
    }

    /** Where the ID is, or the free slot where it would go. */
    private int slot(int id) {
        int mask = keys.length - 1;
        int at = home(id, mask);
        while (keys[at] != 0 && keys[at] != id) {
            at = at + 1 & mask;
        }
        return at;
    }

    /** Moves entries that had to step past the freed slot back towards where they belong. */
    private void closeGap(int freed) {
        int mask = keys.length - 1;
        int gap = freed;
        for (int at = gap + 1 & mask; keys[at] != 0; at = at + 1 & mask) {
            int home = home(keys[at], mask);
            if ((at - home & mask) >= (at - gap & mask)) {
                keys[gap] = keys[at];
                values[gap] = values[at];
                keys[at] = 0;
                values[at] = null;
                gap = at;
            }
        }
    }

    private void resize(int capacity) {
        int[] oldKeys = keys;
        @Nullable Object[] oldValues = values;
        keys = new int[capacity];
        values = new @Nullable Object[capacity];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int at = slot(oldKeys[i]);
                keys[at] = oldKeys[i];
                values[at] = oldValues[i];
            }
        }
    }

    /** Where the ID belongs: the high bits of the product, which depend on all of its bits. */
    private int home(int id, int mask) {
        return id * multiplier >>> Integer.numberOfLeadingZeros(mask);
    }
}

package io.allium.circuit;

/**
 * Bytes on their way from one thread to another, copied in and out in bulk: a ring that grows to its limit. Guarded by its
 * owner's lock.
 */
final class ByteQueue {
    private static final int FIRST_CAPACITY = 4096;

    private final int limit;
    private byte[] ring = {};
    private int head;
    private int size;

    /** Holds at most {@code limit} bytes; its user's windows see to it that no more come. */
    ByteQueue(int limit) {
        this.limit = limit;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void put(byte[] from, int offset, int length) {
        if (length > limit - size) {
            throw new IllegalStateException("more than " + limit + " bytes are queued");
        }
        grow(size + length);
        int tail = (head + size) % Math.max(1, ring.length);
        int first = Math.min(length, ring.length - tail);
        System.arraycopy(from, offset, ring, tail, first);
        System.arraycopy(from, offset + first, ring, 0, length - first);
        size += length;
    }

    /** Moves up to {@code length} bytes out; returns how many. */
    int take(byte[] into, int offset, int length) {
        int taken = Math.min(length, size);
        int first = Math.min(taken, ring.length - head);
        System.arraycopy(ring, head, into, offset, first);
        System.arraycopy(ring, 0, into, offset + first, taken - first);
        size -= taken;
        head = size == 0 ? 0 : (head + taken) % ring.length;
        return taken;
    }

    /** Forgets everything, and the memory too. */
    void clear() {
        ring = new byte[0];
        head = 0;
        size = 0;
    }

    private void grow(int needed) {
        if (needed <= ring.length) {
            return;
        }
        int capacity = Math.max(FIRST_CAPACITY, ring.length);
        while (capacity < needed) {
            capacity *= 2;
        }
        byte[] larger = new byte[Math.max(needed, Math.min(capacity, limit))];
        int kept = take(larger, 0, size);
        ring = larger;
        head = 0;
        size = kept;
    }
}

package io.allium.channel;

import io.allium.cell.CircuitId;

/**
 * The cells of one circuit that wait to be sent, framed, in a ring that grows. Guarded by the lock of its
 * {@link Outbox}.
 */
final class CellQueue {
    private static final int CELLS_AT_FIRST = 1; // many a circuit waits with just the DESTROY that refuses it
    private static final int CELLS_KEPT = 32; // a larger ring is given back when it is empty

    private static final byte[] NONE = new byte[0];

    final CircuitId id;
    private final int cellBytes;
    private byte[] ring = NONE;
    private int capacity;
    private int head;
    private int count;

    /** Whether the outbox has it among those with something to send. */
    boolean scheduled;

    /** How many more cells may be sent before another circuit's turn. */
    int turn;

    /** Whether somebody was told that there is no room, and wants to hear when there is. */
    boolean awaitingRoom;

    /** Whether the circuit is detached, and the queue goes once it is empty. */
    boolean ending;

    CellQueue(CircuitId id, int cellBytes) {
        this.id = id;
        this.cellBytes = cellBytes;
    }

    int count() {
        return count;
    }

    /** Makes room for one more cell at the end; returns where it goes in {@link #ring}. */
    int append() {
        if (count == capacity) {
            grow();
        }
        int at = (head + count) % capacity;
        count++;
        return at * cellBytes;
    }

    byte[] ring() {
        return ring;
    }

    /** Copies the first cell out and forgets it. */
    void take(byte[] into, int offset) {
        System.arraycopy(ring, head * cellBytes, into, offset, cellBytes);
        head = head + 1 == capacity ? 0 : head + 1;
        count--;
        if (count == 0) {
            head = 0;
            if (capacity > CELLS_KEPT) {
                release();
            }
        }
    }

    void clear() {
        release();
        head = 0;
        count = 0;
    }

    private void release() {
        ring = NONE;
        capacity = 0;
    }

    private void grow() {
        int larger = Math.max(CELLS_AT_FIRST, 2 * capacity);
        byte[] moved = new byte[larger * cellBytes];
        int first = Math.min(count, capacity - head);
        System.arraycopy(ring, head * cellBytes, moved, 0, first * cellBytes);
        System.arraycopy(ring, 0, moved, first * cellBytes, (count - first) * cellBytes);
        ring = moved;
        capacity = larger;
        head = 0;
    }
}

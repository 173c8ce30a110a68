package io.allium.channel;

import io.allium.cell.CellCodec;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many cells wait in all outboxes together. Beyond a bound only an outbox with less than its share takes more: so a
 * neighbour who asks for much and reads nothing loses circuits, and the memory is there for the others. What waits is
 * never more than twice the bound, once by those above their share, once by those below. Safe from any thread.
 */
final class Backlog {
    /** Of the heap: twice the bound, and the queues' spare room, are then half of it at the most. */
    private static final int PART_OF_HEAP = 8;

    private final AtomicInteger cells = new AtomicInteger();
    private final AtomicInteger outboxes = new AtomicInteger();
    private final int max;

    /** @param max how many cells may wait before shares count */
    Backlog(int max) {
        this.max = max;
    }

    /** Bounded as the heap of this process allows. */
    static Backlog ofHeap() {
        long bytes = Runtime.getRuntime().maxMemory() / PART_OF_HEAP;
        return new Backlog((int) Math.min(Integer.MAX_VALUE / 2, bytes / CellCodec.BODY_BYTES));
    }

    /** An outbox is there. */
    void join() {
        outboxes.incrementAndGet();
    }

    /** It is gone, and {@code left} cells with it. */
    void leave(int left) {
        cells.addAndGet(-left);
        outboxes.decrementAndGet();
    }

    /** Whether an outbox with this many cells may take one more. */
    boolean hasRoom(int has) {
        return cells.get() < max || has < max / Math.max(1, outboxes.get());
    }

    void added() {
        cells.incrementAndGet();
    }

    void removed(int count) {
        cells.addAndGet(-count);
    }

    /** How many wait. */
    int size() {
        return cells.get();
    }
}

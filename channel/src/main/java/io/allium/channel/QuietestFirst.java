package io.allium.channel;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The circuits of an outbox that have something to send, the one first that has sent least of late: a keystroke does not
 * wait behind a download, however long that has been going on. Guarded by the lock of the {@link Outbox}.
 *
 * <p>A cell that was sent one half-life ago counts half as much as one that is sent now. Letting all counts shrink with
 * time would change none of the comparisons, so it is the cells that gain weight instead: one sent now weighs twice what
 * one weighed a half-life ago. Before the weights outgrow a {@code double}, all counts are scaled down together. It is a
 * binary heap: a cell costs a few comparisons, and no allocation.
 *
 * @spec tor-spec 8.1
 */
final class QuietestFirst {
    /** Half-lives after which counts are scaled down: a double holds twice as many and leaves room for the counts. */
    static final double HALF_LIVES_MAX = 500;

    private final LongSupplier halfLifeNanos;
    private CellQueue[] heap = new CellQueue[0];
    private int size;
    private long begin;
    private long halfLife;
    private double weight = 1;
    private long turns;

    /** @param halfLifeNanos may change at any time */
    QuietestFirst(LongSupplier halfLifeNanos, long now) {
        this.halfLifeNanos = halfLifeNanos;
        this.halfLife = halfLifeNanos.getAsLong();
        this.begin = now;
    }

    /** Whether {@link #rebase} is due before {@link #weigh}. */
    boolean isOutgrown(long now) {
        return (double) (now - begin) / halfLife > HALF_LIVES_MAX || halfLifeNanos.getAsLong() != halfLife;
    }

    /** Scales the counts of all queues, those without cells as well, so that a cell sent now weighs 1. */
    void rebase(long now, List<CellQueue> all) {
        double scale = Math.pow(2, -(double) (now - begin) / halfLife);
        for (CellQueue queue : all) {
            queue.sent *= scale;
        }
        begin = now;
        halfLife = halfLifeNanos.getAsLong();
    }

    /** From here on, cells weigh as those sent now. */
    void weigh(long now) {
        weight = Math.pow(2, (double) (now - begin) / halfLife);
    }

    /** The quietest queue, or null if none has cells. */
    @Nullable
    CellQueue first() {
        return size == 0 ? null : heap[0];
    }

    boolean contains(CellQueue queue) {
        return queue.place >= 0;
    }

    /** A queue has something to send. */
    void add(CellQueue queue) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, Math.max(4, 2 * size));
        }
        queue.turn = turns++;
        size++;
        up(size - 1, queue);
    }

    /** The first one has sent a cell. */
    void sentByFirst() {
        CellQueue queue = heap[0];
        queue.sent += weight;
        queue.turn = turns++;
        if (queue.count() == 0) {
            remove(queue);
        } else {
            down(0, queue);
        }
    }

    /** A queue has nothing to send any more. */
    void remove(CellQueue queue) {
        int gap = queue.place;
        queue.place = -1;
        size--;
        CellQueue moved = heap[size];
        clear(size);
        if (gap != size) {
            down(gap, moved);
            if (moved.place == gap) {
                up(gap, moved);
            }
        }
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            heap[i].place = -1;
        }
        heap = new CellQueue[0];
        size = 0;
    }

    @SuppressWarnings("NullAway") // a place beyond the heap's size is never read
    private void clear(int place) {
        heap[place] = null;
    }

    private void up(int from, CellQueue queue) {
        int at = from;
        while (at > 0 && isBefore(queue, heap[(at - 1) / 2])) {
            put(at, heap[(at - 1) / 2]);
            at = (at - 1) / 2;
        }
        put(at, queue);
    }

    private void down(int from, CellQueue queue) {
        int at = from;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (isBefore(queue, heap[child])) {
                break;
            }
            put(at, heap[child]);
            at = child;
        }
        put(at, queue);
    }

    /** Those that have sent the same take turns. */
    private static boolean isBefore(CellQueue one, CellQueue other) {
        return one.sent < other.sent || one.sent == other.sent && one.turn < other.turn;
    }

    private void put(int place, CellQueue queue) {
        heap[place] = Objects.requireNonNull(queue);
        queue.place = place;
    }
}

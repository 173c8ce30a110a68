package io.allium.channel;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Counts what goes through the queue of one circuit, where somebody wants to hear of it. Guarded by the lock of its
 * {@link Outbox}. It holds a sum for each command, however long nobody takes them, and an entry for each cell of the queue,
 * which {@link Outbox#CIRCUIT_CELLS_MAX} bounds.
 */
final class CellAccount {
    private record Waiting(int command, long since) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int uncounted; // cells at the head of the queue, which came before there was an account
    private CellStats stats = new CellStats();

    /** @param uncounted how many cells wait already */
    CellAccount(int uncounted) {
        this.uncounted = uncounted;
    }

    /** A cell was put at the queue's end. */
    void added(int command, long now) {
        waiting.add(new Waiting(command, now));
        stats.added(command);
    }

    /** The cell at the queue's head was taken to be sent. */
    void removed(long now) {
        if (uncounted > 0) {
            uncounted--;
            return;
        }
        Waiting cell = waiting.remove();
        stats.removed(cell.command(), now - cell.since());
    }

    /** All that waited was thrown away. */
    void cleared() {
        uncounted = 0;
        waiting.clear();
    }

    /** What came and left since the last call, or null if nothing did. */
    @Nullable
    CellStats take() {
        if (stats.isEmpty()) {
            return null;
        }
        CellStats taken = stats;
        stats = new CellStats();
        return taken;
    }
}

package io.allium.channel;

import org.jspecify.annotations.Nullable;

/**
 * The memory of one outbox: pieces with room for a few cells, lent to its queues and taken back, so that cells come and
 * go without allocation, and a queue without cells holds no memory. Guarded by the lock of the {@link Outbox}.
 */
final class CellChunks {
    /** Cells of a chunk: few, since many a circuit waits with just the DESTROY that refuses it. */
    static final int CELLS = 4;

    /** Chunks that are kept for the next burst: four full TLS records, which is what goes out in one system call. */
    static final int KEPT_MAX = 32;

    /** What the Java heap needs for a chunk beside its cells. */
    private static final int OVERHEAD_BYTES = 64;

    /** Some cells of a queue, in the order of sending. */
    static final class Chunk {
        final byte[] cells;

        /** When its first cell came, by {@link io.allium.base.Time#nanos}. */
        long since;

        @Nullable
        Chunk next;

        private Chunk(int bytes) {
            cells = new byte[bytes];
        }
    }

    private final int chunkBytes;
    private final Backlog backlog;
    private @Nullable Chunk free;
    private int kept;
    private int lent;

    CellChunks(int cellBytes, Backlog backlog) {
        this.chunkBytes = CELLS * cellBytes;
        this.backlog = backlog;
    }

    /** Whether there is memory for one more chunk. */
    boolean hasRoom() {
        return free != null || backlog.hasRoom();
    }

    /** A chunk whose first cell comes now. */
    Chunk lend(long now) {
        Chunk chunk = free;
        if (chunk == null) {
            chunk = new Chunk(chunkBytes);
            backlog.added(chunkBytes + OVERHEAD_BYTES);
        } else {
            free = chunk.next;
            kept--;
        }
        lent++;
        chunk.next = null;
        chunk.since = now;
        return chunk;
    }

    void takeBack(Chunk chunk) {
        lent--;
        if (kept < KEPT_MAX) {
            chunk.next = free;
            free = chunk;
            kept++;
        } else {
            backlog.removed(chunkBytes + OVERHEAD_BYTES);
        }
    }

    /** Keeps nothing, until the next burst. */
    void trim() {
        backlog.removed((long) kept * (chunkBytes + OVERHEAD_BYTES));
        free = null;
        kept = 0;
    }

    /** Bytes of this many chunks, as {@link Backlog} counts them. */
    long bytes(int chunks) {
        return (long) chunks * (chunkBytes + OVERHEAD_BYTES);
    }

    /** Whether queues hold some. */
    int lent() {
        return lent;
    }
}

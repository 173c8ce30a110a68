package io.allium.channel;

import io.allium.base.Time;
import io.allium.cell.CircuitId;
import io.allium.channel.CellChunks.Chunk;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The cells of one circuit that wait to be sent, framed. Guarded by the lock of its {@link Outbox}. */
final class CellQueue {
    final CircuitId id;
    private final int cellBytes;
    private final CellChunks chunks;
    private @Nullable Chunk first;
    private @Nullable Chunk last;
    private int head; // of the first chunk
    private int tail; // of the last chunk
    private int count;
    private @Nullable CellAccount account; // where somebody wants to hear of its cells

    /** How many cells were sent, each by its weight: what {@link QuietestFirst} compares. */
    double sent;

    /** When it was last put into {@link QuietestFirst}, or sent, in the order of all. */
    long turn;

    /** Its place in {@link QuietestFirst}, or -1. */
    int place = -1;

    /** Whether somebody was told that there is no room, and wants to hear when there is. */
    boolean awaitingRoom;

    /** Whether the circuit is detached, and the queue goes once it is empty. */
    boolean ending;

    CellQueue(CircuitId id, int cellBytes, CellChunks chunks) {
        this.id = id;
        this.cellBytes = cellBytes;
        this.chunks = chunks;
    }

    int count() {
        return count;
    }

    /** Since when the cell at the head has waited; a little earlier for those that came right behind another. */
    long oldest() {
        return Objects.requireNonNull(first).since;
    }

    /** Whether nothing waits but the DESTROY of a circuit that is over. */
    boolean isFarewell() {
        return ending && count == 1;
    }

    /** Bytes that it holds, as {@link Backlog} counts them. */
    long bytes() {
        return chunks.bytes((head + count + CellChunks.CELLS - 1) / CellChunks.CELLS);
    }

    /** Whether the next cell needs memory. */
    boolean isFull() {
        return last == null || tail == CellChunks.CELLS;
    }

    /** Takes more memory, for the cells from now on. */
    void extend(long now) {
        Chunk chunk = chunks.lend(now);
        if (last == null) {
            first = chunk;
            head = 0;
        } else {
            last.next = chunk;
        }
        last = chunk;
        tail = 0;
    }

    /** Makes the next place at the end a cell's; only where it is not {@link #isFull}. Returns where in {@link #end}. */
    int append(int command, Time time) {
        if (account != null) {
            account.added(command, time.nanos());
        }
        count++;
        return tail++ * cellBytes;
    }

    /** Where the cell last appended goes. */
    byte[] end() {
        return Objects.requireNonNull(last).cells;
    }

    /** Copies the first cell out and forgets it. */
    void take(byte[] into, int offset, long now) {
        if (account != null) {
            account.removed(now);
        }
        Chunk chunk = Objects.requireNonNull(first);
        System.arraycopy(chunk.cells, head * cellBytes, into, offset, cellBytes);
        head++;
        count--;
        if (count == 0 || head == CellChunks.CELLS) {
            first = chunk.next;
            head = 0;
            chunks.takeBack(chunk);
            if (first == null) {
                last = null;
            }
        }
    }

    void clear() {
        if (account != null) {
            account.cleared();
        }
        for (Chunk chunk = first; chunk != null; ) {
            Chunk next = chunk.next;
            chunks.takeBack(chunk);
            chunk = next;
        }
        first = null;
        last = null;
        head = 0;
        count = 0;
    }

    /** Counts its cells from now on, or does no longer. */
    void countCells(boolean wanted) {
        if (!wanted) {
            account = null;
        } else if (account == null) {
            account = new CellAccount(count);
        }
    }

    /** What was counted since the last call, or null if nothing was. */
    @Nullable
    CellStats takeStats() {
        return account == null ? null : account.take();
    }
}

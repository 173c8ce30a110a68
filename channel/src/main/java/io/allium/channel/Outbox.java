package io.allium.channel;

import io.allium.cell.CellCodec;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The cells that wait to go to one neighbour. Any thread adds; whoever added also writes, unless somebody is writing
 * already, who then takes these cells along. Guarded by {@code lock}.
 *
 * <p>Each circuit has a queue. A circuit that had nothing to send comes before those that have been sending for a
 * while, and those take turns, so that a keystroke does not wait behind a download.
 */
public final class Outbox {
    /** Cells of one circuit: circ_max_cell_queue_size, whose default C tor 0.4.9 has as 50 times the least, 50. */
    public static final int CIRCUIT_CELLS_MAX = 2500;

    /** Cells of all circuits: 50 MB, after which a neighbour that does not read gets no more. */
    public static final int CELLS_MAX = 100_000;

    /** A circuit with as many cells waiting has no room: a quarter of a thousand, half a megabit. */
    static final int ROOM_UNTIL = 256;

    /** A circuit that had no room has room again when only as many cells wait. */
    static final int ROOM_AGAIN = 64;

    /** Cells that one circuit may send in its turn; small, so that turns are short, and more than a request has. */
    private static final int TURN_CELLS = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final CellCodec codec;
    private final CircuitTable circuits;
    private final Backlog backlog;
    private final Runnable flusher;
    private final IdTable<CellQueue> queues;
    private final CellQueue ofLink;
    private final ArrayDeque<CellQueue> fresh = new ArrayDeque<>();
    private final ArrayDeque<CellQueue> sending = new ArrayDeque<>();
    private int cells;
    private boolean closed;

    /**
     * @param backlog counts what waits here and elsewhere
     * @param flusher has what was appended written, by {@link #take}
     */
    Outbox(CellCodec codec, CircuitTable circuits, Backlog backlog, Runnable flusher) {
        this.codec = codec;
        this.circuits = circuits;
        this.backlog = backlog;
        this.flusher = flusher;
        this.queues = new IdTable<>(circuits.multiplier());
        this.ofLink = new CellQueue(CircuitId.NONE, codec.fixedBytes());
        backlog.join();
    }

    /**
     * Sends a fixed cell of a circuit: on a loop at the end of its turn, on other threads at once.
     *
     * @return false if the channel is closed, or too much waits of the circuit or altogether; the cell is then lost, and
     *     with it the circuit, which the caller destroys
     */
    public boolean add(CircuitId circuit, int command, CellBody body) {
        boolean added = append(circuit, command, body);
        flush();
        return added;
    }

    /** The same, with the 509 bytes from {@code offset} as body. */
    public boolean add(CircuitId circuit, int command, byte[] body, int offset) {
        return add(circuit, command, (into, at) -> System.arraycopy(body, offset, into, at, CellCodec.BODY_BYTES));
    }

    /** The same, with the body of {@code cell}, padded with zeros. */
    public boolean add(CircuitId circuit, ChannelCell cell) {
        return add(circuit, cell.command(), CellCodec.fixedBody(cell), 0);
    }

    /** The same, without sending yet: the caller appends more, and then calls {@link #flush}. */
    public boolean append(CircuitId circuit, int command, CellBody body) {
        lock.lock();
        try {
            if (closed || cells >= CELLS_MAX || !backlog.hasRoom(cells)) {
                return false;
            }
            CellQueue queue = queueFor(circuit);
            if (queue.count() >= CIRCUIT_CELLS_MAX) {
                return false;
            }
            int at = queue.append();
            body.writeTo(queue.ring(), codec.writeHeader(circuit.value(), command, queue.ring(), at));
            cells++;
            backlog.added();
            schedule(queue);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Sends what was appended: on a loop at the end of its turn, on other threads at once. */
    public void flush() {
        flusher.run();
    }

    /**
     * Whether more cells of a circuit may be made. After a no, the circuit's end hears {@link
     * CircuitEnd#outboxDrained} once there is room. It is advice: {@link #add} takes more.
     */
    public boolean hasRoom(CircuitId circuit) {
        lock.lock();
        try {
            CellQueue queue = queues.get(circuit.value());
            if (queue == null || queue.count() < ROOM_UNTIL) {
                return true;
            }
            queue.awaitingRoom = true;
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** How many cells wait. */
    public int size() {
        lock.lock();
        try {
            return cells;
        } finally {
            lock.unlock();
        }
    }

    /** How many cells of one circuit wait. */
    public int size(CircuitId circuit) {
        lock.lock();
        try {
            CellQueue queue = queues.get(circuit.value());
            return queue == null ? 0 : queue.count();
        } finally {
            lock.unlock();
        }
    }

    /** Whether cells with this ID still wait, though no end is attached any more. */
    boolean isEnding(int id) {
        lock.lock();
        try {
            return queues.contains(id);
        } finally {
            lock.unlock();
        }
    }

    /** The circuit is detached: what waits is still sent, then the ID is free. */
    void end(int id) {
        lock.lock();
        try {
            CellQueue queue = queues.get(id);
            if (queue != null) {
                queue.ending = true;
                queue.awaitingRoom = false;
                forgetIfDone(queue);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The neighbour destroyed the circuit: nothing of it is sent any more. */
    void drop(int id) {
        lock.lock();
        try {
            CellQueue queue = queues.get(id);
            if (queue != null) {
                cells -= queue.count();
                backlog.removed(queue.count());
                queue.clear();
                queue.awaitingRoom = false;
                forgetIfDone(queue);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets everything and takes nothing more. */
    void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            backlog.leave(cells);
            cells = 0;
            fresh.clear();
            sending.clear();
            for (CellQueue queue : queues.values()) {
                queue.clear();
                queues.remove(queue.id.value());
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Moves whole cells, as many as fit, into a record about to be encrypted; called by whoever writes.
     *
     * @param drained hears of circuits that have room again
     * @return how many bytes
     */
    int take(byte[] into, int offset, int room, List<CircuitId> drained) {
        int cellBytes = codec.fixedBytes();
        int taken = 0;
        lock.lock();
        try {
            CellQueue queue = next();
            while (queue != null && room - taken >= cellBytes) {
                queue.take(into, offset + taken);
                taken += cellBytes;
                cells--;
                sent(queue, drained);
                queue = next();
            }
            backlog.removed(taken / cellBytes);
        } finally {
            lock.unlock();
        }
        return taken;
    }

    private CellQueue queueFor(CircuitId circuit) {
        if (circuit.isNone()) {
            return ofLink;
        }
        CellQueue queue = queues.get(circuit.value());
        if (queue == null) {
            queue = new CellQueue(circuit, codec.fixedBytes());
            queue.ending = circuits.at(circuit.value()) == null;
            queues.put(circuit.value(), queue);
        }
        return queue;
    }

    private void schedule(CellQueue queue) {
        if (!queue.scheduled) {
            queue.scheduled = true;
            queue.turn = TURN_CELLS;
            fresh.add(queue);
        }
    }

    /** The queue whose turn it is; one that was emptied by {@link #drop} is passed over. */
    private @Nullable CellQueue next() {
        while (true) {
            ArrayDeque<CellQueue> from = fresh.isEmpty() ? sending : fresh;
            CellQueue queue = from.peek();
            if (queue == null) {
                return null;
            }
            if (queue.count() > 0) {
                return queue;
            }
            from.remove();
            queue.scheduled = false;
            forgetIfDone(queue);
        }
    }

    /** After a cell of the queue at the head was taken: its turn goes on, or passes to another. */
    private void sent(CellQueue queue, List<CircuitId> drained) {
        if (queue.awaitingRoom && queue.count() <= ROOM_AGAIN) {
            queue.awaitingRoom = false;
            drained.add(queue.id);
        }
        if (--queue.turn > 0 && queue.count() > 0) {
            return;
        }
        ArrayDeque<CellQueue> from = fresh.peek() == queue ? fresh : sending;
        from.remove();
        queue.turn = TURN_CELLS;
        if (queue.count() > 0) {
            sending.add(queue);
        } else {
            queue.scheduled = false;
            forgetIfDone(queue);
        }
    }

    private void forgetIfDone(CellQueue queue) {
        if (queue.ending && queue.count() == 0) {
            queues.remove(queue.id.value());
        }
    }

    /** All queues' IDs, for tests. */
    List<CircuitId> ids() {
        List<CircuitId> ids = new ArrayList<>();
        queues.values().forEach(queue -> ids.add(queue.id));
        return ids;
    }
}

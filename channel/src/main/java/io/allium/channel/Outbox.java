package io.allium.channel;

import io.allium.base.Time;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The cells that wait to go to one neighbour. Any thread adds; whoever added also writes, unless somebody is writing
 * already, who then takes these cells along. Guarded by {@code lock}.
 *
 * <p>Each circuit has a queue, and the one that has sent least of late goes first: {@link QuietestFirst}. Cells of the
 * link itself are few, and go before all.
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

    /** So much memory for DESTROYs is left to a link whatever happens, some thirty: it has as much for writing anyway. */
    static final int FAREWELL_BYTES = 1 << 16;

    private final ReentrantLock lock = new ReentrantLock();
    private final CellCodec codec;
    private final CircuitTable circuits;
    private final BooleanSupplier cellsWanted;
    private final Time time;
    private final Runnable flusher;
    private final CellChunks chunks;
    private final IdTable<CellQueue> queues;
    private final CellQueue ofLink;
    private final QuietestFirst sending;
    private int cells;
    private long now; // of the last take, or of a queue's first cell
    private boolean usedOfLate;
    private boolean counting; // the cells of any circuit
    private boolean closed;

    /**
     * @param backlog counts what waits here and elsewhere
     * @param halfLifeNanos after which a cell that was sent counts half when circuits compete
     * @param cellsWanted whether a new circuit's cells are counted, for {@link #takeStats}
     * @param flusher has what was appended written, by {@link #take}
     */
    Outbox(
            CellCodec codec,
            CircuitTable circuits,
            Backlog backlog,
            LongSupplier halfLifeNanos,
            BooleanSupplier cellsWanted,
            Time time,
            Runnable flusher) {
        this.codec = codec;
        this.circuits = circuits;
        this.cellsWanted = cellsWanted;
        this.time = time;
        this.flusher = flusher;
        this.now = time.nanos();
        this.chunks = new CellChunks(codec.fixedBytes(), backlog);
        this.queues = new IdTable<>(circuits.multiplier());
        this.ofLink = new CellQueue(CircuitId.NONE, codec.fixedBytes(), chunks);
        this.sending = new QuietestFirst(halfLifeNanos, now);
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
            if (closed || cells >= CELLS_MAX) {
                return false;
            }
            CellQueue queue = queueFor(circuit);
            if (queue.count() >= CIRCUIT_CELLS_MAX || queue.isFull() && !extend(queue, command)) {
                forgetIfDone(queue);
                return false;
            }
            int at = queue.append(command, time);
            body.writeTo(queue.end(), codec.writeHeader(circuit.value(), command, queue.end(), at));
            cells++;
            if (queue.place < 0 && queue != ofLink) {
                sending.add(queue);
            }
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

    /** How long a cell is. */
    int cellBytes() {
        return codec.fixedBytes();
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
                queue.clear();
                if (queue.place >= 0) {
                    sending.remove(queue);
                }
                queue.awaitingRoom = false;
                forgetIfDone(queue);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sends nothing of the circuit any more, and keeps no memory for later. */
    void free(int id) {
        lock.lock();
        try {
            drop(id);
            chunks.trim();
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
            cells = 0;
            sending.clear();
            ofLink.clear();
            queues.values().forEach(CellQueue::clear);
            queues.clear();
            chunks.trim();
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
            if (cells > 0) {
                weighFromNow();
            }
            while (cells > 0 && room - taken >= cellBytes) {
                takeOne(into, offset + taken, drained);
                taken += cellBytes;
                cells--;
            }
        } finally {
            lock.unlock();
        }
        return taken;
    }

    private void takeOne(byte[] into, int offset, List<CircuitId> drained) {
        CellQueue queue = sending.first();
        if (ofLink.count() > 0 || queue == null) {
            ofLink.take(into, offset, now);
            return;
        }
        queue.take(into, offset, now);
        sending.sentByFirst();
        if (queue.awaitingRoom && queue.count() <= ROOM_AGAIN) {
            queue.awaitingRoom = false;
            drained.add(queue.id);
        }
        forgetIfDone(queue);
    }

    private void weighFromNow() {
        now = time.nanos();
        usedOfLate = true;
        if (sending.isOutgrown(now)) {
            sending.rebase(now, queues.values());
        }
        sending.weigh(now);
    }

    /** Who hears of the cells that wait. */
    interface Reader {
        /** Those of a circuit. */
        void waits(CircuitId circuit, long since, long bytes);

        /** The DESTROYs of circuits that are over, which only the end of the link gives back. */
        void farewells(long since, long bytes);
    }

    /** Tells of each circuit whose cells wait, and of all farewells together if they are more than a few. */
    void list(Reader reader) {
        lock.lock();
        try {
            long oldest = 0;
            long bytes = 0;
            for (CellQueue queue : queues.values()) {
                if (queue.isFarewell()) {
                    oldest = bytes == 0 || queue.oldest() - oldest < 0 ? queue.oldest() : oldest;
                    bytes += queue.bytes();
                } else if (queue.count() > 0) {
                    reader.waits(queue.id, queue.oldest(), queue.bytes());
                }
            }
            if (bytes > FAREWELL_BYTES) {
                reader.farewells(oldest, bytes);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Counts the cells of the circuits that there are from now on, or does no longer. */
    void countCells(boolean wanted) {
        lock.lock();
        try {
            List<CellQueue> changing = wanted || counting ? queues.values() : List.of();
            changing.forEach(queue -> queue.countCells(wanted));
            counting = wanted;
        } finally {
            lock.unlock();
        }
    }

    /** What was counted of one circuit since the last call, or null if nothing was. */
    @Nullable
    CellStats takeStats(CircuitId circuit) {
        lock.lock();
        try {
            CellQueue queue = queues.get(circuit.value());
            return queue == null ? null : queue.takeStats();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives back memory that no burst needed since the last call. What remains is what {@link Backlog} counts of the
     * cells that wait.
     */
    void trim() {
        lock.lock();
        try {
            if (!usedOfLate) {
                chunks.trim();
            }
            usedOfLate = false;
        } finally {
            lock.unlock();
        }
    }

    private CellQueue queueFor(CircuitId circuit) {
        if (circuit.isNone()) {
            return ofLink;
        }
        CellQueue queue = queues.get(circuit.value());
        if (queue == null) {
            queue = new CellQueue(circuit, codec.fixedBytes(), chunks);
            queue.ending = circuits.at(circuit.value()) == null;
            counting |= cellsWanted.getAsBoolean();
            queue.countCells(counting);
            queues.put(circuit.value(), queue);
        }
        return queue;
    }

    /** More memory for a queue; DESTROY gets it always, since it is what gives memory back. */
    private boolean extend(CellQueue queue, int command) {
        if (command != CellCommand.DESTROY && !chunks.hasRoom()) {
            return false;
        }
        if (queue.count() == 0) {
            now = time.nanos(); // for others it is enough to know when the writer last came by
        }
        queue.extend(now);
        return true;
    }

    private void forgetIfDone(CellQueue queue) {
        if (queue.ending && queue.count() == 0) {
            queues.remove(queue.id.value());
        }
    }
}

package io.allium.channel;

import io.allium.base.Time;
import io.allium.base.Wire;
import io.allium.cell.CircuitId;
import io.allium.channel.RecordBuffers.RecordBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Writes one link's outbox: cells into full TLS records, several records in a system call. Whoever finds nobody writing
 * writes, whatever thread it is; whoever finds somebody leaves word, and the writer goes round once more. When the
 * network takes no more, or a limit is reached, nobody writes until the link's loop says so. What is not final belongs to the
 * one who writes, handed on through {@code state}.
 */
final class LinkWriter {
    private enum State {
        IDLE,
        WRITING,
        /** Somebody added while another was writing. */
        AGAIN,
        /** The network is full, or a limit reached; only the loop goes on, by {@link #writable}. */
        BLOCKED,
        CLOSED
    }

    /**
     * What one link may have written before the others' turn: 128 KB, which take a tenth of a millisecond. What waits
     * longer waits in the outbox, where a quieter circuit can still go first.
     */
    static final int WRITES_A_TURN = 2;

    private enum Progress {
        WRITTEN,
        NOTHING_LEFT,
        NETWORK_FULL,
        /** More was written of late than the limits let through. */
        SPENT
    }

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Blocked until the loop has taken the wire over: before, a write might wait. */
    private final AtomicReference<State> state = new AtomicReference<>(State.BLOCKED);

    private final SSLEngine engine;
    private final Wire wire;
    private final Outbox outbox;
    private final RecordBuffers buffers;
    private final Traffic traffic;
    private final Meter meter;
    private final boolean toClient;
    private final UnsentLimit unsent;
    private final int packetBytes;
    private final List<CircuitId> drained = new ArrayList<>();
    private @Nullable RecordBuffer unwritten;

    LinkWriter(
            SSLEngine engine,
            Wire wire,
            Outbox outbox,
            RecordBuffers buffers,
            Traffic traffic,
            Meter meter,
            boolean toClient,
            Time time) {
        this.engine = engine;
        this.wire = wire;
        this.outbox = outbox;
        this.buffers = buffers;
        this.traffic = traffic;
        this.meter = meter;
        this.toClient = toClient;
        this.unsent = new UnsentLimit(time);
        this.packetBytes = engine.getSession().getPacketBufferSize();
    }

    /** What a writer tells its link. Called by whoever writes. */
    interface Told {
        /** The network takes no more: {@link #writable} is to be called when it does. */
        void blocked();

        /** There is more to write, but it is others' turn: {@link #write} is to be called in the next. */
        void more();

        /** More may be written only after a refill: {@link #writable} is to be called then. */
        void spent();

        /** These circuits have room again. */
        void drained(List<CircuitId> circuits);
    }

    /** Writes what there is, or leaves word with whoever does. */
    void write(Told told) throws IOException {
        while (true) {
            switch (Objects.requireNonNull(state.get())) {
                case IDLE -> {
                    if (state.compareAndSet(State.IDLE, State.WRITING)) {
                        writeUntilDone(told);
                        return;
                    }
                }
                case WRITING -> {
                    if (state.compareAndSet(State.WRITING, State.AGAIN)) {
                        return;
                    }
                }
                case AGAIN, BLOCKED, CLOSED -> {
                    return;
                }
            }
        }
    }

    /** The network takes more, or for the first time. Called by the loop. */
    void writable(Told told) throws IOException {
        if (state.compareAndSet(State.BLOCKED, State.WRITING)) {
            writeUntilDone(told);
        }
    }

    boolean isBlocked() {
        return state.get() == State.BLOCKED;
    }

    /** Says goodbye if that can be done at once, and lets nobody write again. */
    void close() {
        State before = state.getAndSet(State.CLOSED);
        if (before == State.IDLE) {
            sayGoodbye();
        }
    }

    private void writeUntilDone(Told told) throws IOException {
        int writes = 0;
        while (true) {
            Progress progress = writeOnce();
            if (!drained.isEmpty()) {
                told.drained(List.copyOf(drained));
                drained.clear();
            }
            switch (progress) {
                case NOTHING_LEFT -> {
                    if (state.compareAndSet(State.WRITING, State.IDLE) || state.get() == State.CLOSED) {
                        return;
                    }
                    state.compareAndSet(State.AGAIN, State.WRITING);
                }
                case WRITTEN -> {
                    if (++writes == WRITES_A_TURN) {
                        leave(State.IDLE);
                        told.more();
                        return;
                    }
                }
                case NETWORK_FULL -> {
                    leave(State.BLOCKED);
                    told.blocked();
                    return;
                }
                case SPENT -> {
                    leave(State.BLOCKED);
                    told.spent();
                    return;
                }
            }
        }
    }

    private void leave(State next) {
        if (!state.compareAndSet(State.WRITING, next)) {
            state.compareAndSet(State.AGAIN, next);
        }
    }

    private Progress writeOnce() throws IOException {
        RecordBuffer buffer = unwritten != null ? unwritten : buffers.borrow(packetBytes);
        unwritten = null;
        if (!buffer.records.hasRemaining()) {
            int allowed = meter.allowance(RecordBuffers.RECORDS * RecordBuffers.PLAIN_BYTES);
            if (!fill(buffer, allowed)) {
                buffers.giveBack(buffer);
                return allowed > 0 ? Progress.NOTHING_LEFT : Progress.SPENT;
            }
        }
        int count = wire.tryWrite(buffer.records);
        traffic.countWritten(count);
        meter.used(count);
        unsent.carried(count);
        if (buffer.records.hasRemaining()) {
            unwritten = buffer;
            limitUnsent();
            return Progress.NETWORK_FULL;
        }
        buffers.giveBack(buffer);
        return Progress.WRITTEN;
    }

    /** Only clients' links: those of relays carry many circuits, and may need more than a fixed buffer lets through. */
    private void limitUnsent() throws IOException {
        int limit = toClient ? unsent.full() : 0;
        if (limit > 0) {
            wire.limitUnsent(limit);
        }
    }

    /**
     * Encrypts what waits, as many records as the buffer holds and about as many bytes as are allowed; false if nothing
     * waits, or may go.
     */
    private boolean fill(RecordBuffer buffer, int allowed) throws IOException {
        ByteBuffer records = buffer.records.clear();
        try {
            while (records.remaining() >= packetBytes) {
                int room = Math.min(RecordBuffers.PLAIN_BYTES, allowed - records.position());
                if (allowed > 0 && records.position() == 0) {
                    room = Math.max(room, outbox.cellBytes()); // a whole cell, or it would wait for ever
                }
                int length = room <= 0 ? 0 : outbox.take(buffer.cells, 0, room, drained);
                if (length > 0) {
                    wrap(buffer.plain.clear().limit(length), records);
                } else if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                    wrap(NOTHING.duplicate(), records); // an answer of TLS itself
                } else {
                    break;
                }
            }
        } finally {
            records.flip();
        }
        return records.hasRemaining();
    }

    private void wrap(ByteBuffer plain, ByteBuffer records) throws IOException {
        do {
            SSLEngineResult result = engine.wrap(plain, records);
            if (result.getStatus() != SSLEngineResult.Status.OK) {
                throw new SSLException("TLS cannot write: " + result.getStatus());
            }
        } while (plain.hasRemaining());
    }

    private void sayGoodbye() {
        engine.closeOutbound();
        ByteBuffer record = ByteBuffer.allocate(packetBytes);
        try {
            engine.wrap(NOTHING.duplicate(), record);
            wire.tryWrite(record.flip());
        } catch (IOException unheard) {
            // The peer sees the connection end all the same.
        }
    }
}

package io.allium.channel;

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
 * network takes no more, nobody writes until the link's loop hears that it does again. What is not final belongs to the
 * one who writes, handed on through {@code state}.
 */
final class LinkWriter {
    private enum State {
        IDLE,
        WRITING,
        /** Somebody added while another was writing. */
        AGAIN,
        /** The network is full; only the loop goes on, by {@link #writable}. */
        BLOCKED,
        CLOSED
    }

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Blocked until the loop has taken the wire over: before, a write might wait. */
    private final AtomicReference<State> state = new AtomicReference<>(State.BLOCKED);

    private final SSLEngine engine;
    private final Wire wire;
    private final Outbox outbox;
    private final RecordBuffers buffers;
    private final Traffic traffic;
    private final int packetBytes;
    private final List<CircuitId> drained = new ArrayList<>();
    private @Nullable RecordBuffer unwritten;

    LinkWriter(SSLEngine engine, Wire wire, Outbox outbox, RecordBuffers buffers, Traffic traffic) {
        this.engine = engine;
        this.wire = wire;
        this.outbox = outbox;
        this.buffers = buffers;
        this.traffic = traffic;
        this.packetBytes = engine.getSession().getPacketBufferSize();
    }

    /** What a writer tells its link. Called by whoever writes. */
    interface Told {
        /** The network takes no more: {@link #writable} is to be called when it does. */
        void blocked();

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
        while (true) {
            boolean blocked = writeSome();
            if (!drained.isEmpty()) {
                told.drained(List.copyOf(drained));
                drained.clear();
            }
            if (blocked) {
                if (!state.compareAndSet(State.WRITING, State.BLOCKED)) {
                    state.compareAndSet(State.AGAIN, State.BLOCKED);
                }
                told.blocked();
                return;
            }
            if (state.compareAndSet(State.WRITING, State.IDLE) || state.get() == State.CLOSED) {
                return;
            }
            state.compareAndSet(State.AGAIN, State.WRITING);
        }
    }

    /** Returns whether the network is full, with records left over. */
    private boolean writeSome() throws IOException {
        RecordBuffer buffer = unwritten != null ? unwritten : buffers.borrow(packetBytes);
        unwritten = null;
        do {
            if (buffer.records.hasRemaining()) {
                traffic.countWritten(wire.tryWrite(buffer.records));
                if (buffer.records.hasRemaining()) {
                    unwritten = buffer;
                    return true;
                }
            }
        } while (fill(buffer));
        buffers.giveBack(buffer);
        return false;
    }

    /** Encrypts what waits, as many records as the buffer holds; false if nothing waits. */
    private boolean fill(RecordBuffer buffer) throws IOException {
        ByteBuffer records = buffer.records.clear();
        try {
            while (records.remaining() >= packetBytes) {
                int length = outbox.take(buffer.cells, 0, RecordBuffers.PLAIN_BYTES, drained);
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

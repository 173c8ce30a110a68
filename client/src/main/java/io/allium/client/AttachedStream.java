package io.allium.client;

import io.allium.base.ByteStream;
import io.allium.cell.RelayMessage;
import io.allium.circuit.OnionStream;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A stream of an application, open at the exit. As {@link OnionStream}, and it tells when it is closed. */
public final class AttachedStream implements ByteStream {
    private final long id;
    private final OnionStream stream;
    private final Runnable whenClosed;
    private final AtomicBoolean closed = new AtomicBoolean();

    AttachedStream(long id, OnionStream stream, Runnable whenClosed) {
        this.id = id;
        this.stream = stream;
        this.whenClosed = whenClosed;
    }

    /** Its number for the control port. */
    public long id() {
        return id;
    }

    /** The number of its circuit for the control port. */
    public int circuit() {
        return stream.circuit().id();
    }

    /** What the exit said when it had connected: often the address. */
    public Optional<RelayMessage.Connected> connected() {
        return stream.connected();
    }

    /** The stream itself, for counts of bytes and why it ended. */
    public OnionStream onion() {
        return stream;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return stream.read(into, offset, length);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        stream.write(from, offset, length);
    }

    @Override
    public void finish() {
        stream.finish();
    }

    @Override
    public void close() {
        stream.close();
        if (closed.compareAndSet(false, true)) {
            whenClosed.run();
        }
    }
}

package io.allium.client;

import io.allium.base.ByteStream;
import io.allium.cell.RelayMessage;
import io.allium.circuit.OnionStream;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A stream of an application, open at the exit. As {@link OnionStream}, and it tells when it is over. */
public final class AttachedStream implements ByteStream {
    private final long id;
    private final OnionStream stream;
    private final Runnable whenOver;
    private final AtomicBoolean over = new AtomicBoolean();

    AttachedStream(long id, OnionStream stream, Runnable whenOver) {
        this.id = id;
        this.stream = stream;
        this.whenOver = whenOver;
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

    /** The exit has ended it and the application has everything, however long that keeps its own end open. Never waits. */
    public void delivered() {
        if (over.compareAndSet(false, true)) {
            whenOver.run();
        }
    }

    @Override
    public void close() {
        stream.close();
        delivered();
    }
}

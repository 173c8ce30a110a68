package io.allium.sim;

import io.allium.base.Endpoint;
import io.allium.base.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/** One end of a connection in memory, which fails in the ways and words of a socket. Confined to the carrier. */
final class SimWire implements Wire {
    private final SimHost host;
    private final @Nullable Endpoint local;
    private final @Nullable Endpoint remote;
    private final Pipe in;
    private final Pipe out;
    private final Waiters waiters = new Waiters();
    private SimPoller.@Nullable Key key;
    private boolean finished;
    private boolean closed;

    SimWire(SimHost host, @Nullable Endpoint local, @Nullable Endpoint remote, Pipe in, Pipe out) {
        this.host = host;
        this.local = local;
        this.remote = remote;
        this.in = in;
        this.out = out;
        host.open(this);
    }

    @Override
    public @Nullable Endpoint remote() {
        return remote;
    }

    @Override
    public @Nullable Endpoint local() {
        return local;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into, offset, length);
        int count = tryRead(buffer);
        while (count == 0 && length > 0) {
            await();
            count = tryRead(buffer);
        }
        return count;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(from, offset, length);
        tryWrite(bytes);
        while (bytes.hasRemaining()) {
            await();
            tryWrite(bytes);
        }
    }

    @Override
    public int tryRead(ByteBuffer into) throws IOException {
        expectOpen();
        return in.read(into);
    }

    @Override
    public boolean isFinished() throws IOException {
        expectOpen();
        return in.isEnded();
    }

    @Override
    public int tryWrite(ByteBuffer from) throws IOException {
        expectOpen();
        if (finished || out.isRefused()) {
            throw new IOException("Broken pipe");
        }
        return out.write(from);
    }

    @Override
    public void finish() throws IOException {
        expectOpen();
        if (!finished) {
            finished = true;
            out.finish();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        host.closed(this);
        if (!finished) {
            out.finish();
        }
        in.abandon();
        changed();
    }

    /** The process is gone: the other end sees a reset. */
    void kill() {
        closed = true;
        host.closed(this);
        in.breakOff();
        out.breakOff();
    }

    void registered(SimPoller.@Nullable Key newKey) {
        key = newKey;
    }

    boolean isOpen() {
        return !closed;
    }

    boolean isReadable() {
        return in.isReadable();
    }

    boolean isWritable() {
        return finished || out.room() > 0 || out.isRefused() || isBroken();
    }

    /** Something may be possible that was not before. */
    void changed() {
        waiters.wake();
        if (key != null) {
            key.changed();
        }
    }

    private boolean isBroken() {
        return in.isBroken() || out.isBroken();
    }

    private void expectOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (isBroken()) {
            throw new IOException("Connection reset");
        }
    }

    /** As with a socket, an interrupt closes the wire under whoever waits for it. */
    private void await() throws IOException {
        if (!Thread.currentThread().isInterrupted()) {
            waiters.await();
        }
        if (Thread.currentThread().isInterrupted()) {
            close();
            throw new ClosedByInterruptException();
        }
        if (closed) {
            throw new AsynchronousCloseException();
        }
    }
}

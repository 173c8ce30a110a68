package io.allium.base;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A socket. Read by one thread and written by one, or owned by one loop. */
final class SocketWire implements Wire {
    /** What an application may send before it is answered and still be seen to leave: more than the request of a browser. */
    static final int AHEAD_MAX = 16 * 1024;

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final @Nullable Endpoint remote;
    private final @Nullable Endpoint local;
    private ByteBuffer ahead = NONE; // what came before somebody read
    private boolean finished;

    SocketWire(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.remote = endpoint(channel.getRemoteAddress());
        this.local = endpoint(channel.getLocalAddress());
    }

    static @Nullable Endpoint endpoint(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? new Endpoint(inet.getAddress(), inet.getPort()) : null;
    }

    SocketChannel channel() {
        return channel;
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
        return tryRead(ByteBuffer.wrap(into, offset, length));
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(from, offset, length);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public int tryRead(ByteBuffer into) throws IOException {
        if (!ahead.hasRemaining()) {
            return finished ? -1 : channel.read(into);
        }
        int count = Math.min(ahead.remaining(), into.remaining());
        into.put(ahead.slice(ahead.position(), count));
        ahead.position(ahead.position() + count);
        if (!ahead.hasRemaining()) {
            ahead = NONE;
        }
        return count;
    }

    @Override
    public boolean isFinished() throws IOException {
        ByteBuffer known = ahead;
        ByteBuffer more = ByteBuffer.allocate(AHEAD_MAX).put(known.slice());
        channel.configureBlocking(false);
        try {
            finished |= more.hasRemaining() && channel.read(more) < 0;
        } finally {
            channel.configureBlocking(true);
        }
        ahead = more.position() == 0 ? NONE : more.flip();
        return finished;
    }

    @Override
    public boolean hasReadAhead() {
        return ahead.hasRemaining();
    }

    @Override
    public void limitUnsent(int bytes) throws IOException {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, bytes);
    }

    @Override
    public int tryWrite(ByteBuffer from) throws IOException {
        return channel.write(from);
    }

    @Override
    public void finish() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException nothingLeftToDo) {
            // The descriptor is gone either way.
        }
    }
}

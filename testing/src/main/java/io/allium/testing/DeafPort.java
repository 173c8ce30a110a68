package io.allium.testing;

import io.allium.base.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/** A port of loopback at which nobody listens, and nobody will while this is open: it is taken. Immutable. */
public final class DeafPort implements Closeable {
    private final SocketChannel holder;
    private final Endpoint endpoint;

    private DeafPort(SocketChannel holder, Endpoint endpoint) {
        this.holder = holder;
        this.endpoint = endpoint;
    }

    public static DeafPort open() {
        try {
            SocketChannel holder = SocketChannel.open();
            holder.bind(new InetSocketAddress(Endpoint.parseAddress("127.0.0.1"), 0));
            InetSocketAddress at = (InetSocketAddress) holder.getLocalAddress();
            return new DeafPort(holder, new Endpoint(at.getAddress(), at.getPort()));
        } catch (IOException none) {
            throw new UncheckedIOException("no port is left", none);
        }
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        try {
            holder.close();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}

package io.allium.base;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ProtocolFamily;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The sockets of this machine. Immutable. */
public final class SystemNetwork implements Network {
    /** Connections that the kernel holds until we accept them; what C tor asks for is the system's most. */
    private static final int BACKLOG = 4096;

    @Override
    public Wire dial(Endpoint to, Duration patience) throws Unreachable, InterruptedException {
        return dialFrom(null, to, patience);
    }

    @Override
    public Wire dialFrom(@Nullable Endpoint from, Endpoint to, Duration patience)
            throws Unreachable, InterruptedException {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(family(to));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (from != null) {
                channel.bind(socketAddress(from));
            }
            channel.socket().connect(socketAddress(to), (int) Math.min(Integer.MAX_VALUE, patience.toMillis()));
            return new SocketWire(channel);
        } catch (IOException failed) {
            closeQuietly(channel);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw new Unreachable(whyNot(failed, patience), failed);
        } catch (UnsupportedOperationException noSuchFamily) {
            throw new Unreachable("no route to host: this machine has no IPv6", noSuchFamily);
        }
    }

    @Override
    public Wire dial(Path to) throws Unreachable, InterruptedException {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(to));
            return new SocketWire(channel);
        } catch (IOException failed) {
            closeQuietly(channel);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            boolean absent = !Files.exists(to);
            throw new Unreachable(absent ? "there is no " + to : whyNot(failed, Duration.ZERO), failed);
        }
    }

    @Override
    public Listener listen(Endpoint at) throws LocalFailure {
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open(family(at));
            channel.bind(socketAddress(at), BACKLOG);
            return new SocketListener(channel, new ReentrantLock());
        } catch (BindException inTheWay) {
            closeQuietly(channel);
            throw new LocalFailure(bindProblem(at, inTheWay), inTheWay);
        } catch (IOException failed) {
            closeQuietly(channel);
            throw new LocalFailure("cannot listen on " + at + ": " + failed.getMessage(), failed);
        }
    }

    @Override
    public Listener listen(Path at) throws LocalFailure {
        ServerSocketChannel channel = null;
        try {
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(at);
            if (isFolder(at)) {
                throw new LocalFailure("cannot listen on " + at + ": it is a folder, so name another path");
            }
            if (Files.exists(at) && !somebodyAnswers(address)) {
                Files.delete(at); // left behind by a process that was killed
            }
            channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(address, BACKLOG);
            if (Files.getFileStore(at).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rw-------")); // as C tor does
            }
            return new SocketListener(channel, new ReentrantLock());
        } catch (IOException failed) {
            closeQuietly(channel);
            throw new LocalFailure("cannot listen on " + at + ": " + failed.getMessage(), failed);
        }
    }

    @Override
    public Poller poller() {
        return new SelectorPoller();
    }

    /** An empty folder could be deleted like a socket that was left behind, but somebody made it on purpose. */
    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean somebodyAnswers(UnixDomainSocketAddress address) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(address);
        } catch (IOException nobody) {
            return false;
        }
    }

    private static ProtocolFamily family(Endpoint endpoint) {
        return endpoint.isIpv6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    private static InetSocketAddress socketAddress(Endpoint endpoint) {
        return new InetSocketAddress(endpoint.address(), endpoint.port());
    }

    private static String whyNot(IOException failed, Duration patience) {
        String said = failed.getMessage() == null ? "" : failed.getMessage().toLowerCase(Locale.ROOT);
        return switch (failed) {
            case SocketTimeoutException late -> "connection timed out after " + patience.toSeconds() + " s";
            case NoRouteToHostException lost -> "no route to host";
            case ConnectException refused when said.contains("refused") -> "connection refused";
            case ConnectException late when said.contains("timed out") -> "connection timed out";
            default -> said.isEmpty() ? "connection failed" : said;
        };
    }

    private static String bindProblem(Endpoint at, BindException inTheWay) {
        String said = inTheWay.getMessage() == null ? "" : inTheWay.getMessage();
        if (said.contains("in use")) {
            return at + " is in use: is Tor already running? Choose another port, or stop whoever has it";
        }
        if (said.contains("denied")) {
            return "no right to listen on " + at + ": ports below 1024 need privileges, so choose another port";
        }
        if (said.contains("assign")) {
            return "no network interface of this machine has the address of " + at + ": name an address that it has";
        }
        return "cannot listen on " + at + ": " + said;
    }

    private static void closeQuietly(@Nullable AutoCloseable channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (Exception alreadyFailing) {
            // What made us close it is being reported.
        }
    }

    /** @param accepting held while somebody waits for a connection: until then a port that was closed stays taken */
    private record SocketListener(ServerSocketChannel channel, ReentrantLock accepting) implements Listener {
        @Override
        public @Nullable Endpoint endpoint() {
            try {
                return SocketWire.endpoint(channel.getLocalAddress());
            } catch (IOException closed) {
                return null;
            }
        }

        @Override
        public Wire accept() throws IOException {
            SocketChannel accepted = next();
            try {
                if (accepted.getLocalAddress() instanceof InetSocketAddress) {
                    accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
                }
                return new SocketWire(accepted);
            } catch (IOException goneAlready) {
                closeQuietly(accepted);
                throw goneAlready instanceof ClosedChannelException
                        ? new IOException("the connection is gone already", goneAlready)
                        : goneAlready;
            }
        }

        private SocketChannel next() throws IOException {
            accepting.lock();
            try {
                return channel.accept();
            } finally {
                accepting.unlock();
            }
        }

        /** Whoever waits for a connection has left when this returns, and the port can be had again. */
        @Override
        public void close() {
            Path unix = unixSocket();
            closeQuietly(channel);
            accepting.lock();
            try {
                if (unix != null && !isFolder(unix)) {
                    Files.deleteIfExists(unix);
                }
            } catch (IOException stays) {
                // It is replaced when somebody listens there again.
            } finally {
                accepting.unlock();
            }
        }

        private @Nullable Path unixSocket() {
            try {
                return channel.getLocalAddress() instanceof UnixDomainSocketAddress unix ? unix.getPath() : null;
            } catch (IOException closed) {
                return null;
            }
        }
    }
}

package io.allium.base;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The machine's network: TCP and Unix sockets in production, links in memory in the simulator. */
public interface Network {
    /** Connects, waiting at most {@code patience}. The message says why not, as a phrase: "connection refused". */
    Wire dial(Endpoint to, Duration patience) throws Unreachable, InterruptedException;

    /** Connects from a given local address ({@code OutboundBindAddress}). */
    Wire dialFrom(@Nullable Endpoint from, Endpoint to, Duration patience) throws Unreachable, InterruptedException;

    /** Listens; port 0 takes any free one. {@link LocalFailure} says what is in the way: "127.0.0.1:9050 is in use". */
    Listener listen(Endpoint at) throws LocalFailure;

    /** Listens on a Unix socket; a socket file left behind by somebody who is gone is replaced. */
    Listener listen(Path at) throws LocalFailure;

    /** What a new loop waits on. */
    Poller poller();

    /** A listening socket. */
    interface Listener extends Closeable {
        /** Where it really listens; absent for a Unix socket. */
        @Nullable
        Endpoint endpoint();

        /** Waits for the next connection; fails once closed. */
        Wire accept() throws IOException, InterruptedException;

        @Override
        void close();
    }
}

package io.allium.base;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The machine's network: TCP and Unix sockets in production, links in memory in the simulator. */
public interface Network {
    /** What {@link #dial} says, in whatever case, where the machine has no local port left to dial from: EADDRNOTAVAIL. */
    String NO_PORT_LEFT = "cannot assign requested address";

    /** Connects, waiting at most {@code patience}. The message says why not, as a phrase: "connection refused". */
    Wire dial(Endpoint to, Duration patience) throws Unreachable, InterruptedException;

    /** Connects from a given local address ({@code OutboundBindAddress}). */
    Wire dialFrom(@Nullable Endpoint from, Endpoint to, Duration patience) throws Unreachable, InterruptedException;

    /** Connects to a Unix socket; where there are none, this says so. */
    default Wire dial(Path to) throws Unreachable, InterruptedException {
        throw new Unreachable("there are no Unix sockets here");
    }

    /** Listens; port 0 takes any free one. {@link LocalFailure} says what is in the way: "127.0.0.1:9050 is in use". */
    Listener listen(Endpoint at) throws LocalFailure;

    /** Listens on a Unix socket; a socket file left behind by somebody who is gone is replaced. */
    Listener listen(Path at) throws LocalFailure;

    /** What a new loop waits on. */
    Poller poller();

    /** A listening socket. */
    interface Listener extends Closeable {
        /** After an accept that failed; long enough not to spin, short enough for those who wait in the backlog. */
        Duration ACCEPTED_AGAIN_AFTER = Duration.ofMillis(250);

        /** Where it really listens; absent for a Unix socket. */
        @Nullable
        Endpoint endpoint();

        /**
         * Waits for the next connection. Fails with {@link ClosedChannelException} once closed, and with others where
         * only this attempt failed.
         */
        Wire accept() throws IOException, InterruptedException;

        /**
         * The same, but tries on while the machine cannot: a process that is out of descriptors for a while is to serve
         * again afterwards.
         */
        default Wire acceptNext(Time time, Log log) throws ClosedChannelException, InterruptedException {
            boolean warned = false;
            while (true) {
                try {
                    return accept();
                } catch (ClosedChannelException closed) {
                    throw closed;
                } catch (IOException failed) {
                    if (!warned) {
                        log.warn(Log.Domain.NET, "Accepting a connection failed: " + failed.getMessage());
                        warned = true;
                    }
                    time.sleep(ACCEPTED_AGAIN_AFTER);
                }
            }
        }

        @Override
        void close();
    }
}

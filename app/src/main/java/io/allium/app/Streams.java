package io.allium.app;

import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.cell.RelayMessage;
import io.allium.client.Destination;
import io.allium.client.Isolation;
import io.allium.client.Tunnels;

/** Where applications' requests are served: the tunnels of a running client. */
interface Streams {
    /** A stream that the exit has connected. */
    interface Opened extends AutoCloseable {
        /** Carries bytes between the application and the stream; returns when that is over, both ends closed. */
        void splice(Wire application) throws InterruptedException;

        @Override
        void close();
    }

    /**
     * Opens a stream and waits until the exit has connected.
     *
     * @param origin where the application connected from, and which addresses it takes
     */
    Opened connect(Destination to, Isolation isolation, Tunnels.Origin origin)
            throws TorException, InterruptedException;

    /** Has an exit look a name up, or the name of an address. */
    RelayMessage.Resolved resolve(String nameOrAddress, Isolation isolation, Tunnels.Origin origin)
            throws TorException, InterruptedException;
}

package io.allium.app;

import io.allium.base.ByteStream;
import io.allium.base.TorException;
import io.allium.cell.RelayMessage;
import io.allium.client.Destination;
import io.allium.client.Isolation;

/** Where applications' requests are served: the tunnels of a running client. */
interface Streams {
    /**
     * Opens a stream and waits until the exit has connected.
     *
     * @param source where the application connected from, for the control port; empty where nobody knows
     */
    ByteStream connect(Destination to, Isolation isolation, String source) throws TorException, InterruptedException;

    /** Has an exit look a name up, or the name of an address. */
    RelayMessage.Resolved resolve(String nameOrAddress, Isolation isolation, String source)
            throws TorException, InterruptedException;
}

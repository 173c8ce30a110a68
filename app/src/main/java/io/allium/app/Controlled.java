package io.allium.app;

import io.allium.base.TorException;
import io.allium.client.Tunnels;
import java.util.Optional;

/** What a controller has control of: a running Tor. Safe from any thread. */
interface Controlled {
    Options options();

    /** Takes other options over, all of them or none. */
    void change(Options next) throws TorException;

    /** Does what the signal asks; returns at once. */
    void signal(ControlSignal signal);

    /** The circuits and streams, where this Tor is a client. */
    Optional<Tunnels> tunnels();

    /** Forgets all guards; false where this Tor has none. */
    boolean dropGuards();
}

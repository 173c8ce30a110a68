package io.allium.app;

import io.allium.base.TorException;

/** What a controller has control of: a running Tor. Safe from any thread. */
interface Controlled {
    Options options();

    /** Takes other options over, all of them or none. */
    void change(Options next) throws TorException;

    /** Does what the signal asks; returns at once. */
    void signal(ControlSignal signal);
}

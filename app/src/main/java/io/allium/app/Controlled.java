package io.allium.app;

import io.allium.base.TorException;
import java.util.Optional;

/** What a controller has control of: a running Tor. Safe from any thread. */
interface Controlled {
    /** What somebody wants to make of the options. */
    interface Proposal {
        /** What is to follow {@code now}; nothing to leave it. The options do not change while it decides. */
        Optional<Options> following(Options now);
    }

    Options options();

    /** Takes over what is proposed, all of it or, where something of it cannot be had, nothing. */
    void change(Proposal proposal) throws TorException;

    /** Does what the signal asks; what takes long, such as to shut down, goes on afterwards. */
    void signal(ControlSignal signal);

    /** Whether we sleep because nobody uses us. */
    boolean isDormant();
}

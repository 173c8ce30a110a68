package io.allium.onionservice;

import io.allium.base.TorException;
import io.allium.crypto.OnionAddress;
import io.allium.directory.HttpMessage;
import io.allium.directory.Relay;
import java.time.Duration;

/** The directories of onion services, each asked over a circuit that nothing else uses. */
interface HsDirs {
    /**
     * Sends one request and waits for the answer.
     *
     * @param service whose descriptor it is about; for the control port
     * @param patience for all of it
     * @throws TorException {@code Unreachable} where another directory may do better
     */
    HttpMessage.Response ask(OnionAddress service, Relay directory, HttpMessage.Request request, Duration patience)
            throws TorException, InterruptedException;
}

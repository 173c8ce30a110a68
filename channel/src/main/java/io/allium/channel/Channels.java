package io.allium.channel;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The neighbours that we are connected to. It dials, one dial at a time for each relay, accepts, and forgets channels
 * that nobody uses.
 */
@SuppressWarnings("DoNotCallSuggester") // until its slice lands
public final class Channels implements AutoCloseable {
    /** As a client, until {@link #relayAs} makes it a relay. Starts the loops. */
    public Channels(Time time, Entropy entropy, Network network, Tasks tasks, Log log, ChannelEvents events) {}

    /** From now on, handshakes are made as this relay; called again when keys or addresses change. */
    public void relayAs(RelayRole role) {
        throw new UnsupportedOperationException();
    }

    /** Accepts links on this listener until it or we are closed. */
    public void serve(Network.Listener orPort) {
        throw new UnsupportedOperationException();
    }

    /**
     * An open channel to the target, dialling it if need be; whoever wants the same relay meanwhile waits for the same
     * dial. Waits at most {@code patience}.
     */
    public Channel to(ChannelTarget target, Duration patience) throws Unreachable, InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** The channel that {@link #to} would return without dialling. */
    public Optional<Channel> open(ChannelTarget target) {
        throw new UnsupportedOperationException();
    }

    /** An open channel to the relay with this fingerprint, whatever its address. */
    public Optional<Channel> open(Fingerprint fingerprint) {
        throw new UnsupportedOperationException();
    }

    /** An open channel to the relay with this identity, whatever its address. */
    public Optional<Channel> open(Ed25519Identity identity) {
        throw new UnsupportedOperationException();
    }

    /** All open channels, the oldest first. */
    public List<Channel> all() {
        throw new UnsupportedOperationException();
    }

    /** Closes all channels, ends dials, and stops the loops. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}

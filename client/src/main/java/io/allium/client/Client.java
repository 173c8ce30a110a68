package io.allium.client;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.channel.Channels;
import io.allium.directory.DirectoryEvents;
import io.allium.directory.NetworkView;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A Tor client: it learns of the network, keeps guards and circuits, and carries streams. It puts its parts together and
 * has no decisions of its own.
 */
@SuppressWarnings("DoNotCallSuggester") // the parts follow
public final class Client implements AutoCloseable {
    /**
     * Whom to tell of what.
     */
    public record Events(CircuitEvents circuits, StreamEvents streams, GuardEvents guards, DirectoryEvents directory) {
        public static final Events NONE =
                new Events(CircuitEvents.NONE, StreamEvents.NONE, GuardEvents.NONE, DirectoryEvents.NONE);
    }

    /**
     * Reads what is saved and prepares; nothing goes to the network before {@link #start}.
     *
     * @param channels shared with our relay, if there is one
     * @param dataDirectory where {@code state} is
     * @param cacheDirectory where {@code cached-*} are
     */
    public Client(
            Time time,
            Entropy entropy,
            Tasks tasks,
            Disk disk,
            Log log,
            Channels channels,
            Path dataDirectory,
            Path cacheDirectory,
            ClientOptions options,
            Events events)
            throws LocalFailure {
        throw new UnsupportedOperationException();
    }

    /** Begins to bootstrap, or to use what the cache holds. */
    public void start() {
        throw new UnsupportedOperationException();
    }

    /** Streams go through here. */
    public Tunnels tunnels() {
        throw new UnsupportedOperationException();
    }

    /** Our guards. */
    public GuardSet guards() {
        throw new UnsupportedOperationException();
    }

    /** What we believe about the network, once we believe anything. */
    public Optional<NetworkView> view() {
        throw new UnsupportedOperationException();
    }

    /** Other options from now on; circuits that exist are kept. */
    public void configure(ClientOptions options) {
        throw new UnsupportedOperationException();
    }

    /** Saves the state, and ends all streams, circuits and tasks of this client; the channels are the caller's. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}

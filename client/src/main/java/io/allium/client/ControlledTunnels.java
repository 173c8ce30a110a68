package io.allium.client;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Refused;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.TorException;
import io.allium.cell.RelayMessage;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What controllers do with our circuits and streams. Safe from any task. */
final class ControlledTunnels implements AutoCloseable {
    /** Has an exit answer a lookup. */
    interface Resolver {
        RelayMessage.Resolved resolve(TrackedStream stream) throws TorException, InterruptedException;
    }

    /** Who hears what came of a lookup. */
    interface Found {
        /** @param answer empty where there is none */
        void found(long stream, Optional<RelayMessage.Resolved> answer);
    }

    private final Entropy entropy;
    private final Log log;
    private final CircuitBuilder builder;
    private final GuardSet guards;
    private final Supplier<Optional<NetworkView>> usableView;
    private final TunnelPool pool;
    private final StreamBook streams;
    private final Resolver resolver;
    private final TaskGroup lookups;
    private volatile ClientOptions options;

    /** @param usableView what is believed of the network, once that is enough to build circuits */
    ControlledTunnels(
            Entropy entropy,
            Tasks tasks,
            Log log,
            CircuitBuilder builder,
            GuardSet guards,
            Supplier<Optional<NetworkView>> usableView,
            TunnelPool pool,
            StreamBook streams,
            Resolver resolver,
            ClientOptions options) {
        this.entropy = entropy;
        this.log = log;
        this.builder = builder;
        this.guards = guards;
        this.usableView = usableView;
        this.pool = pool;
        this.streams = streams;
        this.resolver = resolver;
        this.lookups = new TaskGroup(tasks, "lookups");
        this.options = options;
    }

    void configure(ClientOptions newOptions) {
        options = newOptions;
    }

    /** A circuit that exists. */
    Optional<TrackedCircuit> circuit(int id) {
        return builder.existing(id);
    }

    /**
     * Builds a circuit: along these relays, or a path of our choice where there are none.
     *
     * @return its number, before it is built
     * @throws Refused when nothing is known of the network
     */
    int launch(List<Relay> path, CircuitEvents.Purpose purpose) throws TorException {
        NetworkView view = usableView
                .get()
                .orElseThrow(() -> new Refused(Refused.Kind.NETWORK_DOWN, "the network is not known yet"));
        PathChooser chooser = new PathChooser(options, entropy);
        return pool.launch(
                view,
                path.isEmpty() ? chooser.choose(view, guards, Demand.lookup(), Set.of()) : chooser.along(path, guards),
                purpose,
                !path.isEmpty());
    }

    /** Makes a circuit longer; what comes of it the circuit's events tell. Otherwise says why it cannot be. */
    Optional<String> extend(TrackedCircuit circuit, List<Relay> further) {
        return pool.controlled().extend(circuit, further);
    }

    /** Uses a circuit for something else from now on. False where it is for what controllers may not change. */
    boolean use(TrackedCircuit circuit, CircuitEvents.Purpose purpose) {
        return pool.controlled().use(circuit, purpose);
    }

    /** Ends a circuit, built or not. */
    void close(TrackedCircuit circuit) {
        pool.controlled().close(circuit);
    }

    /** A stream that exists. */
    Optional<TrackedStream> stream(long id) {
        return streams.at(id);
    }

    /** Takes a stream into the hands of a controller. False where it is open, or waits for a circuit that we choose. */
    boolean detach(TrackedStream stream) {
        return streams.detach(stream);
    }

    /** Ends a stream, with the reason of this number. */
    void close(TrackedStream stream, int reason) {
        stream.close(reason);
        pool.wake();
    }

    /** Has an exit look up a name, or an address in reverse, and does not wait. */
    void lookUp(Destination about, Tunnels.Origin origin, Found found) {
        TrackedStream stream = streams.open(true, false, about, origin, pool.epoch(), options.leaveStreamsUnattached());
        lookups.fork("lookup " + stream.id, () -> {
            Optional<RelayMessage.Resolved> answer = Optional.empty();
            try {
                answer = Optional.of(resolver.resolve(stream));
            } catch (TorException none) {
                log.info(Domain.CONTROL, "A controller's lookup failed: " + none.getMessage());
            }
            found.found(stream.id, answer);
        });
    }

    /** Tells of a lookup that needs no exit. Returns its number. */
    long lookUpNothing(Destination about, Tunnels.Origin origin, String reason) {
        TrackedStream stream = streams.open(true, false, about, origin, pool.epoch(), false);
        streams.closed(stream, reason);
        return stream.id;
    }

    /** Whether the network has answered lately, as far as we tried. */
    boolean isNetworkLive() {
        return builder.isNetworkLive();
    }

    /** Ends all lookups. */
    @Override
    public void close() {
        lookups.close();
    }
}

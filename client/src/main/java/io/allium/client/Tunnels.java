package io.allium.client;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Refused;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.cell.BeginFlags;
import io.allium.cell.RelayMessage;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.StreamCarrier;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * The streams of this client: what an application's request is served by. Each is put onto a circuit of the {@link
 * TunnelPool}; if the circuit or its exit fails before the application heard of a success, it is tried on another. Safe
 * from any task.
 *
 * @spec path-spec 2, 3
 */
public final class Tunnels implements AutoCloseable {
    /**
     * Who asks for a stream, and which addresses it may lead to.
     *
     * @param source where the application connected from, for the control port; empty where nobody knows
     */
    public record Origin(String source, StreamEvents.Purpose purpose, BeginFlags flags) {
        /** What C tor's SOCKS port asks for by default: IPv4 or IPv6, IPv4 rather. */
        public static final BeginFlags ANY_ADDRESS = new BeginFlags(true, false, false);

        public static final Origin UNKNOWN = new Origin("", StreamEvents.Purpose.USER, ANY_ADDRESS);
    }

    private final Time time;
    private final Entropy entropy;
    private final CircuitBuilder builder;
    private final GuardSet guards;
    private final Supplier<Optional<NetworkView>> usableView;
    private final TunnelPool pool;
    private final TaskGroup group;
    private final StreamBook streams;
    private volatile ClientOptions options;

    /** @param usableView what is believed of the network, once that is enough to build circuits */
    Tunnels(
            Time time,
            Entropy entropy,
            Tasks tasks,
            Log log,
            CircuitBuilder builder,
            GuardSet guards,
            Supplier<Optional<NetworkView>> usableView,
            StreamEvents events,
            ClientOptions options) {
        this.time = time;
        this.entropy = entropy;
        this.builder = builder;
        this.guards = guards;
        this.usableView = usableView;
        this.pool = new TunnelPool(time, entropy, tasks, log, builder, guards, usableView, options);
        this.group = new TaskGroup(tasks, "streams");
        this.streams = new StreamBook(events);
        this.options = options;
    }

    /** Begins to look after circuits. */
    void start() {
        pool.start();
    }

    /** The network is known well enough, or no longer. */
    void reconsider() {
        pool.reconsider();
    }

    void configure(ClientOptions newOptions) {
        options = newOptions;
        pool.configure(newOptions);
    }

    /** Opens a stream for an application of which nothing more is known. */
    public AttachedStream connect(Destination to, Isolation isolation) throws TorException, InterruptedException {
        return connect(to, isolation, Origin.UNKNOWN);
    }

    /**
     * Opens a stream and waits until the exit has connected; several circuits are tried.
     *
     * @throws Refused when an exit says no for good, no exit would do, or the configuration forbids it
     * @throws Unreachable when no circuit could be had in time
     */
    public AttachedStream connect(Destination to, Isolation isolation, Origin origin)
            throws TorException, InterruptedException {
        Demand demand = Demand.of(to, options);
        StreamEvents.Status stream = streams.open(false, "" + to, isolation, origin);
        try {
            refuseInternal(to.address());
            pool.predict(to.port());
            OnionStream opened = retrying(
                    stream,
                    demand,
                    isolation,
                    (circuit, patience) -> circuit.connect(to.host(), to.port(), origin.flags(), patience));
            refuseInternal(opened);
            return attached(stream, opened);
        } catch (TorException failed) {
            streams.failed(stream, failed);
            throw failed;
        } catch (InterruptedException givenUp) {
            streams.closed(stream, "DONE");
            throw givenUp;
        }
    }

    private AttachedStream attached(StreamEvents.Status stream, OnionStream opened) {
        streams.remapped(stream, opened);
        StreamEvents.Status succeeded = streams.moved(
                stream, StreamEvents.State.SUCCEEDED, opened.circuit().id());
        AttachedStream attached = new AttachedStream(
                stream.id(),
                opened,
                () -> streams.closed(
                        succeeded,
                        opened.ended().map(end -> end.reason().name()).orElse("DONE")));
        streams.endableBy(succeeded, attached::close);
        return attached;
    }

    /**
     * Has an exit look up a name, or an address (IPv4 or IPv6 literal) in reverse.
     *
     * @throws Refused when there is no such name
     */
    public RelayMessage.Resolved resolve(String nameOrAddress, Isolation isolation, Origin origin)
            throws TorException, InterruptedException {
        StreamEvents.Status stream = streams.open(true, nameOrAddress + ":0", isolation, origin);
        try {
            Optional<InetAddress> address = new Destination(nameOrAddress, 0).address();
            if (options.clientDnsRejectInternalAddresses()
                    && address.map(Endpoint::isInternal).orElse(false)) {
                throw new Refused(Refused.Kind.RESOLVE_FAILED, "no exit knows the name of a private address");
            }
            String question = address.map(ReverseName::of).orElse(nameOrAddress);
            RelayMessage.Resolved answer = retrying(
                    stream,
                    Demand.lookup(),
                    isolation,
                    (circuit, patience) -> believed(circuit.resolve(question, patience)));
            refuseFailure(answer);
            streams.closed(stream, "DONE");
            return answer;
        } catch (TorException failed) {
            streams.failed(stream, failed);
            throw failed;
        } catch (InterruptedException givenUp) {
            streams.closed(stream, "DONE");
            throw givenUp;
        }
    }

    /** The answers without those that an exit cannot rightly give. */
    private RelayMessage.Resolved believed(RelayMessage.Resolved resolved) {
        return options.clientDnsRejectInternalAddresses() ? LookupAnswers.external(resolved) : resolved;
    }

    /** What an exit says of a name is believed: no other is asked, as in C tor. */
    private static void refuseFailure(RelayMessage.Resolved resolved) throws Refused {
        if (!LookupAnswers.isFound(resolved)) {
            throw new Refused(Refused.Kind.RESOLVE_FAILED, "the exit found no such name");
        }
    }

    private void refuseInternal(Optional<InetAddress> address) throws Refused {
        if (options.clientRejectInternalAddresses()
                && address.map(Endpoint::isInternal).orElse(false)) {
            throw new Refused(Refused.Kind.GENERAL, "a private address means nothing at an exit");
        }
    }

    /** An exit that says a name leads to a private address is mistaken, or wants to reach into somebody's network. */
    private void refuseInternal(OnionStream opened) throws Refused {
        Optional<InetAddress> address = opened.connected().flatMap(message -> Optional.ofNullable(message.address()));
        boolean anywhere = address.map(InetAddress::isAnyLocalAddress).orElse(false);
        boolean internal = address.map(Endpoint::isInternal).orElse(false);
        if (anywhere || internal && options.clientDnsRejectInternalAddresses()) {
            opened.close();
            throw new Refused(Refused.Kind.GENERAL, "the exit says that the name leads to a private address");
        }
    }

    /** What is done on a circuit, and may be done again on another. */
    private interface Use<T> {
        T on(StreamCarrier circuit, Duration patience) throws TorException, InterruptedException;
    }

    private <T> T retrying(StreamEvents.Status stream, Demand demand, Isolation isolation, Use<T> use)
            throws TorException, InterruptedException {
        long deadline = time.nanos() + options.socksTimeout().toNanos();
        Set<Fingerprint> avoid = new TreeSet<>();
        Retries retries = new Retries(options.circuitStreamTimeout());
        while (true) {
            Tunnel tunnel = pool.acquire(demand, isolation, avoid, deadline);
            StreamCarrier circuit = tunnel.carrier().orElseThrow();
            try {
                streams.sent(stream, circuit.id());
                return use.on(circuit, retries.next());
            } catch (Refused no) {
                if (no.kind() == Refused.Kind.EXIT_POLICY) {
                    pool.refused(tunnel, demand);
                }
                if (!retries.after(no)) {
                    throw no;
                }
                avoid.add(tunnel.exit().fingerprint());
                streams.detached(stream, no);
            } catch (Unreachable failed) {
                pool.retire(tunnel);
                if (!retries.afterFailure()) {
                    throw failed;
                }
                streams.detached(stream, failed);
            }
        }
    }

    /** How a stream comes about that no exit serves. */
    public interface Opening {
        /**
         * Opens the stream, connected.
         *
         * @param sent to be told each circuit on which it is asked for
         */
        OnionStream open(IntConsumer sent) throws TorException, InterruptedException;
    }

    /** Opens a stream that another knows how to open, such as to an onion service, and tells the control port of it. */
    public AttachedStream connect(Destination to, Isolation isolation, Origin origin, Opening opening)
            throws TorException, InterruptedException {
        StreamEvents.Status stream = streams.open(false, "" + to, isolation, origin);
        try {
            return attached(stream, opening.open(circuit -> streams.sent(stream, circuit)));
        } catch (TorException failed) {
            streams.failed(stream, failed);
            throw failed;
        } catch (InterruptedException givenUp) {
            streams.closed(stream, "DONE");
            throw givenUp;
        }
    }

    /** Runs something, on a task of its own, each time that there is a new identity. */
    public void whenNewIdentity(Runnable action) {
        pool.whenNewIdentity(action);
    }

    /** From now on new streams use circuits that no stream before used: {@code SIGNAL NEWNYM}. At most every 10 s. */
    public void newIdentity() {
        pool.newIdentity();
    }

    /**
     * Builds a circuit for a controller, which alone uses it: along these relays, or a path of our choice where there are
     * none.
     *
     * @return its number, before it is built
     * @throws Refused when a relay is unknown, or nothing is known of the network
     */
    public int launch(List<Fingerprint> path) throws TorException {
        NetworkView view = knownNetwork();
        PathChooser chooser = new PathChooser(options, entropy);
        return pool.launch(
                view,
                path.isEmpty()
                        ? chooser.choose(view, guards, Demand.lookup(), Set.of())
                        : chooser.along(relays(view, path), guards));
    }

    private NetworkView knownNetwork() throws Refused {
        return usableView
                .get()
                .orElseThrow(() -> new Refused(Refused.Kind.NETWORK_DOWN, "the network is not known yet"));
    }

    private static List<Relay> relays(NetworkView view, List<Fingerprint> path) throws Refused {
        List<Relay> relays = new ArrayList<>();
        for (Fingerprint each : path) {
            relays.add(view.relay(each)
                    .filter(Relay::isUsable)
                    .orElseThrow(() -> new Refused(Refused.Kind.GENERAL, "no descriptor for relay " + each)));
        }
        return relays;
    }

    /**
     * Makes a circuit longer for a controller; what comes of it the circuit's events tell.
     *
     * @throws Refused when the circuit or a relay is unknown
     */
    public void extend(int circuit, List<Fingerprint> further) throws TorException {
        NetworkView view = knownNetwork();
        TrackedCircuit tracked =
                tracked(circuit).orElseThrow(() -> new Refused(Refused.Kind.GENERAL, "there is no circuit " + circuit));
        OriginCircuit open = tracked.circuit()
                .orElseThrow(() -> new Refused(Refused.Kind.GENERAL, "circuit " + circuit + " is not built yet"));
        List<Relay> relays = relays(view, further);
        group.fork("extend " + circuit, () -> {
            for (Relay next : relays) {
                open.extend(CircuitBuilder.lastHop(next), options.circuitBuildTimeout());
                tracked.reachedHop(TrackedCircuit.hop(next));
                builder.tell(tracked);
            }
            tracked.becomes(CircuitEvents.State.BUILT);
            builder.tell(tracked);
        });
    }

    private Optional<TrackedCircuit> tracked(int circuit) {
        return builder.existing().stream().filter(each -> each.id == circuit).findFirst();
    }

    /** Ends a circuit; with {@code ifUnused} only where no stream is on it. False where there is no such circuit. */
    public boolean closeCircuit(int circuit, boolean ifUnused) {
        Optional<TrackedCircuit> found = tracked(circuit);
        found.filter(each -> !ifUnused
                        || each.carrier().map(open -> open.openStreams() == 0).orElse(true))
                .flatMap(TrackedCircuit::circuit)
                .ifPresent(OriginCircuit::close);
        return found.isPresent();
    }

    /** Ends a stream. False where there is no such stream. */
    public boolean closeStream(long stream) {
        return streams.end(stream);
    }

    /** All circuits that exist, for {@code GETINFO circuit-status}. */
    public List<CircuitEvents.Status> circuits() {
        return builder.existing().stream().map(TrackedCircuit::status).toList();
    }

    /** All streams that exist, for {@code GETINFO stream-status}. */
    public List<StreamEvents.Status> streams() {
        return streams.existing();
    }

    /** Whether any circuit was built so far. */
    public boolean isCircuitEstablished() {
        return pool.isEstablished();
    }

    /** Ends all circuits and with them all streams. */
    @Override
    public void close() {
        group.close();
        pool.close();
    }
}

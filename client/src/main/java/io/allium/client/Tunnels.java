package io.allium.client;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Refused;
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
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
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
     * @param named what the application named, where another destination stands for it
     */
    public record Origin(StreamEvents.Asked asked, BeginFlags flags, Optional<Destination> named) {
        /** What C tor's SOCKS port asks for by default: IPv4 or IPv6, IPv4 rather. */
        public static final BeginFlags ANY_ADDRESS = new BeginFlags(true, false, false);

        public static final Origin UNKNOWN = byUs("", StreamEvents.Purpose.USER);

        /** Something of ours rather than an application. */
        public static Origin byUs(String source, StreamEvents.Purpose purpose) {
            return new Origin(StreamEvents.Asked.byUs(source, purpose), ANY_ADDRESS, Optional.empty());
        }

        /** The same of an application that named this. */
        public Origin naming(Destination destination) {
            return new Origin(asked, flags, Optional.of(destination));
        }
    }

    private final Time time;
    private final CircuitBuilder builder;
    private final TunnelPool pool;
    private final StreamBook streams;
    private final ControlledTunnels controlled;
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
            StreamBook streams,
            ClientOptions options) {
        this.time = time;
        this.builder = builder;
        this.pool = new TunnelPool(time, entropy, tasks, log, builder, guards, usableView, options);
        this.streams = streams;
        this.controlled = new ControlledTunnels(
                entropy,
                tasks,
                log,
                builder,
                guards,
                usableView,
                pool,
                streams,
                stream -> resolve(stream, Isolation.OWN),
                options);
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
        controlled.configure(newOptions);
    }

    /** Opens a stream for an application of which nothing more is known. */
    public AttachedStream connect(Destination to, Isolation isolation) throws TorException, InterruptedException {
        return connect(to, isolation, Origin.UNKNOWN);
    }

    /**
     * Opens a stream and waits until the exit has connected; several circuits are tried.
     *
     * @throws Refused when an exit says no for good, no exit would do, the configuration forbids it, or a controller closed it
     * @throws Unreachable when no circuit could be had in time
     */
    public AttachedStream connect(Destination to, Isolation isolation, Origin origin)
            throws TorException, InterruptedException {
        TrackedStream stream = open(false, false, to, origin);
        try {
            OnionStream opened = retrying(
                    stream, isolation, (where, patience) -> connected(stream, where, origin.flags(), patience));
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

    private TrackedStream open(boolean lookup, boolean onion, Destination to, Origin origin) {
        return streams.open(lookup, onion, to, origin, pool.epoch(), options.leaveStreamsUnattached());
    }

    private OnionStream connected(TrackedStream stream, Place where, BeginFlags flags, Duration patience)
            throws TorException, InterruptedException {
        Destination to = stream.target();
        OnionStream opening = where.circuit().isPresent()
                ? where.circuit().get().begin(where.hop(), to.host(), to.port(), flags)
                : where.carrier().begin(to.host(), to.port(), flags);
        stream.tries(opening);
        opening.awaitConnected(patience);
        stream.answered();
        return opening;
    }

    private AttachedStream attached(TrackedStream stream, OnionStream opened) {
        streams.remapped(stream, opened);
        streams.moved(stream, StreamEvents.State.SUCCEEDED, opened.circuit().id());
        AttachedStream attached = new AttachedStream(stream.id, opened, () -> streams.ended(stream, opened.ended()));
        streams.opened(stream, opened, attached::close);
        return attached;
    }

    /**
     * Has an exit look up a name, or an address (IPv4 or IPv6 literal) in reverse.
     *
     * @throws Refused when there is no such name
     */
    public RelayMessage.Resolved resolve(String nameOrAddress, Isolation isolation, Origin origin)
            throws TorException, InterruptedException {
        return resolve(open(true, false, new Destination(nameOrAddress, 0), origin), isolation);
    }

    private RelayMessage.Resolved resolve(TrackedStream stream, Isolation isolation)
            throws TorException, InterruptedException {
        try {
            RelayMessage.Resolved answer = retrying(stream, isolation, (where, patience) -> {
                String question = question(stream.target());
                return believed(
                        where.circuit().isPresent()
                                ? where.circuit().get().resolve(where.hop(), question, patience)
                                : where.carrier().resolve(question, patience));
            });
            streams.resolved(stream, answer);
            streams.closed(stream, "DONE"); // whatever the answer is, it came
            refuseFailure(answer);
            return answer;
        } catch (TorException failed) {
            streams.failed(stream, failed);
            throw failed;
        } catch (InterruptedException givenUp) {
            streams.closed(stream, "DONE");
            throw givenUp;
        }
    }

    private String question(Destination about) throws Refused {
        Optional<InetAddress> address = about.address();
        if (options.clientDnsRejectInternalAddresses()
                && address.map(Endpoint::isInternal).orElse(false)) {
            throw new Refused(Refused.Kind.RESOLVE_FAILED, "no exit knows the name of a private address");
        }
        return address.map(ReverseName::of).orElse(about.host());
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

    /**
     * What a stream is put onto.
     *
     * @param hop the number of the relay of {@code circuit} that it ends in; without one it ends in the last
     * @param tunnel what we know of the carrier, where it is one that we keep for streams
     */
    private record Place(StreamCarrier carrier, Optional<OriginCircuit> circuit, int hop, Optional<Tunnel> tunnel) {}

    /** What is done on a circuit, and may be done again on another. */
    private interface Use<T> {
        T on(Place where, Duration patience) throws TorException, InterruptedException;
    }

    private <T> T retrying(TrackedStream stream, Isolation isolation, Use<T> use)
            throws TorException, InterruptedException {
        long deadline = time.nanos() + options.socksTimeout().toNanos();
        Set<Fingerprint> avoid = new TreeSet<>();
        Retries retries = new Retries(options.circuitStreamTimeout());
        while (true) {
            TrackedStream.Placement placement = placement(stream, deadline);
            Demand demand = demand(stream);
            Place where = place(stream, placement, demand, isolation, avoid, deadline);
            try {
                streams.sent(stream, where.carrier().id());
                return use.on(where, retries.next());
            } catch (Refused no) {
                if (no.kind() == Refused.Kind.EXIT_POLICY) {
                    where.tunnel().ifPresent(tunnel -> pool.refused(tunnel, demand));
                }
                if (!retries.after(no)) {
                    throw no;
                }
                where.tunnel().ifPresent(tunnel -> avoid.add(tunnel.exit().fingerprint()));
                streams.detached(stream, no);
            } catch (Unreachable failed) {
                stream.refuseIfClosed();
                if (stream.wasDetached()) {
                    continue;
                }
                if (placement instanceof TrackedStream.Placement.Anywhere) {
                    where.tunnel().ifPresent(pool::retire);
                }
                if (!retries.afterFailure()) {
                    throw failed;
                }
                streams.detached(stream, failed);
            }
        }
    }

    /** Where a controller wants the stream, if that is left to controllers. */
    private TrackedStream.Placement placement(TrackedStream stream, long deadline)
            throws Refused, Unreachable, InterruptedException {
        if (options.leaveStreamsUnattached() && stream.isUnplaced() && !stream.isAwaitingController()) {
            streams.awaitsController(stream);
        }
        return stream.next(time, deadline);
    }

    private Demand demand(TrackedStream stream) throws Refused {
        if (stream.lookup) {
            question(stream.target()); // refuses what no exit could answer
            return Demand.lookup();
        }
        refuseInternal(stream.target().address());
        pool.predict(stream.target().port());
        return Demand.of(stream.target(), options);
    }

    private Place place(
            TrackedStream stream,
            TrackedStream.Placement placement,
            Demand demand,
            Isolation isolation,
            Set<Fingerprint> avoid,
            long deadline)
            throws TorException, InterruptedException {
        return switch (placement) {
            case TrackedStream.Placement.Anywhere() -> {
                Tunnel tunnel = pool.acquire(demand, isolation, avoid, deadline, stream);
                yield new Place(tunnel.carrier().orElseThrow(), Optional.empty(), 0, Optional.of(tunnel));
            }
            case TrackedStream.Placement.On on -> {
                StreamCarrier carrier = on.circuit()
                        .carrier()
                        .orElseThrow(() -> new Unreachable("circuit " + on.circuit().id + " is not built"));
                yield new Place(
                        carrier,
                        on.hop() == 0 ? Optional.empty() : on.circuit().circuit(),
                        on.hop(),
                        pool.controlled().attach(on.circuit(), isolation));
            }
        };
    }

    /** How a stream comes about that no exit serves. */
    public interface Opening {
        /**
         * Opens the stream, connected.
         *
         * @param sent to be told each circuit on which it is asked for
         * @param closed completes when nobody wants it any more, with what to say then
         */
        OnionStream open(IntConsumer sent, CompletableFuture<Refused> closed) throws TorException, InterruptedException;
    }

    /** Opens a stream that another knows how to open, such as to an onion service, and tells the control port of it. */
    public AttachedStream connect(Destination to, Isolation isolation, Origin origin, Opening opening)
            throws TorException, InterruptedException {
        TrackedStream stream = open(false, true, to, origin);
        try {
            placement(stream, time.nanos() + options.socksTimeout().toNanos());
            OnionStream opened = opening.open(circuit -> streams.sent(stream, circuit), stream.closed());
            return attached(stream, opened);
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

    /** For controllers. */
    ControlledTunnels controlled() {
        return controlled;
    }

    /** Tells what each circuit and each stream carried since the last time; called each second. */
    public void tellTraffic() {
        builder.tellTraffic();
        streams.tellTraffic();
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
        controlled.close();
        pool.close();
    }
}

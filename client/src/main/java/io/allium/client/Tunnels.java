package io.allium.client;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
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
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The circuits of this client and the streams on them: what an application's request is served by. A few circuits are
 * built before anybody asks; a stream takes one that suits it and that streams of no other isolation use, or waits for one
 * that is built for it. If a circuit or its exit fails before the application heard of a success, the stream is tried on
 * another.
 *
 * <p>Guarded by {@code lock}, which is never held while anything is waited for but {@code changed}.
 *
 * @spec path-spec 2
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

    /** Circuits on which one stream is tried; C tor has no bound but the time. */
    static final int ATTEMPTS_MAX = 10;

    /** Exits at which a name is tried that they cannot find: C tor's MAX_RESOLVE_FAILURES. */
    static final int LOOKUP_FAILURES_MAX = 3;

    /** How long the exit may take to answer the first tries, and the later ones: as in C tor. */
    private static final Duration FIRST_ANSWERS = Duration.ofSeconds(10);

    private static final Duration LATER_ANSWERS = Duration.ofSeconds(15);
    private static final int FIRST_TRIES = 3;

    /** A stream whose circuit has been under construction for so long has another one built beside it. */
    private static final Duration SLOW_BUILD = Duration.ofSeconds(10);

    /** Clean circuits wanted for each port that is predicted: as in C tor. */
    static final int CLEAN_WANTED = 2;

    /** Clean circuits beyond which nothing is built in advance: path-spec 2.1.1. */
    static final int CLEAN_MAX = 12;

    /** No new identity sooner after the last: C tor's MAX_SIGNEWNYM_RATE. */
    private static final Duration IDENTITY_INTERVAL = Duration.ofSeconds(10);

    /** How often circuits are looked after. */
    private static final Duration TICK = Duration.ofSeconds(1);

    /** After so many failures in a row circuits are no longer built as fast as they fail. */
    private static final int QUICK_FAILURES = 5;

    private static final Duration FAILURE_DELAY_MAX = Duration.ofSeconds(10);

    /** Refusals remembered, of exits that let through less than they say. */
    static final int REFUSALS_MAX = 1000;

    private static final Duration REFUSAL_REMEMBERED = Duration.ofHours(1);

    private record Refusal(Fingerprint exit, int port) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition upkeepDue = lock.newCondition();
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final CircuitBuilder builder;
    private final GuardSet guards;
    private final Supplier<Optional<NetworkView>> usableView;
    private final TaskGroup group;
    private final StreamBook streams;
    private volatile ClientOptions options;

    private final List<Tunnel> tunnels = new ArrayList<>();
    private final PredictedPorts predicted;
    private final Map<Refusal, Long> refusals = new LinkedHashMap<>();
    private long epoch;
    private Optional<Long> lastIdentity = Optional.empty();
    private boolean identityDue;
    private int failuresInRow;
    private long notBefore;
    private boolean established;
    private boolean wakeUp;

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
        this.log = log;
        this.builder = builder;
        this.guards = guards;
        this.usableView = usableView;
        this.group = new TaskGroup(tasks, "circuits");
        this.streams = new StreamBook(events);
        this.options = options;
        this.predicted = new PredictedPorts(time.nanos());
        this.notBefore = time.nanos();
    }

    /** Begins to look after circuits. */
    void start() {
        group.fork("upkeep", () -> {
            while (true) {
                keepUp();
                lock.lockInterruptibly();
                try {
                    if (!wakeUp) {
                        time.await(lock, upkeepDue, time.nanos() + TICK.toNanos());
                    }
                    wakeUp = false;
                } finally {
                    lock.unlock();
                }
            }
        });
    }

    /** The network is known well enough, or no longer: what is to be built is looked at anew. */
    void reconsider() {
        lock.lock();
        try {
            wakeUp = true;
            upkeepDue.signalAll();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void configure(ClientOptions newOptions) {
        options = newOptions;
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
            predict(to.port());
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
        T on(OriginCircuit circuit, Duration patience) throws TorException, InterruptedException;
    }

    private <T> T retrying(StreamEvents.Status stream, Demand demand, Isolation isolation, Use<T> use)
            throws TorException, InterruptedException {
        long deadline = time.nanos() + options.socksTimeout().toNanos();
        Set<Fingerprint> avoid = new TreeSet<>();
        StreamEvents.State sent = stream.state() == StreamEvents.State.NEWRESOLVE
                ? StreamEvents.State.SENTRESOLVE
                : StreamEvents.State.SENTCONNECT;
        int failedLookups = 0;
        for (int tries = 1; ; tries++) {
            Tunnel tunnel = acquire(demand, isolation, avoid, deadline);
            OriginCircuit circuit = tunnel.circuit().orElseThrow();
            try {
                streams.moved(stream, sent, circuit.id());
                return use.on(circuit, patience(tries));
            } catch (Refused no) {
                failedLookups += isLookupFailure(no) ? 1 : 0;
                if (tries == ATTEMPTS_MAX || failedLookups == LOOKUP_FAILURES_MAX || !isWorthAnother(no)) {
                    throw no;
                }
                avoid.add(tunnel.exit().fingerprint());
                rememberRefusal(tunnel.exit(), demand, no);
                streams.detached(stream, no);
            } catch (Unreachable failed) {
                retire(tunnel);
                if (tries == ATTEMPTS_MAX) {
                    throw failed;
                }
                streams.detached(stream, failed);
            }
        }
    }

    private Duration patience(int tries) {
        if (!options.circuitStreamTimeout().isZero()) {
            return options.circuitStreamTimeout();
        }
        return tries <= FIRST_TRIES ? FIRST_ANSWERS : LATER_ANSWERS;
    }

    private static boolean isLookupFailure(Refused no) {
        return switch (no.kind()) {
            case RESOLVE_FAILED, TIMEOUT, NO_ROUTE, GENERAL -> true;
            case NOT_ALLOWED,
                    EXIT_POLICY,
                    CONNECTION_REFUSED,
                    NETWORK_DOWN,
                    NOT_DIRECTORY,
                    RESOURCE_LIMIT,
                    ADDRESS_TYPE,
                    COMMAND_UNKNOWN -> false;
        };
    }

    /** Whether another exit might say yes. */
    private static boolean isWorthAnother(Refused no) {
        return switch (no.kind()) {
            case RESOLVE_FAILED, TIMEOUT, NO_ROUTE, GENERAL, EXIT_POLICY, NETWORK_DOWN, RESOURCE_LIMIT -> true;
            case NOT_ALLOWED, CONNECTION_REFUSED, NOT_DIRECTORY, ADDRESS_TYPE, COMMAND_UNKNOWN -> false;
        };
    }

    private void rememberRefusal(Relay exit, Demand demand, Refused no) {
        if (no.kind() != Refused.Kind.EXIT_POLICY) {
            return;
        }
        lock.lock();
        try {
            for (int port : demand.ports()) {
                if (refusals.size() >= REFUSALS_MAX) {
                    refusals.remove(refusals.keySet().iterator().next());
                }
                refusals.put(new Refusal(exit.fingerprint(), port), time.nanos());
            }
        } finally {
            lock.unlock();
        }
    }

    private Set<Fingerprint> refusing(Demand demand) {
        Set<Fingerprint> exits = new TreeSet<>();
        refusals.values().removeIf(at -> time.nanos() - at > REFUSAL_REMEMBERED.toNanos());
        for (Refusal refusal : refusals.keySet()) {
            if (demand.ports().contains(refusal.port)) {
                exits.add(refusal.exit);
            }
        }
        return exits;
    }

    private void predict(int port) {
        lock.lock();
        try {
            predicted.used(port, time.nanos());
        } finally {
            lock.unlock();
        }
    }

    private void retire(Tunnel tunnel) {
        lock.lock();
        try {
            tunnel.retire();
        } finally {
            lock.unlock();
        }
    }

    /** A circuit for a stream: one that is there, or else one that is built now. */
    private Tunnel acquire(Demand demand, Isolation isolation, Set<Fingerprint> avoid, long deadline)
            throws TorException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                Optional<Tunnel> ready = ready(demand, isolation, avoid);
                if (ready.isPresent()) {
                    ready.get().use(isolation, time.nanos());
                    return ready.get();
                }
                long until = Math.min(deadline, time.nanos() + TICK.toNanos());
                awaitOne(demand, isolation, avoid);
                if (!time.await(lock, changed, until) && time.nanos() - deadline >= 0) {
                    throw new Unreachable("no circuit could be had in "
                            + options.socksTimeout().toSeconds() + " s");
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<Tunnel> ready(Demand demand, Isolation isolation, Set<Fingerprint> avoid) {
        long oldest = time.nanos() - options.maxCircuitDirtiness().toNanos();
        Set<Fingerprint> exits = new LinkedHashSet<>(refusing(demand));
        exits.addAll(avoid);
        return tunnels.stream()
                .filter(each -> each.isReady() && each.suits(demand, isolation, exits, epoch))
                .filter(each ->
                        each.dirtySince().map(since -> since - oldest > 0).orElse(true))
                .min(Comparator.comparing(each -> each.isClean()));
    }

    /** Sees to it that a circuit for this demand is under construction, unless too many are. */
    private void awaitOne(Demand demand, Isolation isolation, Set<Fingerprint> avoid) throws Refused {
        long slow = time.nanos() - SLOW_BUILD.toNanos();
        Set<Fingerprint> exits = new LinkedHashSet<>(refusing(demand));
        exits.addAll(avoid);
        Optional<Tunnel> coming = tunnels.stream()
                .filter(each -> (each.isPending() || each.awaitsBetterGuard()) && !each.isOver())
                .filter(each -> !guards.isHopeless(each.path.guard()))
                .filter(each -> each.launched - slow > 0 && each.suits(demand, isolation, exits, epoch))
                .min(Comparator.comparing(each -> each.isClean()));
        if (coming.isPresent()) {
            coming.get().reserve(isolation);
        } else {
            launch(demand, exits).ifPresent(each -> each.reserve(isolation));
        }
    }

    private Optional<Tunnel> launch(Demand demand, Set<Fingerprint> avoid) throws Refused {
        Optional<NetworkView> view = usableView.get();
        long pending = tunnels.stream().filter(Tunnel::isPending).count();
        if (view.isEmpty() || pending >= options.maxClientCircuitsPending() || notBefore - time.nanos() > 0) {
            return Optional.empty();
        }
        try {
            PathChooser.Path path = new PathChooser(options, entropy).choose(view.get(), guards, demand, avoid);
            return Optional.of(begin(view.get(), path, demand, CircuitEvents.Purpose.GENERAL));
        } catch (Unreachable none) {
            log.info(Domain.CIRC, "No path: " + none.getMessage());
            slowDown();
            return Optional.empty();
        }
    }

    private Tunnel begin(NetworkView view, PathChooser.Path path, Demand demand, CircuitEvents.Purpose purpose) {
        TrackedCircuit tracked = builder.launch(purpose, false, demand);
        Tunnel tunnel = new Tunnel(tracked, path, time.nanos(), epoch);
        tunnels.add(tunnel);
        group.fork("build " + tracked.id, () -> build(tunnel, view));
        return tunnel;
    }

    private void build(Tunnel tunnel, NetworkView view) throws InterruptedException {
        try {
            OriginCircuit circuit =
                    builder.build(tunnel.tracked, tunnel.path, view.parameters(), options.circuitBuildTimeout());
            circuit.ended().thenRun(() -> guards.over(tunnel.path.guard()));
            lock.lock();
            try {
                tunnel.built(circuit, guards.mayUse(tunnel.path.guard()));
                failuresInRow = 0;
                established = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        } catch (TorException failed) {
            log.info(Domain.CIRC, "Circuit " + tunnel.tracked.id + " was not built: " + failed.getMessage());
            lock.lock();
            try {
                tunnels.remove(tunnel);
                slowDown();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException closing) {
            tunnel.tracked.circuit().ifPresent(OriginCircuit::close);
            throw closing;
        }
    }

    private void slowDown() {
        failuresInRow++;
        if (failuresInRow > QUICK_FAILURES) {
            Duration delay = Duration.ofSeconds(failuresInRow - QUICK_FAILURES);
            notBefore = time.nanos() + (delay.compareTo(FAILURE_DELAY_MAX) < 0 ? delay : FAILURE_DELAY_MAX).toNanos();
        }
    }

    private void keepUp() {
        List<OriginCircuit> done = new ArrayList<>();
        lock.lock();
        try {
            tunnels.removeIf(Tunnel::isOver);
            reviewGuards();
            done.addAll(expired());
            if (!options.disablePredictedCircuits()) {
                buildAhead();
            }
        } finally {
            lock.unlock();
        }
        done.forEach(OriginCircuit::close);
    }

    private void reviewGuards() {
        for (Tunnel each : tunnels) {
            if (each.awaitsBetterGuard() && guards.mayUse(each.path.guard())) {
                each.guardIsBest();
                each.tracked.becomes(CircuitEvents.State.BUILT);
                builder.tell(each.tracked);
                changed.signalAll();
            }
        }
    }

    /** Circuits without streams that no stream is to use any more. @spec path-spec 2.1.6 */
    private List<OriginCircuit> expired() {
        long now = time.nanos();
        List<OriginCircuit> done = new ArrayList<>();
        for (Tunnel each : List.copyOf(tunnels)) {
            boolean old = each.dirtySince()
                    .map(since -> now - since > options.maxCircuitDirtiness().toNanos())
                    .orElse(now - each.launched
                            > options.circuitsAvailableTimeout().toNanos());
            boolean general = each.tracked.purpose == CircuitEvents.Purpose.GENERAL;
            boolean useless = general && (old || each.isRetired() || each.epoch != epoch);
            if (useless && each.isIdle() && each.circuit().isPresent()) {
                tunnels.remove(each);
                done.add(each.circuit().get());
            }
        }
        return done;
    }

    private void buildAhead() {
        List<Integer> ports = predicted.at(time.nanos());
        for (int port : ports) {
            Demand demand =
                    new Demand(Set.of(port), false, options.longLivedPorts().contains(port), true);
            long clean = tunnels.stream()
                    .filter(each -> each.isClean() && !each.isOver())
                    .count();
            long serving = tunnels.stream()
                    .filter(each -> each.isClean() && !each.isOver())
                    .filter(each -> each.suits(demand, Isolation.OWN, Set.of(), epoch))
                    .count();
            for (long more = serving; more < CLEAN_WANTED && clean < CLEAN_MAX; more++, clean++) {
                if (!launchAhead(demand)) {
                    return;
                }
            }
        }
    }

    private boolean launchAhead(Demand demand) {
        try {
            return launch(demand, refusing(demand)).isPresent();
        } catch (Refused none) {
            log.info(Domain.CIRC, "No circuit is built ahead: " + none.getMessage());
            return false;
        }
    }

    /** From now on new streams use circuits that no stream before used: {@code SIGNAL NEWNYM}. At most every 10 s. */
    public void newIdentity() {
        lock.lock();
        try {
            long now = time.nanos();
            long wait = lastIdentity
                    .map(at -> at + IDENTITY_INTERVAL.toNanos() - now)
                    .orElse(0L);
            if (wait > 0) {
                if (!identityDue) {
                    identityDue = true;
                    log.notice(
                            Domain.CONTROL,
                            "Rate limiting NEWNYM request: delaying by " + (wait / 1_000_000_000 + 1) + " second(s)");
                    time.after(Duration.ofNanos(wait), () -> group.fork("new identity", this::beginIdentity));
                }
                return;
            }
            beginIdentity();
        } finally {
            lock.unlock();
        }
    }

    private void beginIdentity() {
        lock.lock();
        try {
            identityDue = false;
            epoch++;
            lastIdentity = Optional.of(time.nanos());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Builds a circuit for a controller, which alone uses it: along these relays, or a path of our choice where there are
     * none.
     *
     * @return its number, before it is built
     * @throws Refused when a relay is unknown, or nothing is known of the network
     */
    public int launch(List<Fingerprint> path) throws TorException {
        lock.lock();
        try {
            NetworkView view = usableView
                    .get()
                    .orElseThrow(() -> new Refused(Refused.Kind.NETWORK_DOWN, "the network is not known yet"));
            PathChooser chooser = new PathChooser(options, entropy);
            PathChooser.Path chosen = path.isEmpty()
                    ? chooser.choose(view, guards, Demand.lookup(), Set.of())
                    : chooser.along(relays(view, path), guards);
            return begin(view, chosen, Demand.lookup(), CircuitEvents.Purpose.CONTROLLER).tracked.id;
        } finally {
            lock.unlock();
        }
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
        NetworkView view = usableView
                .get()
                .orElseThrow(() -> new Refused(Refused.Kind.NETWORK_DOWN, "the network is not known yet"));
        TrackedCircuit tracked =
                tracked(circuit).orElseThrow(() -> new Refused(Refused.Kind.GENERAL, "there is no circuit " + circuit));
        OriginCircuit open = tracked.circuit()
                .orElseThrow(() -> new Refused(Refused.Kind.GENERAL, "circuit " + circuit + " is not built yet"));
        List<Relay> relays = relays(view, further);
        group.fork("extend " + circuit, () -> {
            for (Relay next : relays) {
                open.extend(CircuitBuilder.target(next), options.circuitBuildTimeout());
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
        found.flatMap(TrackedCircuit::circuit)
                .filter(open -> !ifUnused || open.openStreams() == 0)
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
        lock.lock();
        try {
            return established;
        } finally {
            lock.unlock();
        }
    }

    /** Ends all circuits and with them all streams. */
    @Override
    public void close() {
        group.close();
        builder.existing().forEach(each -> each.circuit().ifPresent(OriginCircuit::close));
    }
}

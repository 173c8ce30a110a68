package io.allium.client;

import io.allium.base.ByteStream;
import io.allium.base.ProtocolViolation;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.channel.Channel;
import io.allium.channel.ChannelTarget;
import io.allium.channel.Channels;
import io.allium.channel.ConnectionCount;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.OriginCircuits;
import io.allium.directory.BootstrapPhase;
import io.allium.directory.BootstrapReport;
import io.allium.directory.Parameters;
import io.allium.directory.Relay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Builds circuits along paths that were chosen, hop by hop, while whoever wants one waits, and keeps the list of those that
 * exist. Safe from any task.
 *
 * @spec tor-spec 5; path-spec 2.4
 */
final class CircuitBuilder implements AutoCloseable {
    /**
     * A guard that we have a channel to answers within a round trip; one that takes longer hangs, and waiting for the
     * whole timeout of the circuit would keep us from the next guard. As long as C tor waits for a guard that is not
     * primary.
     */
    private static final Duration FIRST_HOP = Duration.ofSeconds(15);

    /** How often we look whether a circuit's guard is the best to be had. */
    private static final Duration GUARD_WAIT = Duration.ofMillis(200);

    private final Time time;
    private final Channels channels;
    private final OriginCircuits circuits;
    private final GuardSet guards;
    private final BootstrapReport report;
    private final CircuitEvents events;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, TrackedCircuit> existing = new ConcurrentSkipListMap<>();
    private final NetworkLiveness liveness;
    private final BuildTimes times;
    private final TaskGroup group;
    private volatile boolean anyBuilt;

    CircuitBuilder(
            Time time,
            Tasks tasks,
            Channels channels,
            OriginCircuits circuits,
            GuardSet guards,
            BuildTimes times,
            BootstrapReport report,
            CircuitEvents events) {
        this.time = time;
        this.group = new TaskGroup(tasks, "building");
        this.times = times;
        this.channels = channels;
        this.circuits = circuits;
        this.guards = guards;
        this.report = report;
        this.events = events;
        this.liveness = new NetworkLiveness(events::networkChanged);
    }

    /** Enters a circuit that is wanted into the list. It must then be built, or {@link #abandon}ed. */
    TrackedCircuit launch(CircuitEvents.Purpose purpose, boolean oneHop, Demand demand) {
        return launch(purpose, oneHop, false, demand);
    }

    /** The same; where a controller chose the path, streams may end in any of its relays. */
    TrackedCircuit launch(CircuitEvents.Purpose purpose, boolean oneHop, boolean byController, Demand demand) {
        TrackedCircuit tracked =
                new TrackedCircuit(lastId.incrementAndGet(), purpose, oneHop, byController, demand, time.now());
        existing.put(tracked.id, tracked);
        tell(tracked);
        return tracked;
    }

    /** A relay to extend to, and what the control port calls it. */
    record Step(HopTarget target, CircuitEvents.Hop hop) {
        /** A relay within a circuit, or at the end of one that no exit's streams are on. */
        static Step to(Relay relay) {
            return new Step(CircuitBuilder.target(relay), TrackedCircuit.hop(relay));
        }

        /** A relay that streams are to end in. */
        static Step last(Relay relay) {
            return new Step(CircuitBuilder.lastHop(relay), TrackedCircuit.hop(relay));
        }
    }

    /**
     * Builds a circuit along a path that leaves the network, and tells the guards how it went.
     *
     * @param timeout for the whole of it
     * @throws TorException when it cannot be built; nothing is left of it
     */
    OriginCircuit build(TrackedCircuit tracked, PathChooser.Path path, Parameters parameters, Duration timeout)
            throws TorException, InterruptedException {
        List<Relay> relays = path.relays();
        List<Step> steps = new ArrayList<>();
        for (int i = 1; i < relays.size(); i++) {
            boolean isEnd = tracked.byController || i == relays.size() - 1;
            steps.add(isEnd ? Step.last(relays.get(i)) : Step.to(relays.get(i)));
        }
        return build(tracked, path.guard(), steps, parameters, timeout);
    }

    /** The same along these relays after the guard. */
    OriginCircuit build(
            TrackedCircuit tracked, GuardSet.Attempt guard, List<Step> steps, Parameters parameters, Duration timeout)
            throws TorException, InterruptedException {
        times.follow(parameters);
        Construction construction = new Construction();
        if (!times.isLearning()) {
            return construct(construction, tracked, guard, steps, parameters, timeout);
        }
        int hops = steps.size() + 1;
        Duration most = longer(timeout, times.closing(hops));
        Tasks.Task task = group.fork("circuit " + tracked.id, () -> {
            try {
                OriginCircuit circuit = construct(construction, tracked, guard, steps, parameters, most);
                if (!construction.handOver(circuit)) {
                    circuit.close();
                    guards.over(guard);
                }
            } catch (TorException failed) {
                if (construction.isLeft()) {
                    times.abandoned();
                }
                construction.fail(failed);
            } finally {
                construction.over();
            }
        });
        try {
            return awaited(construction, tracked, hops, time.nanos() + timeout.toNanos());
        } catch (InterruptedException givenUp) {
            if (construction.leave()) {
                task.cancel();
            } else {
                construction.built().thenAccept(circuit -> {
                    circuit.close();
                    guards.over(guard);
                });
            }
            throw givenUp;
        }
    }

    /** Waits as long as most circuits take; one that takes longer is built to its end without us, to learn from. */
    private OriginCircuit awaited(Construction construction, TrackedCircuit tracked, int hops, long deadline)
            throws TorException, InterruptedException {
        Optional<Long> slowFrom = Optional.empty();
        try {
            long begun = time.await(construction.begun(), left(deadline));
            Duration usual = isAnyBuilt() ? times.timeout(hops) : times.closing(hops);
            slowFrom = Optional.of(begun + usual.toNanos());
            return time.await(construction.built(), left(Math.min(deadline, slowFrom.get())));
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof TorException why ? why : new Unreachable("a bug", failed);
        } catch (TimeoutException | Unreachable late) {
            if (!construction.leave()) {
                return construction.built().join();
            }
            if (slowFrom.filter(from -> time.nanos() - from >= 0).isPresent()) { // else somebody had less patience
                times.tookTooLong(!tracked.status().path().isEmpty());
            }
            tracked.failed("TIMEOUT");
            tell(tracked);
            CircuitEvents.Use before = tracked.use();
            tracked.goesOn(CircuitEvents.Use.of(CircuitEvents.Purpose.MEASURE_TIMEOUT));
            tellUse(tracked, before, Optional.empty());
            throw new Unreachable("circuit " + tracked.id + " took longer than most");
        }
    }

    private boolean isAnyBuilt() {
        return existing.values().stream().anyMatch(each -> each.state() == CircuitEvents.State.BUILT && !each.oneHop);
    }

    private OriginCircuit construct(
            Construction construction,
            TrackedCircuit tracked,
            GuardSet.Attempt guard,
            List<Step> steps,
            Parameters parameters,
            Duration timeout)
            throws TorException, InterruptedException {
        long begun = time.nanos();
        long deadline = begun + timeout.toNanos();
        OriginCircuit circuit = firstHop(construction, tracked, guard, ConsensusFlow.of(parameters), begun, deadline);
        try {
            for (int i = 0; i < steps.size(); i++) {
                extend(tracked, circuit, steps.get(i), left(deadline));
                if (i + 2 == BuildTimes.HOPS && liveness.isLive()) {
                    Duration since =
                            Duration.ofNanos(time.nanos() - construction.begun().join());
                    times.reachedThirdHop(since, construction.isLeft());
                }
            }
        } catch (TorException | InterruptedException failed) {
            circuit.close();
            guards.over(guard);
            throw failed;
        }
        boolean complete = guards.succeeded(guard);
        if (complete) {
            anyBuilt = true;
        }
        tracked.becomes(complete ? CircuitEvents.State.BUILT : CircuitEvents.State.GUARD_WAIT);
        tell(tracked);
        if (complete) {
            report.reached(BootstrapPhase.DONE);
        }
        return circuit;
    }

    /**
     * Waits until a circuit that was built may be used: those through worse guards only once it is known that the better ones
     * cannot be reached. Nothing is left of it where that takes too long.
     */
    void awaitGuard(OriginCircuit circuit, TrackedCircuit tracked, GuardSet.Attempt guard, long deadline)
            throws Unreachable, InterruptedException {
        try {
            while (!guards.mayUse(guard)) {
                if (!circuit.isOpen() || time.nanos() - deadline > 0) {
                    throw new Unreachable(circuit + " was not wanted: a better guard may answer yet");
                }
                time.sleep(GUARD_WAIT);
            }
        } catch (Unreachable | InterruptedException givenUp) {
            circuit.close();
            guards.over(guard);
            throw givenUp;
        }
        if (tracked.state() == CircuitEvents.State.GUARD_WAIT) {
            anyBuilt = true;
            tracked.becomes(CircuitEvents.State.BUILT);
            tell(tracked);
        }
    }

    /** Whether any circuit through the network has been built so far: known before anybody hears of it. */
    boolean hasBuiltAny() {
        return anyBuilt;
    }

    /** Makes a circuit longer. */
    void extend(TrackedCircuit tracked, OriginCircuit circuit, Step next, Duration patience)
            throws TorException, InterruptedException {
        circuit.extend(next.target, patience);
        liveness.heard(time.nanos());
        tracked.reachedHop(next.hop);
        tell(tracked);
    }

    private OriginCircuit firstHop(
            Construction construction,
            TrackedCircuit tracked,
            GuardSet.Attempt attempt,
            FlowParameters flow,
            long begun,
            long deadline)
            throws TorException, InterruptedException {
        Relay guard = attempt.relay();
        try {
            ChannelTarget target = new ChannelTarget(guard.addresses(), guard.fingerprint(), guard.identity());
            OriginCircuit circuit = firstHop(target, deadline, true, channel -> {
                report.reached(BootstrapPhase.CIRCUIT_CREATE);
                construction.begins(time.nanos());
                return circuits.open(tracked.id, channel, target(guard), flow, shorter(left(deadline), FIRST_HOP));
            });
            follow(tracked, circuit, TrackedCircuit.hop(guard));
            return circuit;
        } catch (TorException failed) {
            guards.failed(attempt);
            liveness.failed(begun);
            abandon(tracked, failed);
            throw failed.in("guard " + guard);
        } catch (InterruptedException interrupted) {
            guards.over(attempt);
            giveUp(tracked);
            throw interrupted;
        }
    }

    /**
     * Opens a circuit of one hop, to ask a directory or as a service without anonymity: with its onion key where we know it, else CREATE_FAST.
     *
     * @param hop names the relay; its nickname may be empty
     */
    OriginCircuit directory(
            TrackedCircuit tracked, HopTarget relay, CircuitEvents.Hop hop, Parameters parameters, Duration timeout)
            throws TorException, InterruptedException {
        long deadline = time.nanos() + timeout.toNanos();
        try {
            ChannelTarget target = new ChannelTarget(relay.addresses(), relay.fingerprint(), relay.identity());
            OriginCircuit circuit = firstHop(target, deadline, false, channel -> {
                report.reached(BootstrapPhase.ONEHOP_CREATE);
                return relay.onionKey() == null
                        ? circuits.openFast(tracked.id, channel, ConsensusFlow.of(parameters), left(deadline))
                        : circuits.open(tracked.id, channel, relay, ConsensusFlow.of(parameters), left(deadline));
            });
            follow(tracked, circuit, hop);
            tracked.becomes(CircuitEvents.State.BUILT);
            tell(tracked);
            return circuit;
        } catch (TorException failed) {
            abandon(tracked, failed);
            throw failed;
        } catch (InterruptedException interrupted) {
            giveUp(tracked);
            throw interrupted;
        }
    }

    /** The same stream, with what a directory says in it counted where that is wanted. */
    ByteStream counted(OnionStream directory) {
        return channels.count(ConnectionCount.Kind.DIR).ofReading(directory);
    }

    /** How a circuit begins on a channel. */
    private interface Beginning {
        OriginCircuit on(Channel channel) throws TorException, InterruptedException;
    }

    /** A channel that was there may be one that its relay is just closing, as idle: that says nothing of the relay, which is dialled. */
    private OriginCircuit firstHop(ChannelTarget target, long deadline, boolean forTraffic, Beginning beginning)
            throws TorException, InterruptedException {
        boolean wasThere = channels.open(target).isPresent();
        Channel channel = channel(target, left(deadline), forTraffic);
        try {
            return beginning.on(channel);
        } catch (TorException failed) {
            if (!wasThere || channel.isOpen()) {
                throw failed;
            }
            return beginning.on(channel(target, left(deadline), forTraffic));
        }
    }

    private Channel channel(ChannelTarget target, Duration patience, boolean forTraffic)
            throws Unreachable, InterruptedException {
        boolean dials = channels.open(target).isEmpty();
        if (dials) {
            report.reached(BootstrapPhase.CONN);
            report.reached(forTraffic ? BootstrapPhase.AP_CONN : BootstrapPhase.CONN);
        }
        boolean told = report.phase() == BootstrapPhase.AP_CONN;
        try {
            Channel channel = channels.to(target, patience);
            report.reached(BootstrapPhase.CONN_DONE);
            report.reached(BootstrapPhase.HANDSHAKE);
            report.reached(BootstrapPhase.HANDSHAKE_DONE);
            if (told) {
                report.reached(BootstrapPhase.AP_CONN_DONE);
                report.reached(BootstrapPhase.AP_HANDSHAKE);
            }
            if (forTraffic) {
                report.reached(BootstrapPhase.AP_HANDSHAKE_DONE);
            }
            return channel;
        } catch (Unreachable failed) {
            report.problem(word(failed), failed.getMessage());
            throw failed;
        }
    }

    /** Why a relay could not be reached, in the words of the control protocol. */
    private static String word(Unreachable failed) {
        String message = failed.getMessage();
        return message.contains("refused")
                ? "CONNECTREFUSED"
                : message.contains("time") || message.contains("no answer") ? "TIMEOUT" : "NOROUTE";
    }

    private void follow(TrackedCircuit tracked, OriginCircuit circuit, CircuitEvents.Hop first) {
        liveness.heard(time.nanos());
        tracked.opened(circuit);
        tracked.reachedHop(first);
        tell(tracked);
        circuit.ended().thenAccept(ending -> {
            tellTraffic(tracked);
            tracked.closed(ending);
            forget(tracked);
        });
    }

    /** It comes to nothing. */
    void abandon(TrackedCircuit tracked, TorException why) {
        if (!tracked.isOver()) {
            tracked.failed(why instanceof ProtocolViolation ? "TORPROTOCOL" : "CONNECTFAILED");
            forget(tracked);
        }
    }

    /** Nobody wants it any more. */
    private void giveUp(TrackedCircuit tracked) {
        if (!tracked.isOver()) {
            tracked.failed("REQUESTED");
            forget(tracked);
        }
    }

    private void forget(TrackedCircuit tracked) {
        if (existing.remove(tracked.id) != null) {
            tell(tracked);
        }
    }

    /** A circuit changed in a way that the control port is told of. */
    void tell(TrackedCircuit tracked) {
        events.circuitChanged(tracked.status());
    }

    /** It is used for something else now, or has come further with it. */
    void tellUse(TrackedCircuit tracked, CircuitEvents.Use before, Optional<Instant> cannibalised) {
        events.useChanged(tracked.status(), before, cannibalised);
    }

    /** Whether the network has answered lately, as far as we tried. */
    boolean isNetworkLive() {
        return liveness.isLive();
    }

    /** Tells what each circuit carried since the last time. */
    void tellTraffic() {
        existing.values().forEach(this::tellTraffic);
    }

    private void tellTraffic(TrackedCircuit tracked) {
        tracked.untoldTraffic()
                .ifPresent(carried -> events.circuitCarried(
                        tracked.id, carried, tracked.circuit().flatMap(OriginCircuit::congestion), time.now()));
    }

    /** A circuit that exists. */
    Optional<TrackedCircuit> existing(int id) {
        return Optional.ofNullable(existing.get(id));
    }

    /** What is known of a circuit that exists. */
    Optional<TrackedCircuit> tracked(OriginCircuit circuit) {
        return Optional.ofNullable(existing.get(circuit.id()));
    }

    /** All circuits that exist, the oldest first. */
    List<TrackedCircuit> existing() {
        return List.copyOf(existing.values());
    }

    /** A relay in the middle of a circuit, or one that is asked for documents only. */
    static HopTarget target(Relay relay) {
        return target(relay, false);
    }

    /** A relay that streams are to end in. */
    static HopTarget lastHop(Relay relay) {
        return target(relay, relay.protocols().supports("FlowCtrl", 2));
    }

    private static HopTarget target(Relay relay, boolean congestionControl) {
        return new HopTarget(
                relay.fingerprint(),
                relay.identity(),
                relay.onionKey().orElse(null),
                relay.addresses(),
                relay.protocols().supports("Relay", 4),
                congestionControl);
    }

    /** The most that a circuit for streams is waited for, its channel included. */
    Duration patience(ClientOptions options) {
        return longer(options.circuitBuildTimeout(), times.timeout(BuildTimes.HOPS));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Duration left(long deadline) throws Unreachable {
        long left = deadline - time.nanos();
        if (left <= 0) {
            throw new Unreachable("building the circuit took too long");
        }
        return Duration.ofNanos(left);
    }

    /** How long circuits take. */
    BuildTimes times() {
        return times;
    }

    /** Ends what is being built; circuits that are built go on. */
    @Override
    public void close() {
        group.close();
    }
}

package io.allium.client;

import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.channel.Channel;
import io.allium.channel.ChannelTarget;
import io.allium.channel.Channels;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.HopTarget;
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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Builds circuits along paths that were chosen, hop by hop, on the task of whoever wants one, and keeps the list of those
 * that exist. Safe from any task.
 *
 * @spec tor-spec 5; path-spec 2.4
 */
final class CircuitBuilder {
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

    CircuitBuilder(
            Time time,
            Channels channels,
            OriginCircuits circuits,
            GuardSet guards,
            BootstrapReport report,
            CircuitEvents events) {
        this.time = time;
        this.channels = channels;
        this.circuits = circuits;
        this.guards = guards;
        this.report = report;
        this.events = events;
    }

    /** Enters a circuit that is wanted into the list. It must then be built, or {@link #abandon}ed. */
    TrackedCircuit launch(CircuitEvents.Purpose purpose, boolean oneHop, Demand demand) {
        TrackedCircuit tracked = new TrackedCircuit(lastId.incrementAndGet(), purpose, oneHop, demand, time.now());
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
    }

    /**
     * Builds a circuit along a path that leaves the network, and tells the guards how it went.
     *
     * @param timeout for the whole of it
     * @throws TorException when it cannot be built; nothing is left of it
     */
    OriginCircuit build(TrackedCircuit tracked, PathChooser.Path path, Parameters parameters, Duration timeout)
            throws TorException, InterruptedException {
        List<Step> steps = new ArrayList<>();
        for (Relay next : path.relays().subList(1, path.relays().size() - 1)) {
            steps.add(Step.to(next));
        }
        steps.add(new Step(lastHop(path.last()), TrackedCircuit.hop(path.last())));
        return build(tracked, path.guard(), steps, parameters, timeout);
    }

    /** The same along these relays after the guard. */
    OriginCircuit build(
            TrackedCircuit tracked, GuardSet.Attempt guard, List<Step> steps, Parameters parameters, Duration timeout)
            throws TorException, InterruptedException {
        long deadline = time.nanos() + timeout.toNanos();
        OriginCircuit circuit = firstHop(tracked, guard, ConsensusFlow.of(parameters), deadline);
        try {
            for (Step next : steps) {
                extend(tracked, circuit, next, left(deadline));
            }
        } catch (TorException | InterruptedException failed) {
            circuit.close();
            guards.over(guard);
            throw failed;
        }
        boolean complete = guards.succeeded(guard);
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
            tracked.becomes(CircuitEvents.State.BUILT);
            tell(tracked);
        }
    }

    /** Makes a circuit longer. */
    void extend(TrackedCircuit tracked, OriginCircuit circuit, Step next, Duration patience)
            throws TorException, InterruptedException {
        circuit.extend(next.target, patience);
        tracked.reachedHop(next.hop);
        tell(tracked);
    }

    private OriginCircuit firstHop(TrackedCircuit tracked, GuardSet.Attempt attempt, FlowParameters flow, long deadline)
            throws TorException, InterruptedException {
        Relay guard = attempt.relay();
        try {
            ChannelTarget target = new ChannelTarget(guard.addresses(), guard.fingerprint(), guard.identity());
            Channel channel = channel(target, left(deadline), true);
            report.reached(BootstrapPhase.CIRCUIT_CREATE);
            OriginCircuit circuit =
                    circuits.open(tracked.id, channel, target(guard), flow, shorter(left(deadline), FIRST_HOP));
            follow(tracked, circuit, TrackedCircuit.hop(guard));
            return circuit;
        } catch (TorException failed) {
            guards.failed(attempt);
            abandon(tracked, failed);
            throw failed.in("guard " + guard);
        } catch (InterruptedException interrupted) {
            guards.over(attempt);
            abandon(tracked, new Unreachable("given up"));
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
            Channel channel = channel(target, left(deadline), false);
            report.reached(BootstrapPhase.ONEHOP_CREATE);
            OriginCircuit circuit = relay.onionKey() == null
                    ? circuits.openFast(tracked.id, channel, ConsensusFlow.of(parameters), left(deadline))
                    : circuits.open(tracked.id, channel, relay, ConsensusFlow.of(parameters), left(deadline));
            follow(tracked, circuit, hop);
            tracked.becomes(CircuitEvents.State.BUILT);
            tell(tracked);
            return circuit;
        } catch (TorException failed) {
            abandon(tracked, failed);
            throw failed;
        } catch (InterruptedException interrupted) {
            abandon(tracked, new Unreachable("given up"));
            throw interrupted;
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
        tracked.opened(circuit);
        tracked.reachedHop(first);
        tell(tracked);
        circuit.ended().thenAccept(ending -> {
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
}

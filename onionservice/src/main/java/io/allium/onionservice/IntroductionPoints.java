package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.ProtocolViolation;
import io.allium.base.TaskGroup;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.cell.Extensions;
import io.allium.cell.IntroPointClaim;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.circuit.OriginCircuit;
import io.allium.client.CircuitEvents.HsState;
import io.allium.client.HsPurpose;
import io.allium.client.OnionCircuits;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.OnionAddress;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import io.allium.directory.Relay;
import io.allium.directory.Weights;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;

/**
 * The introduction points of one descriptor: as many as are wanted, each with a task that keeps a circuit to it. Confined to
 * the task of the service, but for those tasks, which only tell how it goes.
 *
 * @spec rend-spec-v3 3.1, 2.5.4
 */
final class IntroductionPoints implements AutoCloseable {
    /** Circuits to one relay that may fail: C tor's MAX_INTRO_POINT_CIRCUIT_RETRIES. */
    static final int RETRIES_MAX = 3;

    /** How long a relay that failed is not chosen again, and the time that circuits are counted in: INTRO_CIRC_RETRY_PERIOD. */
    static final Duration RETRY_PERIOD = Duration.ofMinutes(5);

    /** How long clients still come to an introduction point that is no longer in the descriptor. */
    private static final Duration KEPT_AFTERWARDS = Duration.ofMinutes(5);

    /** For the relay to say that it is our introduction point. */
    private static final Duration ESTABLISH_PATIENCE = Duration.ofSeconds(30);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

    private final OnionAddress service;
    private final ServiceOptions options;
    private final Predicate<Relay> mayUse;
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final OnionCircuits circuits;
    private final Duration circuitPatience;
    private final OwnIntroductionPoint.Introductions introductions;
    private final Runnable changed;
    private final TaskGroup group;
    private final List<OwnIntroductionPoint> points = new ArrayList<>();
    private final Map<Fingerprint, Long> failed = new LinkedHashMap<>();
    private boolean noneLeft;
    private long firstSince; // when none was established last
    private int launched;
    private long launchesSince;

    /**
     * @param mayUse whether the configuration lets us use a relay
     * @param introductions hears of clients
     * @param changed wakes the service's task
     */
    IntroductionPoints(
            OnionAddress service,
            ServiceOptions options,
            Predicate<Relay> mayUse,
            Time time,
            Entropy entropy,
            Log log,
            OnionCircuits circuits,
            Duration circuitPatience,
            OwnIntroductionPoint.Introductions introductions,
            Runnable changed,
            TaskGroup group) {
        this.service = service;
        this.options = options;
        this.mayUse = mayUse;
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.circuits = circuits;
        this.circuitPatience = circuitPatience;
        this.introductions = introductions;
        this.changed = changed;
        this.group = group;
        this.launchesSince = time.nanos();
        this.firstSince = launchesSince;
    }

    /** Looks after them: those that have served their time or failed go, new ones come. */
    void tend(NetworkView view) {
        long now = time.nanos();
        failed.values().removeIf(at -> now - at > RETRY_PERIOD.toNanos());
        if (now - launchesSince > RETRY_PERIOD.toNanos()) {
            launchesSince = now;
            launched = 0;
        }
        for (OwnIntroductionPoint each : List.copyOf(points)) {
            boolean listed = view.relay(each.relay().fingerprint()).isPresent();
            if (each.isOver() || each.isDone(now) || !listed) {
                retire(each, now);
            }
        }
        if (established().isEmpty()) {
            firstSince = now;
        }
        if (established().size() >= options.introductionPoints()) {
            dropSpare();
        } else {
            addMissing(view, now);
        }
    }

    /** Those that clients may be told of. */
    List<OwnIntroductionPoint> established() {
        return points.stream()
                .filter(OwnIntroductionPoint::isEstablished)
                .limit(options.introductionPoints())
                .toList();
    }

    /** Whether there are as many as wanted, or as there can be. */
    boolean isComplete() {
        int ready = established().size();
        return ready >= options.introductionPoints() || noneLeft && ready > 0 && ready == points.size();
    }

    /** Whether there has been one for so long, while others are still missing. */
    boolean hasWaited(Duration patience) {
        return !established().isEmpty() && time.nanos() - firstSince > patience.toNanos();
    }

    private void retire(OwnIntroductionPoint point, long now) {
        points.remove(point);
        if (point.isOver()) {
            failed.put(point.relay().fingerprint(), now);
        } else {
            time.after(KEPT_AFTERWARDS, () -> point.becomes(OwnIntroductionPoint.State.OVER));
        }
    }

    /** The extra ones that were begun with lost the race. */
    private void dropSpare() {
        List<OwnIntroductionPoint> ready = established();
        for (OwnIntroductionPoint each : List.copyOf(points)) {
            if (!ready.contains(each)) {
                each.becomes(OwnIntroductionPoint.State.OVER);
                points.remove(each);
            }
        }
    }

    private void addMissing(NetworkView view, long now) {
        int extra = points.isEmpty() ? view.parameters().get(Parameter.HS_INTRO_NUM_EXTRA) : 0;
        int missing = options.introductionPoints() + extra - points.size();
        noneLeft = false;
        for (int i = 0; i < missing && launched < launchesMax(view); i++) {
            Optional<Relay> relay = choose(view);
            if (relay.isEmpty()) {
                noneLeft = true;
                return;
            }
            launched++;
            OwnIntroductionPoint point = new OwnIntroductionPoint(relay.get(), view.parameters(), entropy, now);
            points.add(point);
            group.fork("introduction point", () -> keep(point));
        }
    }

    /** Circuits in {@link #RETRY_PERIOD}, as C tor counts them, so that a network that fails is not stormed. */
    private int launchesMax(NetworkView view) {
        int wanted = options.introductionPoints();
        return wanted + view.parameters().get(Parameter.HS_INTRO_NUM_EXTRA) + wanted * RETRIES_MAX;
    }

    private Optional<Relay> choose(NetworkView view) {
        Set<Fingerprint> taken = new TreeSet<>(failed.keySet());
        points.forEach(each -> taken.add(each.relay().fingerprint()));
        Predicate<Relay> wanted = relay -> !taken.contains(relay.fingerprint())
                && relay.identity().isPresent()
                && relay.protocols().supports("HSIntro", 4)
                && mayUse.test(relay);
        return view.draw(Weights.Position.MIDDLE, true, wanted, entropy);
    }

    /** Keeps a circuit to one introduction point for as long as it is wanted. */
    private void keep(OwnIntroductionPoint point) throws InterruptedException {
        int failures = 0;
        while (!point.isOver()) {
            try {
                hold(point, failures > 0);
                failures = 0;
            } catch (TorException lost) {
                failures++;
                log.info(Domain.REND, "The circuit to " + point + " failed: " + lost.getMessage());
            }
            if (point.isOver()) {
                return;
            }
            point.becomes(
                    failures > RETRIES_MAX ? OwnIntroductionPoint.State.OVER : OwnIntroductionPoint.State.CONNECTING);
            changed.run();
            time.sleep(FIRST_RETRY);
        }
    }

    /** Returns when the circuit has ended after it was good. */
    private void hold(OwnIntroductionPoint point, boolean again) throws TorException, InterruptedException {
        try (OriginCircuit circuit = circuit(point, again)) {
            circuit.messages(message -> {
                if (!(message instanceof RelayMessage.Introduce2 client)) {
                    throw new ProtocolViolation(
                            RelayCommand.name(message.command()) + ": from an introduction point of ours");
                }
                introductions.introduced(point, client.introduction());
            });
            circuit.ask(
                    new RelayMessage.EstablishIntro(
                            IntroPointClaim.sign(point.authKey(), extensions(point.relay()), circuit.nonce())),
                    RelayCommand.INTRO_ESTABLISHED,
                    ESTABLISH_PATIENCE);
            if (point.isOver()) {
                return;
            }
            point.becomes(OwnIntroductionPoint.State.ESTABLISHED);
            circuits.becomes(circuit, HsState.HSSI_ESTABLISHED);
            changed.run();
            CompletableFuture.anyOf(circuit.ended(), point.over()).get();
        } catch (ExecutionException never) {
            throw new IllegalStateException("neither future fails", never);
        }
    }

    private OriginCircuit circuit(OwnIntroductionPoint point, boolean again) throws TorException, InterruptedException {
        return options.singleHop() && !again
                ? circuits.directCircuitTo(
                        HsPurpose.SERVICE_INTRO, service.label(), LastHop.of(point.relay()), circuitPatience)
                : circuits.circuitTo(
                        HsPurpose.SERVICE_INTRO, service.label(), LastHop.of(point.relay()), circuitPatience);
    }

    /** How much the introduction point should let through, where it understands that. */
    private Extensions extensions(Relay relay) {
        boolean understood = relay.protocols().supports("HSIntro", 5);
        return options.introductionLimits().isPresent() && understood
                ? new Extensions(List.of(options.introductionLimits().get().extension()))
                : Extensions.NONE;
    }

    /** Nobody is to come any more; the circuits end with their tasks. */
    @Override
    public void close() {
        points.forEach(each -> each.becomes(OwnIntroductionPoint.State.OVER));
        points.clear();
    }
}

package io.allium.client;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Refused;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.StreamCarrier;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The circuits that carry streams: a few are built before anybody asks, others when a stream finds none that suits it;
 * they are closed once they are old and nobody uses them. A stream takes one that no stream of another isolation uses,
 * or waits for one that is under construction.
 *
 * <p>Guarded by {@code lock}, which is never held while anything is waited for but {@code changed}. Circuits are built on
 * tasks of their own; a path is chosen under the lock, which takes some microseconds.
 *
 * @spec path-spec 2.1
 */
final class TunnelPool implements AutoCloseable {
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

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition upkeepDue = lock.newCondition();
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final CircuitBuilder builder;
    private final SetBuilder sets;
    private final GuardSet guards;
    private final Supplier<Optional<NetworkView>> usableView;
    private final TaskGroup group;
    private volatile ClientOptions options;

    private final List<Tunnel> tunnels = new ArrayList<>();
    private final ControlledPool controlled;
    private final List<Runnable> onIdentity = new CopyOnWriteArrayList<>(); // a few parts of the client
    private final PredictedPorts predicted;
    private final Refusals refusals;
    private final LearningCircuits learning;
    private long epoch;
    private Optional<Long> lastIdentity = Optional.empty();
    private boolean identityDue;
    private int failuresInRow;
    private long notBefore;
    private boolean wakeUp;

    /** @param usableView what is believed of the network, once that is enough to build circuits */
    TunnelPool(
            Time time,
            Entropy entropy,
            Tasks tasks,
            Log log,
            CircuitBuilder builder,
            GuardSet guards,
            Supplier<Optional<NetworkView>> usableView,
            ClientOptions options) {
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.builder = builder;
        this.sets = new SetBuilder(time, entropy, log, builder, guards);
        this.guards = guards;
        this.usableView = usableView;
        this.group = new TaskGroup(tasks, "circuits");
        this.controlled =
                new ControlledPool(lock, changed, tunnels, time, builder, group, log, options.circuitBuildTimeout());
        this.options = options;
        this.predicted = new PredictedPorts(time.nanos());
        this.refusals = new Refusals(time);
        this.learning = new LearningCircuits(builder.times(), usableView, time.nanos());
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
        controlled.configure(newOptions.circuitBuildTimeout());
    }

    /** A stream to this port begins: others are likely to follow. */
    void predict(int port) {
        lock.lock();
        try {
            predicted.used(port, time.nanos());
        } finally {
            lock.unlock();
        }
    }

    /** The exit refuses what its policy allows. */
    void refused(Tunnel tunnel, Demand demand) {
        lock.lock();
        try {
            refusals.add(tunnel.exit().fingerprint(), demand.ports());
        } finally {
            lock.unlock();
        }
    }

    /** No further stream is to use it. */
    void retire(Tunnel tunnel) {
        lock.lock();
        try {
            tunnel.retire();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A circuit for a stream: one that is there, or else one that is built now.
     *
     * @throws Refused when a controller closed the stream
     */
    Tunnel acquire(Demand demand, Isolation isolation, Set<Fingerprint> avoid, long deadline, TrackedStream stream)
            throws TorException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                stream.refuseIfClosed();
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
        Set<Fingerprint> exits = avoided(demand, avoid);
        return tunnels.stream()
                .filter(each -> each.isReady() && each.suits(demand, isolation, exits, epoch))
                .filter(each ->
                        each.dirtySince().map(since -> since - oldest > 0).orElse(true))
                .min(Comparator.comparing((Tunnel each) -> !each.isSet()).thenComparing(Tunnel::isClean));
    }

    private Set<Fingerprint> avoided(Demand demand, Set<Fingerprint> avoid) {
        Set<Fingerprint> exits = refusals.of(demand.ports());
        exits.addAll(avoid);
        return exits;
    }

    /** Sees to it that a circuit for this demand is under construction, unless too many are. */
    private void awaitOne(Demand demand, Isolation isolation, Set<Fingerprint> avoid) throws Refused {
        long slow = time.nanos() - SLOW_BUILD.toNanos();
        Set<Fingerprint> exits = avoided(demand, avoid);
        // A set takes longer to build than a circuit, and is built ahead or not at all: as in C tor.
        Optional<Tunnel> coming = tunnels.stream()
                .filter(each -> !each.isSet())
                .filter(each -> (each.isPending() || each.awaitsBetterGuard()) && !each.isOver())
                .filter(each -> !guards.isHopeless(each.path().guard()))
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
            return Optional.of(begin(view.get(), path, demand, CircuitEvents.Purpose.GENERAL, false));
        } catch (Unreachable none) {
            log.info(Domain.CIRC, "No path: " + none.getMessage());
            slowDown();
            return Optional.empty();
        }
    }

    private Tunnel begin(
            NetworkView view,
            PathChooser.Path path,
            Demand demand,
            CircuitEvents.Purpose purpose,
            boolean byController) {
        TrackedCircuit tracked = builder.launch(purpose, false, byController, demand);
        Tunnel tunnel = new Tunnel(tracked, path, time.nanos(), epoch);
        tunnels.add(tunnel);
        tunnel.builtBy(group.fork("build " + tracked.id, () -> build(tunnel, view)));
        return tunnel;
    }

    private void build(Tunnel tunnel, NetworkView view) throws InterruptedException {
        try {
            OriginCircuit circuit =
                    builder.build(tunnel.tracked, tunnel.path(), view.parameters(), builder.patience(options));
            lock.lock();
            try {
                tunnel.built(circuit, guards.mayUse(tunnel.path().guard()));
                failuresInRow = 0;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            controlled.lengthen(tunnel);
        } catch (TorException failed) {
            log.info(Domain.CIRC, "Circuit " + tunnel.tracked.id + " was not built: " + failed.getMessage());
            lock.lock();
            try {
                tunnels.remove(tunnel);
                if (!tunnel.tracked.byController) {
                    slowDown();
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException closing) {
            tunnel.tracked.circuit().ifPresent(OriginCircuit::close);
            throw closing;
        }
    }

    private boolean beginSet(NetworkView view, ConfluxPlan plan, Demand demand) throws Refused, Unreachable {
        SetBuilder.Leg first = sets.begin(view, options, demand, refusals.of(demand.ports()));
        Tunnel tunnel = new Tunnel(first.tracked(), first.path(), time.nanos(), epoch);
        tunnels.add(tunnel);
        group.fork("link " + first.tracked().id, () -> buildSet(tunnel, first, view, plan));
        return true;
    }

    private void buildSet(Tunnel tunnel, SetBuilder.Leg first, NetworkView view, ConfluxPlan plan)
            throws InterruptedException {
        try {
            SetBuilder.Built built = sets.build(first, view, options, plan);
            lock.lock();
            try {
                boolean guardsAreBest = built.legs().stream()
                        .allMatch(leg -> guards.mayUse(leg.path().guard()));
                tunnel.linked(built, guardsAreBest);
                failuresInRow = 0;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        } catch (TorException failed) {
            log.info(Domain.CIRC, "No circuits were linked: " + failed.getMessage());
            lock.lock();
            try {
                tunnels.remove(tunnel);
                slowDown();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
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
        List<StreamCarrier> done = new ArrayList<>();
        lock.lock();
        try {
            forgetEnded();
            reviewGuards();
            done.addAll(expired());
            if (!options.disablePredictedCircuits()) {
                buildAhead();
            }
        } finally {
            lock.unlock();
        }
        done.forEach(StreamCarrier::close);
    }

    private void forgetEnded() {
        for (Tunnel each : List.copyOf(tunnels)) {
            if (each.isOver()) {
                tunnels.remove(each);
                each.guards().forEach(guards::over);
            }
        }
    }

    private void reviewGuards() {
        for (Tunnel each : tunnels) {
            if (each.awaitsBetterGuard() && each.guards().stream().allMatch(guards::mayUse)) {
                each.guardIsBest();
                for (TrackedCircuit tracked : each.circuits()) {
                    tracked.becomes(CircuitEvents.State.BUILT);
                    builder.tell(tracked);
                }
                changed.signalAll();
            }
        }
    }

    /** Circuits without streams that no stream is to use any more. @spec path-spec 2.1.6 */
    private List<StreamCarrier> expired() {
        long now = time.nanos();
        Duration kept = learning.kept(options.circuitsAvailableTimeout());
        List<StreamCarrier> done = new ArrayList<>();
        for (Tunnel each : List.copyOf(tunnels)) {
            boolean old = each.dirtySince()
                    .map(since -> now - since > options.maxCircuitDirtiness().toNanos())
                    .orElse(now - each.launched > kept.toNanos());
            boolean general = each.tracked.purpose() != CircuitEvents.Purpose.CONTROLLER;
            boolean useless = general && (old || each.isRetired() || each.epoch != epoch);
            if (useless && each.isIdle() && each.carrier().isPresent()) {
                tunnels.remove(each);
                each.guards().forEach(guards::over);
                done.add(each.carrier().get());
            }
        }
        return done;
    }

    private void buildAhead() {
        List<Integer> ports = predicted.at(time.nanos());
        linkAhead(ports);
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
        if (!ports.isEmpty()) {
            learnFromOneMore();
        }
    }

    private void learnFromOneMore() {
        long clean = tunnels.stream()
                .filter(each -> each.isClean() && !each.isOver())
                .count();
        if (learning.isOneDue(time.nanos(), clean) && launchAhead(Demand.lookup())) {
            learning.launched(time.nanos());
        }
    }

    /** Keeps sets of linked circuits ready as long as streams are likely to come. @spec prop329 2.4.1 */
    private void linkAhead(List<Integer> ports) {
        Optional<NetworkView> view = usableView.get();
        if (ports.isEmpty() || view.isEmpty() || notBefore - time.nanos() > 0) {
            return;
        }
        ConfluxPlan plan = ConfluxPlan.of(view.get(), options);
        List<Tunnel> existing =
                tunnels.stream().filter(each -> each.isSet() && !each.isOver()).toList();
        long ready = existing.stream()
                .filter(each -> each.isClean() && !each.isRetired() && each.epoch == epoch)
                .count();
        long room = Math.min(plan.prebuilt() - ready, plan.setsMax() - existing.size());
        for (long more = 0; more < room && beginSet(view.get(), plan, ports); more++) {}
    }

    /** Begins a set for all these ports, or where no exit serves all of them for any; false if there is none to be had. */
    private boolean beginSet(NetworkView view, ConfluxPlan plan, List<Integer> ports) {
        Set<Integer> all = Set.copyOf(ports);
        for (Demand demand :
                List.of(new Demand(all, false, true, true), new Demand(all, false, false, true), Demand.lookup())) {
            try {
                return beginSet(view, plan, demand);
            } catch (Refused | Unreachable none) {
                log.info(Domain.CIRC, "No circuits are linked for " + demand + ": " + none.getMessage());
            }
        }
        return false;
    }

    private boolean launchAhead(Demand demand) {
        try {
            return launch(demand, refusals.of(demand.ports())).isPresent();
        } catch (Refused none) {
            log.info(Domain.CIRC, "No circuit is built ahead: " + none.getMessage());
            return false;
        }
    }

    /** Runs something, on a task of its own, each time that there is a new identity. */
    void whenNewIdentity(Runnable action) {
        onIdentity.add(action);
    }

    /** From now on new streams use circuits that no stream before used. At most every 10 s. */
    void newIdentity() {
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
            onIdentity.forEach(action -> group.fork("forget", action::run));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Builds a circuit for a controller. Returns its number before it is built.
     *
     * @param byController whether the controller chose the path
     */
    int launch(NetworkView view, PathChooser.Path path, CircuitEvents.Purpose purpose, boolean byController) {
        lock.lock();
        try {
            return begin(view, path, Demand.lookup(), purpose, byController).tracked.id;
        } finally {
            lock.unlock();
        }
    }

    /** For controllers. */
    ControlledPool controlled() {
        return controlled;
    }

    /** Whoever waits for a circuit is to look whether it still wants one. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many new identities there have been. */
    long epoch() {
        lock.lock();
        try {
            return epoch;
        } finally {
            lock.unlock();
        }
    }

    /** Whether any circuit was built so far. */
    boolean isEstablished() {
        return builder.hasBuiltAny();
    }

    /** Ends all circuits. */
    @Override
    public void close() {
        group.close();
        builder.close();
        builder.existing().forEach(each -> each.circuit().ifPresent(OriginCircuit::close));
    }
}

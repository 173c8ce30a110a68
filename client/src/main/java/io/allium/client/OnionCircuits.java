package io.allium.client;

import io.allium.base.ByteStream;
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
import io.allium.cell.DestroyReason;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The circuits by which onion services are reached and offered: to directories, introduction points and rendezvous points,
 * through {@link Vanguards}. While some are wanted a few are built ahead, to be used as they are or made one hop longer, since
 * a user waits for three of them one after the other. Each belongs to whoever asked for it, who closes it, and tries
 * again as he sees fit.
 *
 * <p>Guarded by {@code lock}, which is never held while a circuit is built. Safe from any task.
 *
 * @spec path-spec 2.1.3, 4; vanguards-spec
 */
public final class OnionCircuits implements AutoCloseable {
    /** Circuits kept ready while some are wanted: as in C tor. */
    static final int READY_WANTED = 3;

    /** How often circuits are looked after. */
    private static final Duration TICK = Duration.ofSeconds(1);

    /** After a failure, nothing is built ahead for so long. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    /** A circuit and the attempt that counts for its guard. */
    private record Built(OriginCircuit circuit, TrackedCircuit tracked, PathChooser.Path path, long builtAt) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wanted = lock.newCondition();
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final CircuitBuilder builder;
    private final GuardSet guards;
    private final Vanguards vanguards;
    private final Supplier<Optional<NetworkView>> usableView;
    private final TaskGroup group;
    private volatile ClientOptions options;

    private final List<Built> ready = new ArrayList<>(); // at most READY_WANTED
    private final List<Built> used = new ArrayList<>(); // bounded by those who use them
    private Optional<Long> usedAt = Optional.empty();
    private boolean serving;
    private int coming;
    private long notBefore;

    /** @param usableView what is believed of the network, once that is enough to build circuits */
    OnionCircuits(
            Time time,
            Entropy entropy,
            Tasks tasks,
            Log log,
            CircuitBuilder builder,
            GuardSet guards,
            Vanguards vanguards,
            Supplier<Optional<NetworkView>> usableView,
            ClientOptions options) {
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.builder = builder;
        this.guards = guards;
        this.vanguards = vanguards;
        this.usableView = usableView;
        this.group = new TaskGroup(tasks, "onion circuits");
        this.options = options;
        this.notBefore = time.nanos();
    }

    /** Begins to look after circuits. */
    void start() {
        group.fork("upkeep", () -> {
            while (true) {
                awaitUse();
                keepUp();
                time.sleep(TICK);
            }
        });
    }

    private void awaitUse() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!isWanted() && used.isEmpty() && ready.isEmpty()) {
                wanted.await();
            }
        } finally {
            lock.unlock();
        }
    }

    void configure(ClientOptions newOptions) {
        options = newOptions;
    }

    /** Whether the configuration lets a relay be chosen, for whatever place. */
    public boolean mayChoose(Relay relay) {
        return !options.excludeNodes().contains(relay);
    }

    /**
     * Whether onion services are offered here, for which circuits are always kept ready. While there are none, they are for an
     * hour after the last use.
     */
    public void serving(boolean any) {
        lock.lock();
        try {
            serving = any;
            wanted.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A circuit of its own to this relay, which our consensus need not list.
     *
     * @param service the onion service's address without {@code .onion}, for the control port; empty where none is known
     * @param patience how long it may take; it is never more than a circuit's timeout
     * @throws Unreachable where it may go better another time
     * @throws Refused where the relay is not one to go to, or nothing is known of the network
     */
    public OriginCircuit circuitTo(HsPurpose purpose, String service, HopTarget last, Duration patience)
            throws TorException, InterruptedException {
        refuseUnfit(last);
        NetworkView view = knownNetwork();
        long deadline = deadline(patience);
        Optional<Built> ahead = purpose.takesReadyOnes() ? take(last, view, purpose.isService()) : Optional.empty();
        return ahead.isPresent()
                ? lengthen(ahead.get(), purpose, service, step(last, view), deadline)
                : build(purpose, service, Optional.of(last), view, deadline);
    }

    /**
     * A circuit of its own to any relay where a client and a service can meet: the last of {@link OriginCircuit#path}.
     *
     * @param service as above
     */
    public OriginCircuit rendezvousCircuit(String service, Duration patience)
            throws TorException, InterruptedException {
        NetworkView view = knownNetwork();
        long deadline = deadline(patience);
        Optional<Built> ahead = take(null, view, false);
        if (ahead.isEmpty()) {
            return build(HsPurpose.CLIENT_REND, service, Optional.empty(), view, deadline);
        }
        cannibalise(ahead.get().tracked, HsPurpose.CLIENT_REND.use(service));
        return ahead.get().circuit;
    }

    /**
     * A circuit of one hop to this relay, for a service that gives up its anonymity.
     *
     * @throws Unreachable where the relay cannot be reached from here: the long way may do
     */
    public OriginCircuit directCircuitTo(HsPurpose purpose, String service, HopTarget relay, Duration patience)
            throws TorException, InterruptedException {
        refuseUnfit(relay);
        NetworkView view = knownNetwork();
        long deadline = deadline(patience);
        TrackedCircuit tracked = launch(purpose.use(service), true, purpose.isLongLived());
        return builder.directory(tracked, relay, step(relay, view).hop(), view.parameters(), left(deadline));
    }

    /** The circuit has come further with what it is for: for the control port. */
    public void becomes(OriginCircuit circuit, CircuitEvents.HsState state) {
        builder.tracked(circuit).ifPresent(tracked -> {
            CircuitEvents.Use before = tracked.use();
            tracked.usedFor(new CircuitEvents.Use(before.purpose(), Optional.of(state), before.service()));
            builder.tellUse(tracked, before, Optional.empty());
        });
    }

    /** By so much work a service was asked to come where this circuit leads: for the control port. */
    public void worked(OriginCircuit circuit, long effort) {
        builder.tracked(circuit).ifPresent(tracked -> tracked.worked(effort));
    }

    /** The same stream to a directory, with what comes by it counted where controllers hear of each connection. */
    public ByteStream counted(OnionStream directory) {
        return builder.counted(directory);
    }

    /** The circuit carries streams of this kind alone: for the control port. */
    public void isolate(OriginCircuit circuit, Isolation by) {
        builder.tracked(circuit).ifPresent(tracked -> tracked.isolate(by));
    }

    /** Makes a circuit one hop longer, to a relay that is to be tried after its last one has refused. */
    public void extend(OriginCircuit circuit, HopTarget next, Duration patience)
            throws TorException, InterruptedException {
        refuseUnfit(next);
        NetworkView view = knownNetwork();
        TrackedCircuit tracked = builder.tracked(circuit).orElseThrow(() -> new Unreachable(circuit + " has ended"));
        builder.extend(tracked, circuit, step(next, view), left(deadline(patience)));
        tracked.becomes(CircuitEvents.State.BUILT);
        builder.tell(tracked);
    }

    private OriginCircuit build(
            HsPurpose purpose, String service, Optional<HopTarget> last, NetworkView view, long deadline)
            throws TorException, InterruptedException {
        HsPathChooser chooser = new HsPathChooser(options, vanguards, entropy);
        PathChooser.Path path = last.isPresent()
                ? chooser.to(last.get().fingerprint(), purpose, view, guards)
                : chooser.toAny(purpose, view, guards);
        List<CircuitBuilder.Step> steps = steps(path);
        last.ifPresent(target -> steps.add(step(target, view)));
        TrackedCircuit tracked = launch(purpose.use(service), false, purpose.isLongLived());
        OriginCircuit circuit = builder.build(tracked, path.guard(), steps, view.parameters(), left(deadline));
        builder.awaitGuard(circuit, tracked, path.guard(), deadline);
        note(new Built(circuit, tracked, path, time.nanos()));
        return circuit;
    }

    private OriginCircuit lengthen(
            Built ahead, HsPurpose purpose, String service, CircuitBuilder.Step last, long deadline)
            throws TorException, InterruptedException {
        cannibalise(ahead.tracked, purpose.use(service));
        try {
            builder.extend(ahead.tracked, ahead.circuit, last, left(deadline));
        } catch (TorException | InterruptedException failed) {
            ahead.circuit.close();
            throw failed;
        }
        ahead.tracked.becomes(CircuitEvents.State.BUILT);
        builder.tell(ahead.tracked);
        return ahead.circuit;
    }

    private void cannibalise(TrackedCircuit tracked, CircuitEvents.Use use) {
        CircuitEvents.Use before = tracked.use();
        Optional<Instant> created = Optional.of(tracked.created());
        tracked.cannibalised(use, time.now());
        builder.tellUse(tracked, before, created);
    }

    /** A circuit that was built ahead, goes through no relay of that one's family, and so can be made longer to it. */
    private Optional<Built> take(@Nullable HopTarget last, NetworkView view, boolean service) {
        int hops = HsPurpose.CLIENT_REND.hops(vanguards.hasThirdLayer(service, view.parameters()));
        lock.lock();
        try {
            usedAt = Optional.of(time.nanos());
            wanted.signalAll();
            Optional<Built> found = ready.stream()
                    .filter(each -> each.circuit.isOpen() && guards.mayUse(each.path.guard()))
                    .filter(each -> each.path.relays().size() == hops && isAllowed(each.path, last, view))
                    .findFirst();
            found.ifPresent(ready::remove);
            found.ifPresent(used::add);
            return found;
        } finally {
            lock.unlock();
        }
    }

    private boolean isAllowed(PathChooser.Path path, @Nullable HopTarget last, NetworkView view) {
        return path.relays().stream()
                .noneMatch(
                        relay -> options.excludeNodes().contains(relay) || last != null && isOneOf(relay, last, view));
    }

    private static boolean isOneOf(Relay relay, HopTarget last, NetworkView view) {
        return relay.fingerprint().equals(last.fingerprint())
                || view.relay(last.fingerprint())
                        .filter(known -> view.sameFamily(relay, known))
                        .isPresent();
    }

    private void note(Built built) {
        lock.lock();
        try {
            used.add(built);
        } finally {
            lock.unlock();
        }
    }

    private boolean isWanted() {
        return serving
                || usedAt.filter(at -> time.nanos() - at < PredictedPorts.REMEMBERED.toNanos())
                        .isPresent();
    }

    private void keepUp() {
        List<Built> done = new ArrayList<>();
        int missing;
        lock.lock();
        try {
            forgetEnded(used);
            forgetEnded(ready);
            long oldest = time.nanos() - options.circuitsAvailableTimeout().toNanos();
            ready.removeIf(each -> (each.builtAt - oldest < 0 || !isWanted()) && done.add(each));
            boolean ahead = isWanted() && !options.disablePredictedCircuits() && time.nanos() - notBefore >= 0;
            missing = ahead ? READY_WANTED - ready.size() - coming : 0;
            coming += Math.max(0, missing);
        } finally {
            lock.unlock();
        }
        done.forEach(this::discard);
        for (int i = 0; i < missing; i++) {
            group.fork("ahead", this::buildAhead);
        }
    }

    private void forgetEnded(List<Built> circuits) {
        for (Built each : List.copyOf(circuits)) {
            if (!each.circuit.isOpen()) {
                circuits.remove(each);
                guards.over(each.path.guard());
            }
        }
    }

    private void discard(Built built) {
        built.circuit.close(DestroyReason.FINISHED);
        guards.over(built.path.guard());
    }

    private void buildAhead() throws InterruptedException {
        Optional<Built> built = Optional.empty();
        try {
            built = Optional.of(ahead());
        } catch (TorException failed) {
            log.info(Domain.CIRC, "No circuit was built ahead for onion services: " + failed.getMessage());
        } finally {
            lock.lock();
            try {
                coming--;
                built.ifPresent(ready::add);
                if (built.isEmpty()) {
                    notBefore = time.nanos() + AFTER_FAILURE.toNanos();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private Built ahead() throws TorException, InterruptedException {
        NetworkView view = knownNetwork();
        long deadline = deadline(options.circuitBuildTimeout());
        PathChooser.Path path = new HsPathChooser(options, vanguards, entropy).ahead(isServing(), view, guards);
        TrackedCircuit tracked = launch(CircuitEvents.Use.of(CircuitEvents.Purpose.HS_VANGUARDS), false, true);
        OriginCircuit circuit = builder.build(tracked, path.guard(), steps(path), view.parameters(), left(deadline));
        builder.awaitGuard(circuit, tracked, path.guard(), deadline);
        return new Built(circuit, tracked, path, time.nanos());
    }

    private boolean isServing() {
        lock.lock();
        try {
            return serving;
        } finally {
            lock.unlock();
        }
    }

    /** The user wants to be somebody else: none of the circuits that are ready is used any more. */
    void renew() {
        discardReady();
        vanguards.forget(usableView.get());
    }

    private void discardReady() {
        List<Built> old;
        lock.lock();
        try {
            old = List.copyOf(ready);
            ready.clear();
        } finally {
            lock.unlock();
        }
        old.forEach(this::discard);
    }

    private TrackedCircuit launch(CircuitEvents.Use use, boolean oneHop, boolean stable) {
        TrackedCircuit tracked = builder.launch(use.purpose(), oneHop, Demand.internal(stable));
        tracked.usedFor(use);
        return tracked;
    }

    private static List<CircuitBuilder.Step> steps(PathChooser.Path path) {
        List<CircuitBuilder.Step> steps = new ArrayList<>();
        path.relays().stream().skip(1).map(CircuitBuilder.Step::to).forEach(steps::add);
        return steps;
    }

    private static CircuitBuilder.Step step(HopTarget relay, NetworkView view) {
        String nickname = view.relay(relay.fingerprint()).map(Relay::nickname).orElse("");
        return new CircuitBuilder.Step(relay, new CircuitEvents.Hop(relay.fingerprint(), nickname));
    }

    /** Where somebody else says what its addresses are, they might lead a relay into its own network. */
    private void refuseUnfit(HopTarget relay) throws Refused, Unreachable {
        if (relay.onionKey() == null) {
            throw new Unreachable("the onion key of " + relay + " is not known");
        }
        boolean internal = relay.addresses().stream().map(Endpoint::address).anyMatch(Endpoint::isInternal);
        if (internal && !relay.described().isEmpty() && !options.extendAllowPrivateAddresses()) {
            throw new Refused(Refused.Kind.GENERAL, "no relay is asked to go to a private address");
        }
    }

    private NetworkView knownNetwork() throws Refused {
        return usableView
                .get()
                .orElseThrow(() -> new Refused(Refused.Kind.NETWORK_DOWN, "the network is not known yet"));
    }

    private long deadline(Duration patience) {
        Duration most = options.circuitBuildTimeout();
        return time.nanos() + (patience.compareTo(most) < 0 ? patience : most).toNanos();
    }

    private Duration left(long deadline) throws Unreachable {
        long left = deadline - time.nanos();
        if (left <= 0) {
            throw new Unreachable("there was no time left for a circuit");
        }
        return Duration.ofNanos(left);
    }

    @Override
    public void close() {
        group.close();
        discardReady();
    }
}

package io.allium.onionservice;

import io.allium.base.Log.Domain;
import io.allium.base.ProtocolViolation;
import io.allium.base.TaskGroup;
import io.allium.base.Untrusted;
import io.allium.client.HsPurpose;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.TimePeriod;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameters;
import io.allium.directory.Relay;
import io.allium.netdoc.ProofOfWorkParameters;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One onion service of ours, from its start to its end. One task does all that it does by itself, in the order of {@link #run}:
 * it keeps two editions, sees to their introduction points, and publishes their descriptors. Clients are met by {@link
 * ServiceDoor}. What the outside sets is guarded by {@code lock}; all else is confined to the task.
 *
 * @spec rend-spec-v3 1.1, 2.2, 3.1
 */
public final class OnionService implements AutoCloseable {
    /** How often it looks after everything, whether or not somebody woke it. */
    private static final Duration TICK = Duration.ofSeconds(1);

    /** With fewer introduction points than wanted a descriptor is published after this, rather than none. */
    private static final Duration PUBLISH_ANYWAY = Duration.ofSeconds(30);

    /** A service that cannot be reached says so as often. */
    private static final Duration COMPLAINT_INTERVAL = Duration.ofMinutes(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ServiceOptions options;
    private final ServiceKeys keys;
    private final Surroundings in;
    private final TaskGroup group;
    private final HsDirs directories;
    private final ServiceDoor door;
    private final Optional<ProofOfWorkDefense<ServiceDoor.Guest>> defense;
    private final CompletableFuture<Void> published = new CompletableFuture<>();
    private List<Curve25519Key> clients;
    private boolean isChanged;

    private final List<Edition> editions = new ArrayList<>(); // the older first; two
    private Optional<ProofOfWorkParameters> puzzle = Optional.empty(); // what descriptors tell
    private long unreachableSince;

    /**
     * Prepares one.
     *
     * @param clients whom it lets in; everybody if there are none
     * @param masters the addresses that OnionBalance publishes our introduction points under
     */
    public OnionService(
            ServiceOptions options,
            ServiceKeys keys,
            List<Curve25519Key> clients,
            List<Ed25519Identity> masters,
            Surroundings in) {
        this.options = options;
        this.keys = keys;
        this.in = in;
        this.clients = List.copyOf(clients);
        this.group = new TaskGroup(in.tasks(), "onion service");
        this.directories = new HsDirExchange(in.time(), in.circuits(), HsPurpose.SERVICE_HSDIR);
        ServiceStreams streams = new ServiceStreams(options, in.time(), in.entropy(), in.sockets(), in.log(), group);
        RendezvousAnswer answer = new RendezvousAnswer(
                keys.address(), options, in.time(), in.entropy(), in.log(), in.network(), in.circuits(), streams);
        this.defense = options.proofOfWork()
                .map(wanted -> new ProofOfWorkDefense<>(
                        ProofOfWorkQueue.Limits.of(wanted.rate(), wanted.burst()), in.entropy(), in.time()));
        this.door = new ServiceDoor(name(), keys, masters, in.time(), in.tasks(), in.log(), answer, defense, group);
        this.unreachableSince = in.time().nanos();
    }

    public OnionAddress address() {
        return keys.address();
    }

    public ServiceOptions options() {
        return options;
    }

    /** Completes once clients can come: both editions are stored where they look for them. */
    public CompletableFuture<Void> published() {
        return published;
    }

    /** Begins to be a service. */
    public void start() {
        group.fork("run", this::run);
        door.open();
    }

    /** Lets these clients in from now on; everybody if there are none. */
    public void admit(List<Curve25519Key> newClients) {
        lock.lock();
        try {
            clients = List.copyOf(newClients);
        } finally {
            lock.unlock();
        }
        wake();
    }

    /** Ends it: all circuits and streams. Its descriptors expire by themselves. */
    @Override
    public void close() {
        group.close();
        door.close();
    }

    private void run() throws InterruptedException {
        while (true) {
            Optional<NetworkView> view = in.network().view();
            Optional<HsDirRings> rings = in.network().rings();
            if (view.isPresent() && rings.isPresent()) {
                renewEditions(rings.get());
                renewPuzzle();
                for (Edition each : editions) {
                    each.points().tend(view.get());
                }
                door.serves(editions);
                publish(editions.getFirst(), rings.get().older(), view.get().parameters());
                publish(editions.getLast(), rings.get().newer(), view.get().parameters());
                complainIfUnreachable();
                if (editions.stream().allMatch(each -> each.publisher().isStored())) {
                    published.complete(null);
                }
            }
            door.closeIdle();
            awaitChange();
        }
    }

    /** Those of periods that have gone by end with their introduction points: no client can be in such a period any longer. */
    private void renewEditions(HsDirRings rings) {
        List<Edition> next = new ArrayList<>();
        for (HsDirRing ring : List.of(rings.older(), rings.newer())) {
            next.add(editions.stream()
                    .filter(each -> each.period().equals(ring.period()))
                    .findFirst()
                    .orElseGet(() -> edition(ring.period())));
        }
        editions.stream().filter(each -> !next.contains(each)).forEach(Edition::close);
        editions.clear();
        editions.addAll(next);
    }

    private void renewPuzzle() {
        defense.ifPresent(ProofOfWorkDefense::turn);
        puzzle = defense.map(asking -> asking.offer(puzzle));
    }

    private Edition edition(TimePeriod period) {
        List<Edition> made = new ArrayList<>(1);
        IntroductionCircuits circuits = new IntroductionCircuits(
                keys.address(),
                options,
                in.circuits(),
                in.circuitPatience(),
                (at, client) -> door.knock(made.getFirst(), at, client),
                this::wake);
        IntroductionPoints points = new IntroductionPoints(
                options, in.mayUse(), in.time(), in.entropy(), in.log(), circuits, this::wake, group);
        DescriptorPublisher publisher = new DescriptorPublisher(
                keys.address(),
                name() + ": the descriptor of period " + period.number(),
                in.time(),
                in.entropy(),
                in.log(),
                directories,
                group);
        made.add(new Edition(period, keys.identity(), points, publisher, options, in.time(), in.entropy()));
        return made.getFirst();
    }

    private void publish(Edition edition, HsDirRing ring, Parameters parameters) {
        List<Ed25519Identity> names = edition.points().named().stream()
                .map(point -> point.authKey().publicKey())
                .toList();
        List<Relay> directoriesNow = edition.directories(ring);
        List<Curve25519Key> admitted = clients();
        Optional<ProofOfWorkParameters> puzzleNow = puzzle;
        List<Object> content = List.of(names, admitted, puzzleNow);
        if (!in.publishes()
                || names.isEmpty()
                || directoriesNow.isEmpty()
                || !edition.points().isComplete() && !edition.points().hasWaited(PUBLISH_ANYWAY)
                || !edition.publisher().isDue(directoriesNow, content)) {
            return;
        }
        Instant valueSince = ring.valueSince();
        try {
            edition.publisher()
                    .publish(
                            directoriesNow,
                            content,
                            () -> edition.descriptor(valueSince, parameters, admitted, puzzleNow));
            in.log()
                    .info(
                            Domain.REND,
                            "Initiating upload for " + name() + ", period "
                                    + edition.period().number() + ", with " + names.size() + "/"
                                    + options.introductionPoints() + " introduction points.");
        } catch (Untrusted | ProtocolViolation impossible) {
            in.log().warn(Domain.BUG, name() + ": its descriptor cannot be written: " + impossible.getMessage());
        }
    }

    private void complainIfUnreachable() {
        boolean reachable =
                editions.stream().anyMatch(each -> !each.points().established().isEmpty());
        long now = in.time().nanos();
        if (reachable) {
            unreachableSince = now;
        } else if (now - unreachableSince > COMPLAINT_INTERVAL.toNanos()) {
            unreachableSince = now;
            in.log()
                    .warn(
                            Domain.REND,
                            name() + " cannot be reached: for " + COMPLAINT_INTERVAL.toMinutes()
                                    + " minutes no relay has become its introduction point. With info messages of the"
                                    + " log you see why.");
        }
    }

    private List<Curve25519Key> clients() {
        lock.lock();
        try {
            return clients;
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            isChanged = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitChange() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (!isChanged) {
                in.time().await(lock, changed, in.time().nanos() + TICK.toNanos());
            }
            isChanged = false;
        } finally {
            lock.unlock();
        }
    }

    /** The folder tells an operator which service it is, and a reader of the log nothing. */
    private String name() {
        return "Onion service " + options.folder().getFileName();
    }

    @Override
    public String toString() {
        return name();
    }
}

package io.allium.onionservice;

import io.allium.base.Log.Domain;
import io.allium.base.ProtocolViolation;
import io.allium.base.TaskGroup;
import io.allium.base.Untrusted;
import io.allium.client.HsPurpose;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.TimePeriod;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import io.allium.directory.Relay;
import io.allium.netdoc.ProofOfWorkParameters;
import io.allium.onionservice.ServiceStatus.Step;
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

    /** A service that could not be reached for so long does not rely on what visits have shown before. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ServiceOptions options;
    private final ServiceKeys keys;
    private final Surroundings in;
    private final TaskGroup group;
    private final TaskGroup guests; // what clients who are there have us do
    private final HsDirs directories;
    private final ServiceStreams streams;
    private final ServiceDoor door;
    private final Optional<ProofOfWorkDefense<ServiceDoor.Guest>> defense;
    private final DroppedIntroductions dropped;
    private final ServiceFigures figures;
    private final Reachability reachability;
    private final Curve25519KeyPair visitorKey; // with which we let ourselves in
    private List<Curve25519Key> clients;
    private boolean isChanged;
    private volatile Optional<byte[]> descriptor = Optional.empty();

    private final List<Edition> editions = new ArrayList<>(); // the older first; two
    private final SelfTest selfTest;
    private Optional<ProofOfWorkParameters> puzzle = Optional.empty(); // what descriptors tell
    private boolean lockedOut; // there is no room for our own key in the descriptor

    /**
     * Prepares one.
     *
     * @param clients whom it lets in; everybody if there are none
     * @param masters the addresses that OnionBalance publishes our introduction points under
     * @param visitor how it is visited to see whether it can be
     */
    OnionService(
            ServiceOptions options,
            ServiceKeys keys,
            List<Curve25519Key> clients,
            List<Ed25519Identity> masters,
            SelfTest.Visitor visitor,
            Surroundings in) {
        this.options = options;
        this.keys = keys;
        this.in = in;
        this.clients = List.copyOf(clients);
        this.group = new TaskGroup(in.tasks(), "onion service");
        this.guests = new TaskGroup(in.tasks(), "onion service");
        this.directories = new HsDirExchange(in.time(), in.circuits(), HsPurpose.SERVICE_HSDIR);
        this.figures = new ServiceFigures(options, in.time());
        this.streams = new ServiceStreams(options, in.time(), in.entropy(), in.sockets(), in.log(), guests, figures);
        RendezvousAnswer answer = new RendezvousAnswer(
                keys.address(),
                options,
                in.time(),
                in.entropy(),
                in.log(),
                in.network(),
                in.circuits(),
                streams,
                figures);
        this.defense = options.proofOfWork()
                .map(wanted -> new ProofOfWorkDefense<>(
                        ProofOfWorkQueue.Limits.of(wanted.rate(), wanted.burst()), in.entropy(), in.time()));
        this.dropped = new DroppedIntroductions(in.time());
        this.door = new ServiceDoor(
                name(), keys, masters, in.time(), in.tasks(), in.log(), answer, defense, dropped, figures, group);
        this.reachability = new Reachability(keys.address(), name(), in.time(), in.log(), in.events(), dropped);
        this.visitorKey = Curve25519KeyPair.generate(in.entropy());
        this.selfTest = new SelfTest(
                keys.address(), visitorKey, visitor, new SelfTestSchedule(in.time(), in.entropy()), group, this::wake);
    }

    public OnionAddress address() {
        return keys.address();
    }

    public ServiceOptions options() {
        return options;
    }

    /**
     * Completes once clients can come, for the first time: the descriptors lie where they look for them, and a visit to itself went
     * well, if that is not switched off.
     */
    public CompletableFuture<Void> ready() {
        return reachability.ready();
    }

    /** Whether clients can come, and what is in the way. */
    public ServiceStatus status() {
        return reachability.status();
    }

    /** The descriptor that clients are to find now, as it was written last; nothing while there is none. */
    public Optional<byte[]> descriptor() {
        return descriptor.map(byte[]::clone);
    }

    /** What it has counted. */
    ServiceFigures figures() {
        return figures;
    }

    /** How many circuits of clients are joined with it. */
    int clientsServed() {
        return door.serving();
    }

    /** How it asks clients for work, if it does. */
    Optional<ProofOfWorkDefense<ServiceDoor.Guest>> defense() {
        return defense;
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

    /** Lets nobody in any longer, and ends with the last stream of those who are there. */
    void leave() {
        group.close();
        streams.leave();
        guests.fork("leave", () -> {
            while (door.closeUnused()) {
                in.time().sleep(TICK);
            }
            close();
        });
    }

    /** Ends it: all circuits and streams. Its descriptors expire by themselves. */
    @Override
    public void close() {
        group.close();
        guests.close();
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
                descriptor = current(rings.get()).lastWritten();
                judge(rings.get());
            } else {
                reachability.update(Reachability.Facts.NONE);
            }
            door.closeIdle();
            defense.ifPresent(this::countThrown);
            dropped.summarise(name(), in.log());
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
        Optional<ProofOfWorkParameters> next = defense.map(asking -> asking.offer(puzzle));
        if (suggested(next) != suggested(puzzle)) {
            in.log().info(Domain.REND, name() + " suggests work of effort " + suggested(next) + ".");
        }
        puzzle = next;
    }

    private void countThrown(ProofOfWorkDefense<ServiceDoor.Guest> asking) {
        ProofOfWorkQueue.Thrown thrown = asking.thrown();
        dropped.total(DroppedIntroductions.Why.SHED, thrown.shed());
        dropped.total(DroppedIntroductions.Why.LATE, thrown.late());
    }

    private static long suggested(Optional<ProofOfWorkParameters> told) {
        return told.map(ProofOfWorkParameters::suggestedEffort).orElse(0L);
    }

    private Edition edition(TimePeriod period) {
        List<Edition> made = new ArrayList<>(1);
        IntroductionCircuits circuits = new IntroductionCircuits(
                keys.address(),
                options,
                in.circuits(),
                in.circuitPatience(),
                (at, client) -> door.knock(made.getFirst(), at, client),
                this::wake,
                figures);
        IntroductionPoints points = new IntroductionPoints(
                options, in.mayUse(), in.time(), in.entropy(), in.log(), circuits, this::wake, group);
        DescriptorPublisher publisher = new DescriptorPublisher(
                keys.address(),
                name() + ": the descriptor of period " + period.number(),
                in.time(),
                in.entropy(),
                in.log(),
                directories,
                this::wake,
                group);
        Edition edition = new Edition(
                period, keys.identity(), points, publisher, options, in.time(), in.entropy(), in.revisions());
        made.add(edition);
        in.descriptors().told(new DescriptorEvents.Created(keys.address(), edition.blindedKey()));
        return edition;
    }

    private void publish(Edition edition, HsDirRing ring, Parameters parameters) {
        List<OwnIntroductionPoint> named = edition.points().named();
        List<Ed25519Identity> names =
                named.stream().map(point -> point.authKey().publicKey()).toList();
        List<Relay> responsible = edition.directories(ring);
        List<Relay> directoriesNow = in.publishes() ? responsible : List.of(); // it is written all the same
        List<Curve25519Key> admitted = clients();
        Optional<ProofOfWorkParameters> puzzleNow = puzzle;
        List<Object> content = List.of(names, admitted, puzzleNow);
        if (names.isEmpty()
                || responsible.isEmpty()
                || !edition.points().isComplete() && !edition.points().hasWaited(PUBLISH_ANYWAY)
                || !edition.publisher().isDue(directoriesNow, content)) {
            return;
        }
        Instant valueSince = ring.valueSince();
        int lengthMax = parameters.get(Parameter.HSV3_MAX_DESCRIPTOR_SIZE);
        try {
            edition.publisher()
                    .publish(
                            directoriesNow,
                            content,
                            lengthMax,
                            () -> descriptor(edition, named, valueSince, parameters, admitted, puzzleNow, lengthMax),
                            new UploadNews(keys.address(), edition.blindedKey(), ring, in.descriptors()));
            in.log()
                    .info(
                            Domain.REND,
                            "Initiating " + directoriesNow.size() + " uploads for " + name() + ", period "
                                    + edition.period().number() + ", with " + names.size() + "/"
                                    + options.introductionPoints() + " introduction points.");
        } catch (Untrusted | ProtocolViolation impossible) {
            in.log().warn(Domain.BUG, name() + ": its descriptor cannot be written: " + impossible.getMessage());
        }
    }

    /** Writes the descriptor so that we can read it too, in the place of one of the made-up clients in it if there are clients. */
    private byte[] descriptor(
            Edition edition,
            List<OwnIntroductionPoint> named,
            Instant valueSince,
            Parameters parameters,
            List<Curve25519Key> admitted,
            Optional<ProofOfWorkParameters> puzzleNow,
            int lengthMax)
            throws Untrusted, ProtocolViolation {
        List<Curve25519Key> withUs = new ArrayList<>(admitted);
        if (!admitted.isEmpty() && options.selfTest()) {
            withUs.add(visitorKey.publicKey());
        }
        byte[] written = edition.descriptor(named, valueSince, parameters, withUs, puzzleNow);
        lockedOut = written.length > lengthMax && withUs.size() > admitted.size();
        return lockedOut ? edition.descriptor(named, valueSince, parameters, admitted, puzzleNow) : written;
    }

    /** Sees whether clients can come, and goes to try it when it is time. */
    private void judge(HsDirRings rings) {
        Reachability.Facts facts = facts(rings, new SelfTest.Outcome.Off());
        if (!options.selfTest() || lockedOut) {
            reachability.update(facts);
            return;
        }
        boolean isOut =
                Reachability.judge(facts, reachability.status().isReady()).step() == Step.READY;
        if (isOut) {
            selfTest.tend(whatClientsFind(rings));
        } else if (reachability.hasBeenLostFor(FORGOTTEN_AFTER)) {
            selfTest.forget();
        }
        if (selfTest.hasNotBeenFound()) {
            editions.forEach(each -> each.publisher().expire());
        }
        reachability.update(facts(rings, selfTest.outcome()));
    }

    private Reachability.Facts facts(HsDirRings rings, SelfTest.Outcome visits) {
        Edition current = current(rings);
        Edition other = rings.newerIsCurrent() ? editions.getFirst() : editions.getLast();
        HsDirRing otherRing = rings.newerIsCurrent() ? rings.older() : rings.newer();
        return new Reachability.Facts(
                true,
                in.publishes(),
                List.of(current.points().progress(), other.points().progress()),
                List.of(
                        current.publisher().storage(current.asked(rings.current())),
                        other.publisher().storage(other.asked(otherRing))),
                visits);
    }

    /** The edition that clients look for. */
    private Edition current(HsDirRings rings) {
        return rings.newerIsCurrent() ? editions.getLast() : editions.getFirst();
    }

    private List<Object> whatClientsFind(HsDirRings rings) {
        Edition current = current(rings);
        return List.of(
                current.period(),
                current.points().named().stream()
                        .map(point -> point.authKey().publicKey())
                        .toList(),
                clients());
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
        return options.folder()
                .map(folder -> "Onion service " + folder.getFileName())
                .orElseGet(() -> "Added onion service " + in.log().scrub(keys.address()));
    }

    @Override
    public String toString() {
        return name();
    }
}

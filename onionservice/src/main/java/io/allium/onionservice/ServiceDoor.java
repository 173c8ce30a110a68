package io.allium.onionservice;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.ProtocolViolation;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Untrusted;
import io.allium.cell.IntroducePlaintext;
import io.allium.cell.Introduction;
import io.allium.circuit.OriginCircuit;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.HsNtor;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.Subcredential;
import io.allium.crypto.TimePeriod;
import io.allium.onionservice.DroppedIntroductions.Why;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/**
 * Where clients of one service come in: opens their introductions, turns copies away, and has them met. Introductions come on
 * loops and wait in a queue; one task opens them in turn, and each client that is met has a task until its circuit is there.
 * What is seen is confined to that task.
 *
 * @spec rend-spec-v3 3.3
 */
final class ServiceDoor implements AutoCloseable {
    /** Clients that are on the way to be met: each costs a circuit that is being built. */
    static final int MEETINGS_MAX = 500;

    /** How long a client's cookie is remembered: REND_REPLAY_TIME_INTERVAL of C tor. */
    private static final Duration COOKIES_REMEMBERED = Duration.ofMinutes(5);

    /** Cookies remembered at most: as many as the queue can bring in that time, about. */
    private static final int COOKIES_MAX = 100_000;

    private final String name;
    private final ServiceKeys keys;
    private final List<Ed25519Identity> masters;
    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private final Host host;
    private final Optional<ProofOfWorkDefense<Guest>> defense;
    private final DroppedIntroductions dropped;
    private final ServiceFigures figures;
    private final TaskGroup group;
    private final IntroductionQueue queue = new IntroductionQueue();
    private final Semaphore meetings = new Semaphore(MEETINGS_MAX);
    private final ReplayCache cookies = new ReplayCache(COOKIES_MAX, COOKIES_REMEMBERED.toNanos());
    private final ServingCircuits serving = new ServingCircuits();
    private volatile Map<TimePeriod, List<Subcredential>> subcredentials = Map.of(); // by the edition's period

    /** A client whose introduction was opened and is no copy, and how much it has worked for us. */
    record Guest(IntroducePlaintext invitation, HsNtor.Opened introduction, long effort) {}

    /** Goes where clients wait. */
    interface Host {
        /**
         * Meets one client.
         *
         * @param effort of the work that it has done for us; for the control port
         * @return the circuit, which serves from now on
         * @throws TorException when it cannot be met
         */
        OriginCircuit meet(IntroducePlaintext invitation, HsNtor.Opened introduction, long effort)
                throws TorException, InterruptedException;
    }

    ServiceDoor(
            String name,
            ServiceKeys keys,
            List<Ed25519Identity> masters,
            Time time,
            Tasks tasks,
            Log log,
            Host host,
            Optional<ProofOfWorkDefense<Guest>> defense,
            DroppedIntroductions dropped,
            ServiceFigures figures,
            TaskGroup group) {
        this.name = name;
        this.keys = keys;
        this.masters = List.copyOf(masters);
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.host = host;
        this.defense = defense;
        this.dropped = dropped;
        this.figures = figures;
        this.group = group;
    }

    /** Begins to let clients in. */
    void open() {
        group.fork("introductions", () -> {
            while (true) {
                IntroductionQueue.Arrival next = queue.take();
                try {
                    receive(next);
                } catch (TorException bad) {
                    dropped.note(Why.UNREADABLE);
                    log.info(Domain.REND, name + ": an introduction is of no use: " + bad.getMessage());
                } catch (RuntimeException bug) { // which must not keep others out
                    dropped.note(Why.UNREADABLE);
                    log.err(Domain.BUG, name + ": an introduction met a bug and is dropped: " + bug);
                }
            }
        });
        defense.ifPresent(queued -> group.fork("most work first", () -> {
            while (true) {
                meet(queued.take(() -> MEETINGS_MAX - meetings.availablePermits()));
            }
        }));
    }

    /** The editions that clients may have read. */
    void serves(List<Edition> editions) {
        Map<TimePeriod, List<Subcredential>> next = new TreeMap<>(subcredentials);
        next.keySet()
                .removeIf(period ->
                        editions.stream().noneMatch(each -> each.period().equals(period)));
        for (Edition each : editions) {
            next.computeIfAbsent(each.period(), period -> subcredentials(each));
        }
        subcredentials = next;
    }

    /** Those that a client may have used: the edition's own, and those of addresses that we stand in for, at about that time. */
    private List<Subcredential> subcredentials(Edition edition) {
        List<Subcredential> all = new ArrayList<>();
        all.add(Subcredential.of(keys.identity().publicKey(), edition.blindedKey()));
        for (Ed25519Identity master : masters) {
            for (TimePeriod period : List.of(
                    edition.period(),
                    edition.period().previous(),
                    edition.period().next())) {
                try {
                    all.add(Subcredential.of(master, KeyBlinding.blind(master, period)));
                } catch (Untrusted noKey) {
                    log.warn(Domain.REND, name + ": an address in ob_config is no key: " + noKey.getMessage());
                }
            }
        }
        return List.copyOf(all);
    }

    /** A client came to an introduction point; on a loop. */
    void knock(Edition edition, OwnIntroductionPoint at, Introduction client) {
        figures.introduced();
        if (!queue.offer(new IntroductionQueue.Arrival(edition, at, client, time.nanos()))) {
            dropped.note(Why.OVER_RATE); // which the log hears of by the summary: on a loop, one line each would cost
            // too much
        }
    }

    private void receive(IntroductionQueue.Arrival arrival) throws TorException, InterruptedException {
        if (!arrival.client().authKey().equals(arrival.at().authKey().publicKey())) {
            drop(Why.MISDIRECTED, "names another introduction point");
            return;
        }
        List<Subcredential> known =
                subcredentials.getOrDefault(arrival.edition().period(), List.of());
        if (known.isEmpty()) {
            drop(Why.OUTDATED, "comes for a descriptor that has expired");
            return;
        }
        boolean late = time.nanos() - arrival.since() > ProofOfWorkQueue.AGE_MAX.toNanos();
        if (late && defense.isEmpty()) { // else the queue that they go to sees to it
            drop(Why.LATE, "waited until nobody waits for its answer");
            return;
        }
        HsNtor.Opened opened = opened(arrival, known);
        IntroducePlaintext invitation = IntroducePlaintext.decode(opened.message());
        long now = time.nanos();
        if (!arrival.at().takes(arrival.client().encrypted(), now)
                || cookies.isReplay(invitation.cookie().bytes(), now)) {
            drop(Why.REPLAYED, "comes a second time");
            return;
        }
        if (defense.isPresent()) {
            queue(invitation, opened, arrival, defense.get());
        } else {
            meet(new Guest(invitation, opened, 0));
        }
    }

    private void drop(Why why, String words) {
        dropped.note(why);
        log.info(Domain.REND, name + ": an introduction " + words + ", and is dropped.");
    }

    /** Lets those wait who have worked for us or show no work; one that shows none that counts is not let in. */
    private void queue(
            IntroducePlaintext invitation,
            HsNtor.Opened opened,
            IntroductionQueue.Arrival arrival,
            ProofOfWorkDefense<Guest> defense)
            throws ProtocolViolation {
        Optional<ProofOfWork> proof = invitation.proofOfWork();
        if (proof.isPresent() && !defense.accept(arrival.edition().blindedKey(), proof.get())) {
            dropped.note(Why.WORTHLESS_WORK);
            log.info(
                    Domain.REND,
                    name + ": a proof of work, of effort " + proof.get().effort() + ", does not count.");
            return;
        }
        long effort = proof.map(ProofOfWork::effort).orElse(0L);
        if (effort > 0) {
            log.info(Domain.REND, name + ": an introduction shows work of effort " + effort + ".");
        }
        defense.add(new Guest(invitation, opened, effort), effort);
    }

    private void meet(Guest guest) throws InterruptedException {
        meetings.acquire();
        group.fork("meeting", () -> {
            try {
                serving.keep(host.meet(guest.invitation(), guest.introduction(), guest.effort()));
            } catch (TorException failed) {
                dropped.note(Why.NOT_MET);
                log.info(Domain.REND, name + ": a client could not be met: " + failed.getMessage());
            } finally {
                meetings.release();
            }
        });
    }

    /** Opens it on the pool for computations, as it takes some multiplications on the curve. */
    private HsNtor.Opened opened(IntroductionQueue.Arrival arrival, List<Subcredential> known)
            throws TorException, InterruptedException {
        Introduction client = arrival.client();
        try {
            return tasks.compute(
                            "introduction",
                            () -> HsNtor.open(
                                    client.authKey(),
                                    arrival.at().encryptionKey(),
                                    known,
                                    client.header(),
                                    client.encrypted()))
                    .get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof TorException why) {
                throw why;
            }
            throw new IllegalStateException("introduction", failed.getCause());
        }
    }

    /** Circuits that serve clients now. */
    int serving() {
        return serving.size();
    }

    /** Ends circuits whose clients have not used them for long. */
    void closeIdle() {
        serving.closeIdle(time.nanos());
    }

    /** Lets nobody in any longer and ends circuits that carry no streams; returns whether others go on. */
    boolean closeUnused() {
        return serving.closeUnused();
    }

    @Override
    public void close() {
        serving.close();
    }
}

package io.allium.directory;

import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Log.Severity;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Untrusted;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusDiff;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Slice;
import io.allium.netdoc.Unverified;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Runs {@link Bootstrap}: one task asks what to fetch and starts a task for each request; each hands in what it got. Saves
 * documents, tells listeners of new views, and goes on so that the documents stay fresh. Guarded by {@code lock}.
 *
 * @spec dir-spec 5
 */
public final class DirectoryClient implements AutoCloseable {
    /** What else must be known before circuits are built, besides enough descriptors: our first guards. */
    public interface Readiness {
        /** A sentence on what is missing; nothing when all is there. */
        Optional<String> missing();

        /** Nothing else is needed. */
        Readiness ALWAYS = Optional::empty;
    }

    /** We look again at least this often, so that a clock that jumped is noticed. */
    private static final Duration WAKE_MAX = Duration.ofSeconds(60);

    /** So that a clock that goes backwards does not make us spin. */
    private static final Duration MIN_WAIT = Duration.ofMillis(20);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private final DocumentStore store;
    private final DocumentFetcher fetcher;
    private final DirectoryEvents events;
    private final BootstrapReport report;
    private final Readiness readiness;
    private final ClockCheck clock;
    private final TaskGroup group;
    private final Bootstrap bootstrap;
    private final List<ConsensusFlavor> flavors;
    private volatile Optional<NetworkView> view = Optional.empty();
    private volatile boolean enough;
    private boolean lost;
    private boolean resting;

    public DirectoryClient(
            Time time,
            Entropy entropy,
            Tasks tasks,
            Log log,
            DirectoryPlan plan,
            DocumentStore store,
            DocumentFetcher fetcher,
            DirectoryEvents events,
            BootstrapReport report,
            Readiness readiness) {
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.store = store;
        this.fetcher = fetcher;
        this.events = events;
        this.report = report;
        this.readiness = readiness;
        this.clock = new ClockCheck(time, log, events);
        this.group = new TaskGroup(tasks, "directory");
        this.bootstrap = new Bootstrap(plan, entropy, time.now());
        this.flavors = plan.flavors();
    }

    /** What we believe about the network, once we believe anything. */
    public Optional<NetworkView> view() {
        return view;
    }

    /** Whether we know enough to build circuits. */
    public boolean hasEnough() {
        return enough;
    }

    /** The trusted consensus of a flavour, with its exact bytes; none of a flavour that is not in the plan. */
    public Optional<Consensus> consensus(ConsensusFlavor flavor) {
        if (!flavors.contains(flavor)) {
            return Optional.empty();
        }
        lock.lock();
        try {
            return bootstrap.consensus(flavor);
        } finally {
            lock.unlock();
        }
    }

    /** The certificates of the authorities that we have. */
    public List<KeyCertificate> certificates() {
        lock.lock();
        try {
            return List.copyOf(bootstrap.certificates());
        } finally {
            lock.unlock();
        }
    }

    /** The texts of those of these microdescriptors that are on the disk, which is read. */
    public Map<Sha256Digest, Slice> texts(Set<Sha256Digest> wanted) throws InterruptedException, TorException {
        Map<Sha256Digest, Slice> texts = new LinkedHashMap<>();
        for (Microdescriptor each :
                compute("microdescriptors", store::microdescriptors).values()) {
            if (wanted.contains(each.digest())) {
                texts.put(each.digest(), each.source().detached());
            }
        }
        return texts;
    }

    /** How the downloads of consensuses of this flavour go; nothing where it is not in the plan. */
    Optional<DownloadStatus> downloads(ConsensusFlavor flavor, Function<ConsensusTrack, DownloadStatus> which) {
        if (!flavors.contains(flavor)) {
            return Optional.empty();
        }
        lock.lock();
        try {
            return Optional.of(which.apply(bootstrap.downloads(flavor)));
        } finally {
            lock.unlock();
        }
    }

    /** Why circuits cannot be built yet, as a sentence. */
    public String whatIsMissing() {
        lock.lock();
        try {
            return bootstrap.isEnough(time.now())
                    ? readiness.missing().orElse("")
                    : bootstrap.whatIsMissing(time.now());
        } finally {
            lock.unlock();
        }
    }

    /** Begins: with what is on disk, then with what the network has. */
    public void start() {
        group.fork("client", () -> {
            report.reached(BootstrapPhase.STARTING);
            load();
            run();
        });
    }

    /** Reads the files on all processors at once, and takes them in in the order in which each needs those before it. */
    private void load() throws InterruptedException, TorException {
        CompletableFuture<Map<Sha256Digest, Microdescriptor>> microdescriptors =
                tasks.compute("microdescriptors", store::microdescriptors);
        List<SavedConsensus> consensuses = new ArrayList<>();
        for (ConsensusFlavor flavor : flavors) {
            consensuses.add(saved(flavor, true));
            consensuses.add(saved(flavor, false));
        }
        List<KeyCertificate> certificates = compute("certificates", store::certificates);
        Map<Sha256Digest, Microdescriptor> kept = result("microdescriptors", microdescriptors);
        kept.replaceAll((digest, each) -> each.withoutSource());
        lock.lock();
        try {
            bootstrap.certificates(certificates, time.now());
            bootstrap.keep(kept);
        } finally {
            lock.unlock();
        }
        for (SavedConsensus each : consensuses) {
            take(each);
        }
        assess();
        if (!enough && !kept.isEmpty()) {
            report.loading(bootstrap.progress());
        }
    }

    /** A consensus of the cache, which is being read. */
    private record SavedConsensus(
            ConsensusFlavor flavor, boolean verified, CompletableFuture<Optional<Unverified<Consensus>>> document) {}

    private SavedConsensus saved(ConsensusFlavor flavor, boolean verified) {
        return new SavedConsensus(flavor, verified, tasks.compute("consensus", () -> {
            Optional<byte[]> file = verified ? store.consensus(flavor) : store.unverifiedConsensus(flavor);
            return file.isPresent() ? Optional.of(Consensus.parse(file.get())) : Optional.empty();
        }));
    }

    private void take(SavedConsensus saved) throws InterruptedException, TorException {
        try {
            Optional<Unverified<Consensus>> document = result("consensus", saved.document());
            if (document.isEmpty()) {
                return;
            }
            lock.lock();
            try {
                if (bootstrap.consensus(document.get(), time.now()) == ConsensusTrack.Outcome.ACCEPTED) {
                    renewed(saved.flavor());
                }
            } finally {
                lock.unlock();
            }
        } catch (Untrusted useless) {
            if (useless.getMessage().contains("which is not now")) {
                log.info(Domain.DIR, "The saved consensus is out of date: " + useless.getMessage());
            } else {
                store.setConsensusAside(saved.flavor(), saved.verified(), useless.getMessage());
            }
        }
    }

    /** What is to be computed at length goes to the pool for it; a virtual thread would block others. */
    private <T> T compute(String name, Callable<T> work) throws InterruptedException, TorException {
        return result(name, tasks.compute(name, work));
    }

    private static <T> T result(String name, CompletableFuture<T> computed) throws InterruptedException, TorException {
        try {
            return computed.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof TorException expected) {
                throw expected;
            }
            throw new IllegalStateException(name, failed.getCause());
        }
    }

    private void run() throws InterruptedException {
        while (true) {
            assess();
            List<Ask> asks;
            lock.lockInterruptibly();
            try {
                asks = resting ? List.of() : bootstrap.asks(time.now());
                if (asks.isEmpty()) {
                    Duration until = resting ? WAKE_MAX : Duration.between(time.now(), bootstrap.wakeAt(time.now()));
                    Duration wait = until.compareTo(WAKE_MAX) < 0 ? until : WAKE_MAX;
                    time.await(lock, changed, time.nanos() + Math.max(MIN_WAIT.toNanos(), wait.toNanos()));
                }
            } finally {
                lock.unlock();
            }
            asks.forEach(ask -> group.fork("fetch", () -> fetch(ask)));
        }
    }

    private void fetch(Ask ask) throws InterruptedException {
        tellPhase(ask);
        boolean failed = true;
        try {
            DocumentFetcher.Answer answer = fetcher.fetch(ask.request(), ask.origin());
            clock.answered(answer, ask.origin());
            failed = !answer.modified() || !take(ask, answer);
        } catch (TorException problem) {
            tellFailure(ask, problem);
        } finally {
            lock.lock();
            try {
                bootstrap.ended(ask, failed, time.now());
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * A consensus that cannot be believed is worth a warning, as in C tor; that somebody has not what we want is not. Nor
     * is any of it a problem of the bootstrap: these are told by who opens channels, and of relays in a network that has
     * no consensus yet there are none.
     */
    private void tellFailure(Ask ask, TorException problem) {
        if (problem instanceof Untrusted && ask.request() instanceof DirectoryRequest.ConsensusDocument asked) {
            log.warn(
                    Domain.DIR,
                    "Unable to load " + asked.flavor().text() + " consensus directory. I'll try again soon. ("
                            + problem.getMessage() + ")");
        } else {
            log.info(Domain.DIR, "A directory request failed: " + problem.getMessage());
        }
    }

    private void tellPhase(Ask ask) {
        if (ask.request() instanceof DirectoryRequest.Microdescriptors && !enough) {
            report.reached(BootstrapPhase.REQUESTING_DESCRIPTORS);
        }
    }

    /**
     * The answer to some request begins to come in: for fetchers to tell, so that no other directory is asked for the
     * same.
     */
    public void arriving(DirectoryRequest request) {
        if (request instanceof DirectoryRequest.ConsensusDocument) {
            report.reached(BootstrapPhase.LOADING_STATUS);
            lock.lock();
            try {
                bootstrap.arriving();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Takes in what came; false when it was of no use, so that it is not asked for again at once. */
    private boolean take(Ask ask, DocumentFetcher.Answer answer) throws TorException, InterruptedException {
        byte[] document = answer.document();
        return switch (ask.request()) {
            case DirectoryRequest.ConsensusDocument consensus -> {
                byte[] whole = whole(consensus, ask, answer);
                yield takeConsensus(compute("consensus", () -> Consensus.parse(whole)), answer.source());
            }
            case DirectoryRequest.KeyCertificatesBySigningKey keys -> {
                takeCertificates(document, answer.source());
                yield true;
            }
            case DirectoryRequest.Microdescriptors asked -> {
                Set<Sha256Digest> wanted = new LinkedHashSet<>(asked.digests());
                List<Microdescriptor> read =
                        compute("microdescriptors", () -> Microdescriptor.parseAll(document)).documents().stream()
                                .filter(each -> wanted.remove(each.digest())) // what we did not ask for fills our disk
                                .toList();
                takeMicrodescriptors(read);
                saveMicrodescriptors(read);
                yield !read.isEmpty();
            }
            case DirectoryRequest.KeyCertificates other -> false;
            case DirectoryRequest.ServerDescriptors other -> false;
            case DirectoryRequest.ServerDescriptorsOf other -> false;
            case DirectoryRequest.ExtraInfos other -> false;
            case DirectoryRequest.ByPath other -> false;
        };
    }

    /**
     * What a diff makes of the consensus that we have, if one came; where it is of no use, the same directory is asked
     * for the whole document.
     */
    private byte[] whole(DirectoryRequest.ConsensusDocument asked, Ask ask, DocumentFetcher.Answer answer)
            throws TorException, InterruptedException {
        byte[] document = answer.document();
        if (!ConsensusDiff.isOne(document)) {
            return document;
        }
        try {
            Consensus base = consensus(asked.flavor()).orElseThrow(() -> new Untrusted("a diff that nobody asked for"));
            byte[] whole = compute(
                    "consensus diff", () -> ConsensusDiff.parse(document).apply(base));
            log.info(
                    Domain.DIR,
                    "Applied consensus diff (size " + document.length + ") from " + answer.source()
                            + ", resulting in a new consensus document (size " + whole.length + ").");
            return whole;
        } catch (Untrusted useless) {
            log.info(Domain.DIR, useless.in(answer.source()).getMessage() + "; asking for the whole consensus instead");
            return fetcher.fetch(asked.whole(), ask.origin()).document();
        }
    }

    private boolean takeConsensus(Unverified<Consensus> document, String source) throws TorException {
        Consensus claimed = document.claimed();
        clock.claimed(claimed);
        lock.lock();
        try {
            ConsensusTrack.Outcome outcome = bootstrap.consensus(document, time.now());
            switch (outcome) {
                case ACCEPTED -> {
                    log.info(Domain.DIR, source + " gave us the consensus of " + claimed.validAfter());
                    renewed(claimed.flavor());
                    save(() -> store.saveConsensus(
                            claimed.flavor(), claimed.source().bytes()));
                }
                case AWAITS_CERTIFICATES -> {
                    report.reached(BootstrapPhase.LOADING_KEYS);
                    save(() -> store.saveUnverifiedConsensus(
                            claimed.flavor(), claimed.source().bytes()));
                }
                case NOT_NEWER -> log.info(Domain.DIR, source + " gave us a consensus no newer than ours");
            }
            return outcome != ConsensusTrack.Outcome.NOT_NEWER;
        } catch (Untrusted bad) {
            throw bad.in(source);
        } finally {
            lock.unlock();
        }
    }

    private void takeCertificates(byte[] document, String source) throws TorException {
        List<KeyCertificate> good = new ArrayList<>();
        for (Unverified<KeyCertificate> each : KeyCertificate.parseAll(document).documents()) {
            good.add(each.verify(KeyCertificate::selfSigned));
        }
        lock.lock();
        try {
            for (ConsensusFlavor flavor : bootstrap.certificates(good, time.now())) {
                renewed(flavor);
                Consensus consensus = bootstrap.consensus(flavor).orElseThrow();
                save(() -> store.saveConsensus(flavor, consensus.source().bytes()));
            }
            save(() -> store.saveCertificates(bootstrap.certificates()));
        } catch (Untrusted bad) {
            throw bad.in(source);
        } finally {
            lock.unlock();
        }
    }

    private void takeMicrodescriptors(List<Microdescriptor> read) {
        lock.lock();
        try {
            List<Microdescriptor> wanted = bootstrap.microdescriptors(
                    read.stream().map(Microdescriptor::withoutSource).toList());
            if (wanted.isEmpty()) {
                return;
            }
            publish();
            if (!enough) {
                report.loading(bootstrap.progress());
            }
        } finally {
            lock.unlock();
        }
    }

    private void saveMicrodescriptors(List<Microdescriptor> read) {
        save(() -> store.addMicrodescriptors(read, time.now()));
        boolean complete;
        lock.lock();
        try {
            complete = bootstrap.hasAllMicrodescriptors();
        } finally {
            lock.unlock();
        }
        if (complete && store.isJournalLong()) {
            save(() -> store.mergeMicrodescriptors(this::names, time.now()));
        }
    }

    private boolean names(Sha256Digest digest) {
        lock.lock();
        try {
            return bootstrap.names(digest);
        } finally {
            lock.unlock();
        }
    }

    private interface Saving {
        void run() throws LocalFailure;
    }

    /** A full disk is no reason not to use what we got. */
    private void save(Saving saving) {
        try {
            saving.run();
        } catch (LocalFailure failed) {
            log.warn(Domain.FS, "The cache was not written: " + failed.getMessage());
        }
    }

    private void renewed(ConsensusFlavor flavor) {
        if (flavor == flavors.getFirst()) {
            publish();
            view.ifPresent(events::consensusArrived);
            report.reached(BootstrapPhase.REQUESTING_DESCRIPTORS);
        }
        events.consensusRenewed(flavor);
        changed.signalAll();
    }

    private void publish() {
        view = bootstrap.view();
        view.ifPresent(events::viewChanged);
    }

    /** Tells whether there is enough to build circuits, when that has changed. */
    private void assess() {
        lock.lock();
        try {
            boolean descriptors = bootstrap.isEnough(time.now());
            Optional<String> further = descriptors ? readiness.missing() : Optional.empty();
            boolean now = descriptors && further.isEmpty();
            bootstrap.awaitsFurther(further.isPresent());
            if (now == enough) {
                return;
            }
            enough = now;
            if (now) {
                log.write(
                        lost ? Severity.NOTICE : Severity.INFO,
                        Domain.DIR,
                        "We now have enough directory information to build circuits.");
                lost = false;
                report.reached(BootstrapPhase.ENOUGH_DIRINFO);
            } else {
                lost = true;
                log.notice(
                        Domain.DIR,
                        "Our directory information is no longer up-to-date enough to build circuits: "
                                + further.orElseGet(() -> bootstrap.whatIsMissing(time.now())));
            }
            events.enoughInformation(now);
        } finally {
            lock.unlock();
        }
    }

    /** Something changed that the decisions depend on, such as our guards. */
    public void reconsider() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks nobody for anything from now on, or does so again; what is under way comes in. */
    public void rest(boolean rests) {
        lock.lock();
        try {
            resting = rests;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** There should be a consensus by now that we have no way to expect: asks for it at once. */
    public void lookForConsensus() {
        lock.lock();
        try {
            bootstrap.lookForConsensus(time.now());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends all downloads. */
    @Override
    public void close() {
        group.close();
    }
}

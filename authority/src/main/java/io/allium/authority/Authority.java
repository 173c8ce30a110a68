package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.HttpFetcher;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.ExtraInfo;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Timestamps;
import io.allium.relay.DirectoryHandler;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A directory authority: takes relays' descriptors, tests whether the relays answer, and agrees with the other
 * authorities on the network, period after period.
 *
 * <p>Runs three tasks, which {@link #close} ends: the voting, one period after the other; the reachability tests; and
 * the housekeeping of what is kept. Requests come through {@link #handlers} on tasks of the directory server. What they
 * share is in classes that each have a lock of their own. Where one is held while another is taken, it is in this order: the
 * journal's of submissions, that of the submissions, that of the pinned keys.
 *
 * @spec dir-spec 3
 */
public final class Authority implements AutoCloseable {
    /** How long one exchange with another authority may take: after that its time in the period is over. */
    private static final Duration EXCHANGE_PATIENCE = Duration.ofMinutes(2);

    private static final String SHARED_RANDOM_FILE = "sr-state";
    private static final String CERTIFICATES_FILE = "cached-certs";

    private final Time time;
    private final Disk disk;
    private final Log log;
    private final AuthorityOptions options;
    private volatile AuthorityKeys keys;
    private final Voter voter;
    private final ExpiryWarning expiryWarning = new ExpiryWarning();
    private final TaskGroup tasks;
    private final RelayWatch relays;
    private final Certificates certificates;
    private final Published published;
    private final VotingPeriod period;
    private final List<DirectoryHandler> handlers;

    /** Hears what each period gave. */
    @FunctionalInterface
    public interface Publication {
        /** A consensus that enough authorities signed. */
        void published(ConsensusFlavor flavor, byte[] document);

        /** There is none of ours; the others may have made one without us. It comes back through {@link #heard}. */
        default void missed() {}
    }

    /**
     * Reads the files of an earlier life; nothing runs before {@link #start}.
     *
     * @param ourselves our identity as a relay
     * @throws LocalFailure when a file is there and cannot be read
     */
    public Authority(
            Time time,
            Entropy entropy,
            Tasks tasks,
            HttpFetcher.Dialler network,
            Disk disk,
            Log log,
            AuthorityOptions options,
            AuthorityKeys keys,
            Fingerprint ourselves,
            Reachability.Dialer dialer,
            Publication publication)
            throws LocalFailure {
        this.time = time;
        this.disk = disk;
        this.log = log;
        this.options = options;
        this.keys = keys;
        this.tasks = new TaskGroup(tasks, "authority");
        Set<Fingerprint> voters = voters(options.authorities());
        Optional<Fingerprint> formerly = keys.legacy().map(AuthorityKeys::identity);
        certificates = new Certificates(voters, formerly);
        loadCertificates();
        certificates.add(keys.certificate());
        keys.legacy().ifPresent(legacy -> certificates.add(legacy.certificate()));
        relays = new RelayWatch(
                time,
                tasks,
                disk,
                log,
                options,
                ourselves,
                dialer,
                options.vote().maxServersPerAddress());
        Microdescriptors microdescriptors = new Microdescriptors();
        published = new Published(disk, log, options.dataDirectory(), publication, savedConsensus());
        SharedRandom sharedRandom =
                new SharedRandom(disk, file(SHARED_RANDOM_FILE), entropy, log, keys.identity(), voters);
        Ballots ballots = new Ballots(voters, certificates, sharedRandom::hear, log);
        Drafts drafts = new Drafts(voters, certificates, log);
        VoteBuilder builder = new VoteBuilder(options.vote(), options.flags(), keys.identity(), formerly);
        voter = new Voter(
                disk,
                log,
                keys,
                relays.censusTaker(),
                builder,
                sharedRandom,
                microdescriptors,
                published,
                options.bandwidthFile(),
                options.guardFractionFile(),
                voters.size());
        HttpFetcher http = new HttpFetcher(time, entropy, network, options.authorities(), EXCHANGE_PATIENCE);
        Peers peers = new Peers(http, log, others());
        MissingDescriptors missing = new MissingDescriptors(relays.submissions(), peers, time, log);
        PeriodRecord record = new PeriodRecord(disk, log, options.dataDirectory(), keys.identity());
        period = new VotingPeriod(
                time, tasks, log, voter, peers, ballots, drafts, published, record, missing, sharedRandom);
        handlers = List.of(
                new VotingDirectory(time, ballots, drafts, certificates, published, keys.identity()),
                new DescriptorDirectory(time, relays.submissions(), microdescriptors, ourselves));
    }

    /** For the directory server, before those of any relay: they know more. */
    public List<DirectoryHandler> handlers() {
        return handlers;
    }

    /** Our own descriptor is voted on like any other. */
    public void ownDescriptor(RouterDescriptor descriptor, Optional<ExtraInfo> extraInfo) {
        relays.submissions().addOwn(descriptor, extraInfo, time.now());
    }

    /** The times of a consensus that is proven, whoever made it: our next period begins when everybody's does. */
    public void heard(DocumentTimes consensus) {
        published.heard(consensus);
    }

    public Submissions submissions() {
        return relays.submissions();
    }

    /**
     * Signs with these from now on, which the operator put in the place of the others.
     *
     * @throws LocalFailure where they are of another identity, with which nobody would know us
     */
    public void take(AuthorityKeys next) throws LocalFailure {
        if (!next.identity().equals(keys.identity())
                || !next.legacy()
                        .map(AuthorityKeys::identity)
                        .equals(keys.legacy().map(AuthorityKeys::identity))) {
            throw new LocalFailure("The v3 authority certificate is of another identity than "
                    + keys.identity().hex() + ", which takes effect only at the next start");
        }
        if (next.certificate().source().equals(keys.certificate().source())) {
            return;
        }
        certificates.add(next.certificate());
        voter.take(next);
        keys = next;
        log.notice(
                Log.Domain.DIR,
                "Took a new v3 authority certificate, which expires at "
                        + Timestamps.text(next.certificate().expires()));
    }

    /** The operator's verdicts have changed. */
    public void reconsider() {
        relays.submissions().dropRejected();
    }

    /** Begins to vote and to test. */
    public void start() {
        voter.readBandwidths(time.now());
        tasks.fork("voting", this::vote);
        relays.start(tasks);
    }

    @Override
    public void close() {
        tasks.close();
        relays.save();
    }

    private void vote() throws InterruptedException {
        String known =
                voters(options.authorities()).stream().map(Fingerprint::hex).collect(Collectors.joining(", "));
        log.notice(
                Log.Domain.DIR,
                "Scheduling voting.  Known authority IDs are " + known + ". Mine is "
                        + keys.identity().hex() + ".");
        while (true) {
            Instant now = time.now();
            expiryWarning.look(keys.certificate().expires(), now, log);
            VotingSchedule schedule =
                    VotingSchedule.next(now, timing(now), options.vote().startOffset());
            if (!period.awaitBeginning(schedule)) {
                continue;
            }
            // A task of its own: should a period end by an error of ours, there is still the next.
            tasks.fork("period", () -> period.run(schedule)).join();
            Duration left = Duration.between(time.now(), schedule.validAfter());
            if (left.isPositive()) {
                time.sleep(left);
            }
            saveCertificates();
        }
    }

    /** Everybody goes by the live consensus; without one, by the initial intervals of the options. */
    private VotingSchedule.Timing timing(Instant now) {
        return published.live(now).map(Authority::timing).orElse(options.vote().initialTiming());
    }

    private static VotingSchedule.Timing timing(DocumentTimes times) {
        return new VotingSchedule.Timing(
                Duration.between(times.validAfter(), times.freshUntil()), times.voteDelay(), times.distributionDelay());
    }

    /** The times of the consensus that an earlier life published; one that makes no sense is none. */
    private Optional<DocumentTimes> savedConsensus() throws LocalFailure {
        Optional<byte[]> saved = disk.read(file(Published.cacheFile(ConsensusFlavor.NS)));
        if (saved.isEmpty()) {
            return Optional.empty();
        }
        try {
            Consensus consensus = Consensus.parse(saved.get()).claimed(); // ours: nobody else writes there
            return Optional.of(consensus.header().times());
        } catch (Untrusted damaged) {
            log.warn(Log.Domain.DIR, damaged.in("cached-consensus").getMessage());
            return Optional.empty();
        }
    }

    private void loadCertificates() throws LocalFailure {
        Optional<byte[]> saved = disk.read(file(CERTIFICATES_FILE));
        if (saved.isPresent()) {
            for (var unverified : KeyCertificate.parseAll(saved.get()).documents()) {
                try {
                    certificates.add(unverified.verify(KeyCertificate::selfSigned));
                } catch (Untrusted damaged) {
                    log.warn(Log.Domain.DIR, damaged.in(CERTIFICATES_FILE).getMessage());
                }
            }
        }
    }

    private void saveCertificates() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (KeyCertificate certificate : certificates.all()) {
            all.writeBytes(certificate.source().bytes());
        }
        try {
            disk.write(file(CERTIFICATES_FILE), all.toByteArray());
        } catch (LocalFailure unwritable) {
            log.warn(Log.Domain.FS, unwritable.getMessage());
        }
    }

    /** The v3 identities of all that vote. */
    private static Set<Fingerprint> voters(List<DirectoryAuthority> authorities) {
        return authorities.stream()
                .filter(authority -> !authority.bridge())
                .flatMap(authority -> authority.v3Ident().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<DirectoryAuthority> others() {
        return options.authorities().stream()
                .filter(authority -> !authority.bridge() && authority.v3Ident().isPresent())
                .filter(authority -> !authority.v3Ident().equals(Optional.of(keys.identity())))
                .toList();
    }

    private Path file(String name) {
        return options.dataDirectory().resolve(name);
    }
}

package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.crypto.Fingerprint;
import io.allium.directory.DirectoryAuthority;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What any directory authority does with relays, or with bridges: takes their descriptors, tests whether they answer, keeps
 * their histories, and takes the census of them. Its parts are safe from any thread.
 */
final class RelayWatch {
    /** How often histories are discounted and saved, and old descriptors dropped. */
    private static final Duration HOUSEKEEPING = Duration.ofMinutes(10);

    private final Time time;
    private final Disk disk;
    private final Log log;
    private final Path stabilityFile;
    private final RouterStability stability;
    private final Reachability reachability;
    private final Submissions submissions;
    private final CensusTaker censusTaker;

    /**
     * Reads the files of an earlier life; nothing runs before {@link #start}.
     *
     * @param ourselves our identity as a relay
     * @param maxServersPerAddress how many may be at one address; 0 for no limit
     * @throws LocalFailure when a file is there and cannot be read
     */
    RelayWatch(
            Time time,
            Tasks tasks,
            Disk disk,
            Log log,
            AuthorityOptions options,
            Fingerprint ourselves,
            Reachability.Dialer dialer,
            int maxServersPerAddress)
            throws LocalFailure {
        this.time = time;
        this.disk = disk;
        this.log = log;
        Path folder = options.dataDirectory();
        Instant now = time.now();
        stabilityFile = folder.resolve(RouterStability.FILE);
        stability = RouterStability.load(disk, stabilityFile, now);
        reachability = new Reachability(
                time, tasks, log, dialer, stability, ourselves, Reachability.Settings.of(options, now));
        KeyPins pins = KeyPins.load(disk, folder.resolve(KeyPins.FILE));
        submissions = new Submissions(options.submissions(), pins, log, reachability::test);
        submissions.keepIn(new SubmissionJournal(disk, log, folder, submissions::documents), now);
        Set<Fingerprint> authorities = options.authorities().stream()
                .map(DirectoryAuthority::fingerprint)
                .collect(Collectors.toCollection(TreeSet::new));
        censusTaker = new CensusTaker(
                submissions,
                reachability,
                stability,
                options.badRelays(),
                authorities,
                options.flags(),
                maxServersPerAddress,
                options.vote().timeToLearnReachability(),
                now);
    }

    Submissions submissions() {
        return submissions;
    }

    CensusTaker censusTaker() {
        return censusTaker;
    }

    /** Begins the reachability tests and the housekeeping. */
    void start(TaskGroup tasks) {
        tasks.fork("reachability", () -> reachability.run(submissions));
        tasks.fork("housekeeping", this::keepHouse);
    }

    private void keepHouse() throws InterruptedException {
        while (true) {
            time.sleep(HOUSEKEEPING);
            Instant now = time.now();
            submissions.expire(now);
            reachability.forget(submissions.current(now), now);
            stability.discount(now);
            save();
        }
    }

    /** Writes down the histories. */
    void save() {
        try {
            stability.save(disk, stabilityFile, time.now());
        } catch (LocalFailure unwritable) {
            log.warn(Log.Domain.FS, unwritable.getMessage());
        }
    }
}

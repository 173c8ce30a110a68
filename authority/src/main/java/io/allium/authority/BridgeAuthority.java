package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.crypto.Fingerprint;
import io.allium.relay.DirectoryHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The bridge authority: takes bridges' descriptors, tests whether they answer, and writes down what it found for the tools
 * that hand bridges out. It votes on nothing, for bridges are in no consensus.
 *
 * <p>Runs three tasks, which {@link #close} ends: the reachability tests, the writing of the status, and the housekeeping.
 *
 * @spec bridgedb-spec 1
 */
public final class BridgeAuthority implements AutoCloseable {
    /** How often the status is written; as in C tor. */
    private static final Duration STATUS_INTERVAL = Duration.ofMinutes(30);

    private static final String STATUS_FILE = "networkstatus-bridges";

    private final Time time;
    private final Disk disk;
    private final Log log;
    private final Path dataDirectory;
    private final Fingerprint ourselves;
    private final TaskGroup tasks;
    private final RelayWatch bridges;
    private final Optional<String> password;

    /**
     * Reads the files of an earlier life; nothing runs before {@link #start}.
     *
     * @param ourselves our identity as a relay
     * @param password {@code BridgePassword}
     * @throws LocalFailure when a file is there and cannot be read
     */
    public BridgeAuthority(
            Time time,
            Tasks tasks,
            Disk disk,
            Log log,
            AuthorityOptions options,
            Fingerprint ourselves,
            Reachability.Dialer dialer,
            Optional<String> password)
            throws LocalFailure {
        this.time = time;
        this.disk = disk;
        this.log = log;
        this.dataDirectory = options.dataDirectory();
        this.ourselves = ourselves;
        this.password = password;
        this.tasks = new TaskGroup(tasks, "bridge authority");
        this.bridges = new RelayWatch(
                time, tasks, disk, log, options, ourselves, dialer, 0); // many bridges at one address are no attack
    }

    /** For the directory server, before those of any relay. */
    public List<DirectoryHandler> handlers() {
        return List.of(new BridgeDirectory(time, bridges.submissions(), this::status, password));
    }

    /** The operator's verdicts have changed. */
    public void reconsider() {
        bridges.submissions().dropRejected();
    }

    /** Begins to test and to write. */
    public void start() {
        bridges.start(tasks);
        tasks.fork("status", this::keepStatus);
    }

    @Override
    public void close() {
        tasks.close();
        bridges.save();
    }

    private BridgeStatus status() {
        return new BridgeStatus(bridges.censusTaker().take(Optional.empty(), time.now()), ourselves);
    }

    private void keepStatus() throws InterruptedException {
        while (true) {
            try {
                byte[] text = status().text().getBytes(StandardCharsets.US_ASCII);
                disk.write(dataDirectory.resolve(STATUS_FILE), text);
            } catch (LocalFailure unwritable) {
                log.warn(Log.Domain.DIRSERV, "Unable to write networkstatus-bridges file: " + unwritable.getMessage());
            }
            time.sleep(STATUS_INTERVAL);
        }
    }
}

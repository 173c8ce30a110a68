package io.allium.relay;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.directory.ContentCoding;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusDiff;
import io.allium.netdoc.ConsensusDiffWriter;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.Sha3Digest;
import io.allium.netdoc.Slice;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The consensuses before the newest, on the disk, and the diffs from them to it, in memory: each made once, when the
 * first asks for it, in the pool for heavy work. Guarded by {@code lock}.
 *
 * @spec dir-spec 4.5
 */
public final class ConsensusDiffs implements AutoCloseable {
    /**
     * Earlier consensuses kept of each flavour, if {@code max-consensus-age-to-cache-for-diff} does not say fewer: a
     * little less than the 72 hours that it says usually, some 60 MB on the disk. C tor keeps 128 files of all kinds.
     */
    static final int EARLIER_MAX = 64;

    /** Diffs to the newest that are kept in memory: from each of those. A usual one has 100 to 500 KB. */
    static final int DIFFS_MAX = 2 * EARLIER_MAX;

    /** How often we look whether there is a new consensus. */
    static final Duration ROUND = Duration.ofSeconds(10);

    /** In the data directory. */
    static final String FOLDER = "earlier-consensuses";

    /** A consensus of today's network has 3 MB. */
    private static final int LENGTH_MAX = 64 << 20;

    /** A file's name says all: {@code microdesc-1763632800-72A1…}, the time in seconds and the digest as signed. */
    private record Earlier(ConsensusFlavor flavor, Instant validAfter, Sha3Digest digest) {
        String fileName() {
            return flavor.text() + "-" + validAfter.getEpochSecond() + "-" + digest.hex();
        }

        static Optional<Earlier> named(String fileName) {
            String[] parts = fileName.split("-", -1);
            if (parts.length != 3 || !parts[1].matches("[0-9]{1,11}")) {
                return Optional.empty();
            }
            for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
                if (flavor.text().equals(parts[0])) {
                    try {
                        return Optional.of(new Earlier(
                                flavor, Instant.ofEpochSecond(Long.parseLong(parts[1])), Sha3Digest.parse(parts[2])));
                    } catch (Untrusted notOurs) {
                        return Optional.empty();
                    }
                }
            }
            return Optional.empty();
        }
    }

    private record Named(Slice source, Sha3Digest digest) {}

    private record Pair(ConsensusFlavor flavor, Sha3Digest from, Sha3Digest to) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private final Disk disk;
    private final Path folder;
    private final Function<ConsensusFlavor, Optional<Consensus>> consensuses;
    private final TaskGroup running;
    private final Map<ConsensusFlavor, Named> newest = new EnumMap<>(ConsensusFlavor.class);
    private final Map<Sha3Digest, Earlier> earlier = new LinkedHashMap<>();
    private final Map<Pair, CompletableFuture<Optional<Slice>>> diffs = new LinkedHashMap<>(16, 0.75f, true);

    /** @param consensuses the newest of each flavour */
    public ConsensusDiffs(
            Time time,
            Tasks tasks,
            Log log,
            Disk disk,
            Path dataDirectory,
            Function<ConsensusFlavor, Optional<Consensus>> consensuses) {
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.disk = disk;
        this.folder = dataDirectory.resolve(FOLDER);
        this.consensuses = consensuses;
        this.running = new TaskGroup(tasks, "consensus diffs");
    }

    /** Begins with those on the disk, and keeps the newest from now on. */
    public void start() {
        running.fork("keep", this::run);
    }

    private void run() throws InterruptedException {
        try {
            load();
        } catch (LocalFailure unusable) {
            log.warn(Log.Domain.FS, "No consensus diffs are served: " + unusable.getMessage());
            return;
        }
        while (true) {
            for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
                Optional<Consensus> latest = consensuses.apply(flavor);
                if (latest.isPresent()) {
                    keep(latest.get());
                }
            }
            time.sleep(ROUND);
        }
    }

    /** Takes in what an earlier life kept. */
    void load() throws LocalFailure {
        disk.privateFolder(folder);
        List<Path> files = disk.list(folder);
        lock.lock();
        try {
            for (Path file : files) {
                Earlier.named(file.getFileName().toString()).ifPresent(each -> earlier.put(each.digest, each));
            }
        } finally {
            lock.unlock();
        }
    }

    /** The digest of what is signed of the newest consensus: taken once, as it takes some 10 ms. */
    @SuppressWarnings("ReferenceEquality") // comparing the bytes would take as long
    Sha3Digest digest(Consensus consensus) {
        lock.lock();
        try {
            Named known = newest.get(consensus.flavor());
            if (known != null && known.source == consensus.source()) {
                return known.digest;
            }
        } finally {
            lock.unlock();
        }
        Named named = new Named(consensus.source(), consensus.sha3());
        lock.lock();
        try {
            newest.put(consensus.flavor(), named);
            return named.digest;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a consensus for when there is a newer one, and forgets those that are too old or too many. */
    void keep(Consensus latest) {
        Earlier kept = new Earlier(latest.flavor(), latest.validAfter(), digest(latest));
        lock.lock();
        try {
            if (earlier.containsKey(kept.digest)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        try {
            disk.write(folder.resolve(kept.fileName()), ContentCoding.DEFLATE.encode(latest.source()));
            for (Earlier old : put(kept, latest)) {
                disk.delete(folder.resolve(old.fileName()));
            }
        } catch (LocalFailure full) {
            log.warn(Log.Domain.FS, "A consensus was not kept for diffs: " + full.getMessage());
        }
    }

    /** Those that are forgotten for it. */
    private List<Earlier> put(Earlier latest, Consensus consensus) {
        int hours = new Parameters(consensus.parameters()).get(Parameter.MAX_CONSENSUS_AGE_TO_CACHE_FOR_DIFF);
        Instant oldest = time.now().minus(Duration.ofHours(hours));
        lock.lock();
        try {
            earlier.put(latest.digest, latest);
            Map<Instant, Earlier> ofFlavor = new TreeMap<>();
            earlier.values().stream()
                    .filter(each -> each.flavor == latest.flavor)
                    .forEach(each -> ofFlavor.put(each.validAfter, each));
            List<Earlier> forgotten = new ArrayList<>();
            int left = ofFlavor.size();
            for (Earlier each : ofFlavor.values()) {
                if (!each.equals(latest) && (left > EARLIER_MAX || each.validAfter.isBefore(oldest))) {
                    forgotten.add(each);
                    left--;
                }
            }
            forgotten.forEach(each -> earlier.remove(each.digest));
            return forgotten;
        } finally {
            lock.unlock();
        }
    }

    /** The diff from the first of these that we know to the newest consensus of their flavour. */
    Optional<Slice> diff(Collection<Sha3Digest> known, Consensus target) throws InterruptedException {
        for (Sha3Digest from : known) {
            Optional<CompletableFuture<Optional<Slice>>> diff = find(from, target);
            if (diff.isPresent()) {
                try {
                    Optional<Slice> made = diff.get().get();
                    if (made.isPresent()) {
                        return made;
                    }
                } catch (ExecutionException failed) {
                    throw new IllegalStateException("making a consensus diff", failed.getCause());
                }
            }
        }
        return Optional.empty();
    }

    private Optional<CompletableFuture<Optional<Slice>>> find(Sha3Digest from, Consensus target) {
        Sha3Digest to = digest(target);
        lock.lock();
        try {
            Earlier old = earlier.get(from);
            if (old == null || old.flavor != target.flavor() || from.equals(to)) {
                return Optional.empty();
            }
            diffs.keySet().removeIf(pair -> pair.flavor == old.flavor && !pair.to.equals(to));
            CompletableFuture<Optional<Slice>> diff = diffs.computeIfAbsent(
                    new Pair(old.flavor, from, to), _ -> tasks.compute("consensus diff", () -> make(old, target)));
            if (diffs.size() > DIFFS_MAX) {
                diffs.remove(diffs.keySet().iterator().next()); // the least recently used
            }
            return Optional.of(diff);
        } finally {
            lock.unlock();
        }
    }

    /** Nothing when what we kept cannot be read: who asked gets the whole document then. */
    private Optional<Slice> make(Earlier old, Consensus target) {
        try {
            Optional<byte[]> saved = disk.read(folder.resolve(old.fileName()));
            if (saved.isEmpty()) {
                return Optional.empty();
            }
            byte[] text = ContentCoding.DEFLATE.decode(saved.get(), LENGTH_MAX);
            ConsensusDiff diff =
                    ConsensusDiffWriter.between(Consensus.parse(text).claimed(), target);
            log.info(
                    Log.Domain.DIRSERV,
                    "Made the diff from the " + old.flavor.text() + " consensus of " + old.validAfter + " to that of "
                            + target.validAfter());
            return Optional.of(Slice.of(diff.bytes()));
        } catch (LocalFailure | Untrusted unreadable) {
            log.warn(Log.Domain.DIRSERV, unreadable.in(old.fileName()).getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        running.close();
    }
}

package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Untrusted;
import io.allium.control.ControlText;
import io.allium.control.ControlTime;
import io.allium.crypto.Fingerprint;
import io.allium.directory.DirectoryRequest;
import io.allium.directory.DocumentFetcher;
import io.allium.directory.DocumentStore;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha1Digest;
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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The server descriptors that the consensus names, fetched from the authorities for those who ask us. Guarded by
 * {@code lock}.
 *
 * @spec dir-spec 4.2
 */
public final class CachedDescriptors implements AutoCloseable {
    /** How often the consensus is looked at. */
    static final Duration ROUND = Duration.ofSeconds(10);

    /** The file in the cache directory, in C tor's format. */
    static final String FILE = "cached-descriptors";

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Log log;
    private final DocumentFetcher fetcher;
    private final DocumentStore store;
    private final Supplier<Optional<Consensus>> consensus;
    private final RelayEvents events;
    private final TaskGroup running;
    private final Map<Sha1Digest, RouterDescriptor> byDigest = new LinkedHashMap<>();
    private final Map<Fingerprint, RouterDescriptor> byRelay = new LinkedHashMap<>();

    /** @param consensus the newest of flavour ns */
    public CachedDescriptors(
            Time time,
            Tasks tasks,
            Log log,
            DocumentFetcher fetcher,
            DocumentStore store,
            Supplier<Optional<Consensus>> consensus,
            RelayEvents events) {
        this.running = new TaskGroup(tasks, "descriptor cache");
        this.time = time;
        this.log = log;
        this.fetcher = fetcher;
        this.store = store;
        this.consensus = consensus;
        this.events = events;
    }

    /** Begins with what is on the disk, and fetches until closed. */
    public void start() {
        running.fork("fetch", this::run);
    }

    private void run() throws InterruptedException {
        load();
        while (true) {
            consensus.get().ifPresent(this::keepListed);
            boolean fetched = false;
            List<Sha1Digest> missing = missing();
            for (int i = 0; i < missing.size(); i += DirectoryRequest.ServerDescriptors.MAX) {
                int end = Math.min(missing.size(), i + DirectoryRequest.ServerDescriptors.MAX);
                fetched |= fetch(missing.subList(i, end));
            }
            if (fetched) {
                save();
            }
            time.sleep(ROUND);
        }
    }

    /** What an earlier life kept. */
    void load() {
        store.file(FILE).ifPresent(content -> add(content, RouterDescriptor::annotations));
    }

    private List<Sha1Digest> missing() {
        List<Sha1Digest> missing = new ArrayList<>();
        for (RouterStatus router : consensus.get().map(Consensus::routers).orElse(List.of())) {
            router.descriptor().filter(digest -> at(digest).isEmpty()).ifPresent(missing::add);
        }
        return missing;
    }

    boolean fetch(List<Sha1Digest> digests) throws InterruptedException {
        try {
            DocumentFetcher.Answer answer =
                    fetcher.fetch(new DirectoryRequest.ServerDescriptors(digests), DocumentFetcher.Origin.AUTHORITY);
            List<String> notes = notes(answer);
            return add(answer.document(), _ -> notes) > 0;
        } catch (TorException later) {
            log.info(Log.Domain.DIR, "Server descriptors could not be fetched: " + later.getMessage());
            return false;
        }
    }

    /** When and from whom they came, as C tor notes it before each in its file. */
    private List<String> notes(DocumentFetcher.Answer answer) {
        List<String> notes = new ArrayList<>(List.of("@downloaded-at " + ControlTime.seconds(time.now())));
        answer.address().ifPresent(from -> notes.add("@source \"" + Endpoint.text(from) + "\""));
        return notes;
    }

    /**
     * Takes those that are signed as they should be; returns how many.
     *
     * @param notes what is noted of each
     */
    private int add(byte[] documents, Function<RouterDescriptor, List<String>> notes) {
        int added = 0;
        for (Unverified<RouterDescriptor> each :
                RouterDescriptor.parseAll(documents).documents()) {
            try {
                RouterDescriptor good = each.verify(RouterDescriptor.signedAt(time.now()));
                put(good.annotated(notes.apply(good)));
                events.descriptorArrived(good);
                added++;
            } catch (Untrusted bad) {
                log.info(Log.Domain.DIR, "A server descriptor is of no use: " + bad.getMessage());
            }
        }
        return added;
    }

    private void put(RouterDescriptor descriptor) {
        lock.lock();
        try {
            byDigest.put(descriptor.digest(), descriptor);
            byRelay.put(descriptor.fingerprint(), descriptor);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what the consensus does not name any more. */
    private void keepListed(Consensus newest) {
        Set<Sha1Digest> listed = new LinkedHashSet<>();
        newest.routers().forEach(router -> router.descriptor().ifPresent(listed::add));
        lock.lock();
        try {
            byDigest.keySet().retainAll(listed);
            byRelay.values().removeIf(each -> !listed.contains(each.digest()));
        } finally {
            lock.unlock();
        }
    }

    void save() {
        try {
            store.saveFile(FILE, Slice.join(allWithNotes()));
        } catch (LocalFailure full) {
            log.warn(Log.Domain.FS, "The cache was not written: " + full.getMessage());
        }
    }

    /** The texts of all but this relay's. */
    List<Slice> others(Fingerprint relay) {
        lock.lock();
        try {
            return byRelay.values().stream()
                    .filter(each -> !each.fingerprint().equals(relay))
                    .map(RouterDescriptor::source)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private List<Slice> allWithNotes() {
        lock.lock();
        try {
            return byRelay.values().stream()
                    .flatMap(each -> Stream.of(Slice.of(ControlText.bytes(notes(each))), each.source()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** What is noted of one, a line each. */
    static String notes(RouterDescriptor descriptor) {
        return descriptor.annotations().stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    /** The text of the one with this digest. */
    Optional<Slice> at(Sha1Digest digest) {
        lock.lock();
        try {
            return Optional.ofNullable(byDigest.get(digest)).map(RouterDescriptor::source);
        } finally {
            lock.unlock();
        }
    }

    /** This relay's newest. */
    Optional<RouterDescriptor> of(Fingerprint relay) {
        lock.lock();
        try {
            return Optional.ofNullable(byRelay.get(relay));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        running.close();
    }
}

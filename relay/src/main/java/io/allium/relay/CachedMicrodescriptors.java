package io.allium.relay;

import io.allium.base.Time;
import io.allium.directory.DocumentStore;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The texts of the microdescriptors that the directory client has put on the disk: it keeps only their meaning in memory.
 * Read anew when one is asked for that we have not seen, but not more often than every few seconds. Guarded by
 * {@code lock}.
 */
public final class CachedMicrodescriptors {
    /** How often the disk is looked at: who asks for nonsense shall not keep it busy. */
    static final Duration PAUSE = Duration.ofSeconds(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final DocumentStore store;
    private Map<Sha256Digest, Slice> known = Map.of();
    private @Nullable Long read;

    public CachedMicrodescriptors(Time time, DocumentStore store) {
        this.time = time;
        this.store = store;
    }

    /** The texts of those among them that we have. */
    List<Slice> find(Collection<Sha256Digest> wanted) {
        lock.lock();
        try {
            boolean isLate = read == null || time.nanos() - read >= PAUSE.toNanos();
            if (isLate && !known.keySet().containsAll(wanted)) {
                load();
            }
            List<Slice> found = new ArrayList<>();
            for (Sha256Digest digest : wanted) {
                Slice text = known.get(digest);
                if (text != null) {
                    found.add(text);
                }
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    private void load() {
        Map<Sha256Digest, Slice> texts = new LinkedHashMap<>();
        for (Map.Entry<Sha256Digest, Microdescriptor> each :
                store.microdescriptors().entrySet()) {
            texts.put(each.getKey(), each.getValue().source());
        }
        known = texts;
        read = time.nanos();
    }
}

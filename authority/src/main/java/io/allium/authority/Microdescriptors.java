package io.allium.authority;

import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Slice;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The microdescriptors that our votes name, which caches and clients then ask for. Guarded by {@code lock}.
 *
 * @spec dir-spec 3.3
 */
final class Microdescriptors {
    /** Two for each relay that we may know, and as many of the votes before. Some 100 MB. */
    static final int KEPT_MAX = 4 * Submissions.RELAYS_MAX;

    /** Longer than any consensus is used that names it. */
    private static final Duration KEPT_FOR = Duration.ofDays(2);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Sha256Digest, Kept> kept = new HashMap<>();

    private record Kept(Slice document, Instant lastNamed) {}

    /** Keeps what a vote names, and forgets what none has named for long. */
    void name(Collection<MicrodescriptorVotes> named, Instant now) {
        lock.lock();
        try {
            kept.values().removeIf(each -> each.lastNamed.isBefore(now.minus(KEPT_FOR)));
            for (MicrodescriptorVotes each : named) {
                for (int i = 0; i < each.votes().size(); i++) {
                    keep(each.votes().get(i).digest(), each.documents().get(i), now);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void keep(Sha256Digest digest, Slice document, Instant now) {
        if (kept.size() < KEPT_MAX || kept.containsKey(digest)) {
            kept.put(digest, new Kept(document, now));
        }
    }

    Optional<Slice> get(Sha256Digest digest) {
        lock.lock();
        try {
            return Optional.ofNullable(kept.get(digest)).map(Kept::document);
        } finally {
            lock.unlock();
        }
    }
}

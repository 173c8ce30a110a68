package io.allium.authority;

import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.Sha256Digest;
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

    private record Kept(Microdescriptor microdescriptor, Instant lastNamed) {}

    /** Keeps what a vote names, and forgets what none has named for long. */
    void name(Collection<Microdescriptor> named, Instant now) {
        lock.lock();
        try {
            kept.values().removeIf(each -> each.lastNamed.isBefore(now.minus(KEPT_FOR)));
            for (Microdescriptor each : named) {
                if (kept.size() < KEPT_MAX || kept.containsKey(each.digest())) {
                    kept.put(each.digest(), new Kept(each, now));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    Optional<Microdescriptor> get(Sha256Digest digest) {
        lock.lock();
        try {
            return Optional.ofNullable(kept.get(digest)).map(Kept::microdescriptor);
        } finally {
            lock.unlock();
        }
    }
}

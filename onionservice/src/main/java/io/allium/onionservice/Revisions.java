package io.allium.onionservice;

import io.allium.crypto.Ed25519Identity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The revision that the last descriptor of each blinded key had. Directories take only a greater one, and the counter of a key stands
 * still for a second: a service that ends and begins again meanwhile goes on from where it was. Guarded by {@code lock}.
 *
 * @spec rend-spec-v3 2.2.6, F
 */
public final class Revisions {
    /** Two for each service that may be added, and as many for those that they replace: 100 bytes each. */
    static final int KEYS_MAX = 4 * AddedServices.SERVICES_MAX;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Ed25519Identity, Long> last = new LinkedHashMap<>(); // the one used longest ago is first

    /**
     * The revision for a descriptor that is made now: what the counter says, if that is more than the last.
     *
     * @param counter what the time makes of it
     */
    long next(Ed25519Identity blinded, long counter) {
        lock.lock();
        try {
            Long before = last.remove(blinded); // so that it stands last
            long revision = before == null ? counter : Math.max(before + 1, counter);
            last.put(blinded, revision);
            if (last.size() > KEYS_MAX) {
                last.remove(last.keySet().iterator().next());
            }
            return revision;
        } finally {
            lock.unlock();
        }
    }
}

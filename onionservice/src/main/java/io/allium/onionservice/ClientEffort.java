package io.allium.onionservice;

import io.allium.base.Time;
import io.allium.crypto.OnionAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How much a client works for an introduction: as much as the service suggests, and one step more than what was shown in vain.
 *
 * <p>Streams that wait for one service at the same time share what they learn, and each step is taken once: when thirty have shown
 * the same effort and nobody came to any of them, the next shows twice as much, and not 2<sup>30</sup> times. A failure counts for as
 * long as the service suggests what it did then; with another suggestion the client begins anew, as the specification wants. Guarded by
 * {@code lock}.
 *
 * @spec hspow-spec common-protocol (client behavior)
 */
final class ClientEffort {
    /** As much as a client ever works, about a minute: C tor's CLIENT_MAX_POW_EFFORT. */
    static final long EFFORT_MAX = 10_000;

    /** For how long a failure counts: as those of introduction points, C tor's HS_CACHE_CLIENT_INTRO_STATE_MAX_AGE. */
    static final Duration REMEMBERED = Duration.ofMinutes(2);

    /** Services remembered, each with what it suggests; the oldest make room. As many as are visited at once. */
    static final int SERVICES_MAX = ServiceCircuits.CIRCUITS_MAX;

    /** With how much it begins where the service suggests nothing but does not come: CLIENT_MIN_RETRY_POW_EFFORT. */
    private static final long RETRY_MIN = 8;

    /** Below this another try takes twice as much work, above it half as much again: CLIENT_POW_EFFORT_DOUBLE_UNTIL. */
    private static final long DOUBLED_BELOW = 1000;

    /** What one introduction offers; where the effort is 0, there is nothing to solve. */
    record Bid(OnionAddress service, long suggested, long effort) {}

    private record Asked(OnionAddress service, long suggested) {}

    /** The most that was shown in vain, and when that was found out last. */
    private record Vain(long effort, long at) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Map<Asked, Vain> vain = new LinkedHashMap<>(); // the oldest first

    ClientEffort(Time time) {
        this.time = time;
    }

    /** What to offer a service, given what its descriptor suggests. */
    Bid bid(OnionAddress service, long suggested) {
        long least = Math.min(suggested, EFFORT_MAX);
        lock.lock();
        try {
            forgetOld();
            Vain known = vain.get(new Asked(service, suggested));
            return new Bid(service, suggested, known == null ? least : Math.max(least, step(known.effort())));
        } finally {
            lock.unlock();
        }
    }

    /** The service did not come for as much as that. Where more was tried already, it says nothing new. */
    void wasNotEnough(Bid bid) {
        Asked asked = new Asked(bid.service(), bid.suggested());
        lock.lock();
        try {
            forgetOld();
            Vain known = vain.get(asked);
            if (known != null && known.effort() > bid.effort()) {
                return;
            }
            vain.remove(asked); // so that it stands last
            vain.put(asked, new Vain(bid.effort(), time.nanos()));
            if (vain.size() > SERVICES_MAX) {
                vain.remove(vain.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    void forgetAll() {
        lock.lock();
        try {
            vain.clear();
        } finally {
            lock.unlock();
        }
    }

    /** What is tried after this was shown in vain. */
    private static long step(long effort) {
        long more = effort < DOUBLED_BELOW ? effort * 2 : effort + effort / 2;
        return Math.clamp(more, RETRY_MIN, EFFORT_MAX);
    }

    private void forgetOld() {
        long before = time.nanos() - REMEMBERED.toNanos();
        vain.values().removeIf(each -> each.at() - before < 0);
    }
}

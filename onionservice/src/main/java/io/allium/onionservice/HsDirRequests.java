package io.allium.onionservice;

import io.allium.base.Time;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whom we asked for which descriptor lately: a directory that did not have it is not asked again for a while, however often an
 * application tries. Guarded by {@code lock}.
 */
final class HsDirRequests {
    /** C tor's REND_HID_SERV_DIR_REQUERY_PERIOD, and that for networks of tests. */
    static final Duration REQUERY = Duration.ofMinutes(15);

    static final Duration REQUERY_TESTING = Duration.ofSeconds(5);

    /** Requests remembered: six for each of 500 services; the oldest make room. */
    static final int REQUESTS_MAX = 3000;

    private record Request(Fingerprint directory, Ed25519Identity blinded) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Duration requery;
    private final Map<Request, Long> asked = new LinkedHashMap<>();

    HsDirRequests(Time time, boolean testing) {
        this.time = time;
        this.requery = testing ? REQUERY_TESTING : REQUERY;
    }

    boolean mayAsk(Fingerprint directory, Ed25519Identity blinded) {
        lock.lock();
        try {
            Long at = asked.get(new Request(directory, blinded));
            return at == null || time.nanos() - at >= requery.toNanos();
        } finally {
            lock.unlock();
        }
    }

    void asked(Fingerprint directory, Ed25519Identity blinded) {
        lock.lock();
        try {
            Request request = new Request(directory, blinded);
            asked.remove(request); // so that it stands last
            asked.put(request, time.nanos());
            if (asked.size() > REQUESTS_MAX) {
                asked.remove(asked.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    /** All may be asked for this one again: it was found, or its user was told that it was not. */
    void forget(Ed25519Identity blinded) {
        lock.lock();
        try {
            asked.keySet().removeIf(request -> request.blinded.equals(blinded));
        } finally {
            lock.unlock();
        }
    }

    void forgetAll() {
        lock.lock();
        try {
            asked.clear();
        } finally {
            lock.unlock();
        }
    }
}

package io.allium.onionservice;

import io.allium.base.Time;
import io.allium.crypto.Ed25519Identity;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Introduction points that did not serve us lately, so that the next stream does not begin with them. Guarded by {@code
 * lock}.
 */
final class IntroductionFailures {
    /** How an attempt at an introduction point ended. */
    enum Kind {
        /** It said that it does not know the service, or that our message was wrong. */
        REFUSED,
        /** It did not answer. */
        TIMED_OUT,
        /** No circuit led there. */
        UNREACHABLE
    }

    /** For how long: C tor's HS_CACHE_CLIENT_INTRO_STATE_MAX_AGE. */
    private static final Duration REMEMBERED = Duration.ofMinutes(2);

    /** Circuits that may fail until the point counts as unreachable: C tor's MAX_INTRO_POINT_REACHABILITY_FAILURES. */
    static final int UNREACHABLE_MAX = 5;

    /** Points remembered, of all services; the oldest make room. A service has at most 20. */
    static final int POINTS_MAX = 2000;

    /** By the authentication key, which no two points of any services have in common. */
    private final Map<Ed25519Identity, State> states = new LinkedHashMap<>();

    private record State(long since, boolean refused, boolean timedOut, int unreachable) {
        boolean isUsable() {
            return !refused && !timedOut && unreachable < UNREACHABLE_MAX;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;

    IntroductionFailures(Time time) {
        this.time = time;
    }

    void note(Ed25519Identity authKey, Kind kind) {
        lock.lock();
        try {
            forgetOld();
            State known = states.getOrDefault(authKey, new State(time.nanos(), false, false, 0));
            states.put(
                    authKey,
                    switch (kind) {
                        case REFUSED -> new State(known.since, true, known.timedOut, known.unreachable);
                        case TIMED_OUT -> new State(known.since, known.refused, true, known.unreachable);
                        case UNREACHABLE ->
                            new State(known.since, known.refused, known.timedOut, known.unreachable + 1);
                    });
            if (states.size() > POINTS_MAX) {
                states.remove(states.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isUsable(Ed25519Identity authKey) {
        lock.lock();
        try {
            forgetOld();
            State known = states.get(authKey);
            return known == null || known.isUsable();
        } finally {
            lock.unlock();
        }
    }

    /** Whether what kept us from this point was that nobody answered. */
    boolean hasTimedOut(Ed25519Identity authKey) {
        lock.lock();
        try {
            State known = states.get(authKey);
            return known != null && known.timedOut && !known.refused;
        } finally {
            lock.unlock();
        }
    }

    void forgetAll() {
        lock.lock();
        try {
            states.clear();
        } finally {
            lock.unlock();
        }
    }

    private void forgetOld() {
        long before = time.nanos() - REMEMBERED.toNanos();
        states.values().removeIf(state -> state.since - before < 0);
    }
}

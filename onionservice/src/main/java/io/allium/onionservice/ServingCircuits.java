package io.allium.onionservice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The circuits on which clients of a service are served. Whoever likes can have circuits joined and use none of them: where there
 * are too many, those make room that nobody has used for the longest time. Guarded by {@code lock}.
 *
 * @param <C> a circuit
 */
final class ServingCircuits<C> {
    /** Circuits that serve clients at once: all lead through one guard, and a relay of ours takes 8192 from one channel. */
    static final int CIRCUITS_MAX = 5000;

    /** A client that has had no stream for so long asks anew: as long as its own circuits last. */
    static final Duration IDLE_MAX = Duration.ofMinutes(10);

    /** How many make room at once, so that not each new one looks at all others. */
    static final int ROOM = 100;

    /** What is asked of a circuit. */
    interface Circuits<C> {
        boolean isOpen(C circuit);

        /** By {@link io.allium.base.Time#nanos}; nothing while it has streams. */
        OptionalLong idleSince(C circuit);

        void close(C circuit);
    }

    private record Idle<C>(C circuit, long since) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Circuits<C> circuits;
    private final List<C> serving = new ArrayList<>();

    ServingCircuits(Circuits<C> circuits) {
        this.circuits = circuits;
    }

    /** One more; where there is no room, because all others are in use, it is closed. */
    void keep(C circuit) {
        List<C> leaving = List.of();
        lock.lock();
        try {
            if (serving.size() >= CIRCUITS_MAX) {
                serving.removeIf(each -> !circuits.isOpen(each));
            }
            if (serving.size() >= CIRCUITS_MAX) {
                leaving = longestIdle();
                serving.removeAll(leaving);
            }
            if (serving.size() < CIRCUITS_MAX) {
                serving.add(circuit);
            } else {
                leaving = List.of(circuit);
            }
        } finally {
            lock.unlock();
        }
        leaving.forEach(circuits::close);
    }

    private List<C> longestIdle() {
        return idle().stream()
                .sorted(Comparator.comparingLong(Idle::since))
                .limit(ROOM)
                .map(Idle::circuit)
                .toList();
    }

    private List<Idle<C>> idle() {
        List<Idle<C>> idle = new ArrayList<>();
        for (C each : serving) {
            circuits.idleSince(each).ifPresent(since -> idle.add(new Idle<>(each, since)));
        }
        return idle;
    }

    /** Ends circuits whose clients have not used them for long; {@code now} by {@link io.allium.base.Time#nanos}. */
    void closeIdle(long now) {
        List<C> leaving = new ArrayList<>();
        lock.lock();
        try {
            serving.removeIf(each -> !circuits.isOpen(each));
            for (Idle<C> each : idle()) {
                if (now - each.since > IDLE_MAX.toNanos()) {
                    leaving.add(each.circuit);
                }
            }
            serving.removeAll(leaving);
        } finally {
            lock.unlock();
        }
        leaving.forEach(circuits::close);
    }

    void closeAll() {
        List<C> all;
        lock.lock();
        try {
            all = List.copyOf(serving);
            serving.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(circuits::close);
    }

    int size() {
        lock.lock();
        try {
            return serving.size();
        } finally {
            lock.unlock();
        }
    }
}

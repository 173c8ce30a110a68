package io.allium.onionservice;

import io.allium.circuit.CircuitLife;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The circuits on which clients of a service are served. Whoever likes can have circuits joined and use none of them: where there
 * are too many, those make room that nobody has used for the longest time. Guarded by {@code lock}.
 */
final class ServingCircuits implements AutoCloseable {
    /** Circuits that serve clients at once: all lead through one guard, and a relay of ours takes 8192 from one channel. */
    static final int CIRCUITS_MAX = 5000;

    /** A client that has had no stream for so long asks anew: as long as its own circuits last. */
    static final Duration IDLE_MAX = Duration.ofMinutes(10);

    /** How many make room at once, so that not each new one looks at all others. */
    static final int ROOM = 100;

    private record Idle(CircuitLife circuit, long since) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final List<CircuitLife> serving = new ArrayList<>();
    private boolean closed;

    /** One more; where there is no room, because all others are in use, or the service has ended meanwhile, it is closed. */
    void keep(CircuitLife circuit) {
        List<CircuitLife> leaving = List.of();
        lock.lock();
        try {
            if (serving.size() >= CIRCUITS_MAX) {
                serving.removeIf(each -> !each.isOpen());
            }
            if (serving.size() >= CIRCUITS_MAX) {
                leaving = longestIdle();
                serving.removeAll(leaving);
            }
            if (!closed && serving.size() < CIRCUITS_MAX) {
                serving.add(circuit);
            } else {
                leaving = List.of(circuit);
            }
        } finally {
            lock.unlock();
        }
        leaving.forEach(CircuitLife::close);
    }

    private List<CircuitLife> longestIdle() {
        return idle().stream()
                .sorted(Comparator.comparingLong(Idle::since))
                .limit(ROOM)
                .map(Idle::circuit)
                .toList();
    }

    private List<Idle> idle() {
        List<Idle> idle = new ArrayList<>();
        for (CircuitLife each : serving) {
            each.idleSince().ifPresent(since -> idle.add(new Idle(each, since)));
        }
        return idle;
    }

    /** Ends circuits whose clients have not used them for long; {@code now} by {@link io.allium.base.Time#nanos}. */
    void closeIdle(long now) {
        List<CircuitLife> leaving = new ArrayList<>();
        lock.lock();
        try {
            serving.removeIf(each -> !each.isOpen());
            for (Idle each : idle()) {
                if (now - each.since > IDLE_MAX.toNanos()) {
                    leaving.add(each.circuit);
                }
            }
            serving.removeAll(leaving);
        } finally {
            lock.unlock();
        }
        leaving.forEach(CircuitLife::close);
    }

    /** Ends those that carry no streams now, and all that come later; returns whether others go on. */
    boolean closeUnused() {
        List<CircuitLife> leaving;
        boolean othersGoOn;
        lock.lock();
        try {
            closed = true;
            serving.removeIf(each -> !each.isOpen());
            leaving = idle().stream().map(Idle::circuit).toList();
            serving.removeAll(leaving);
            othersGoOn = !serving.isEmpty();
        } finally {
            lock.unlock();
        }
        leaving.forEach(CircuitLife::close);
        return othersGoOn;
    }

    /** Ends them all, and those that come later. */
    @Override
    public void close() {
        List<CircuitLife> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(serving);
            serving.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(CircuitLife::close);
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

package io.allium.onionservice;

import io.allium.base.Time;
import io.allium.circuit.CircuitLife;
import io.allium.client.Isolation;
import io.allium.crypto.OnionAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The circuits that are joined with services, and those that are to be: streams of one isolation share one for each service.
 * Guarded by {@code lock}.
 *
 * @param <C> what stands for a circuit
 */
final class ServiceCircuits<C extends CircuitLife> implements AutoCloseable {
    /** Services that are reached at once; one more has to wait until another is given up. A page has perhaps ten. */
    static final int CIRCUITS_MAX = 1000;

    /** Who shares a circuit. */
    record Key(OnionAddress service, Isolation isolation) {}

    /** One that is there or on its way; {@code usedAt} is when its last stream was opened, by {@link Time#nanos}. */
    private static final class Entry<C extends CircuitLife> {
        private final ComingCircuit<C> circuit;
        private long usedAt;

        private Entry(ComingCircuit<C> circuit, long usedAt) {
            this.circuit = circuit;
            this.usedAt = usedAt;
        }

        private Optional<C> joined() {
            boolean there = circuit.isDone() && !circuit.isCompletedExceptionally() && !circuit.isCancelled();
            return there ? Optional.of(circuit.join()) : Optional.empty();
        }

        private boolean isOver() {
            return circuit.isDone() && !joined().map(CircuitLife::isOpen).orElse(false);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Map<Key, Entry<C>> entries = new LinkedHashMap<>();
    private final List<C> retired = new ArrayList<>(); // for no new streams
    private boolean closed;

    ServiceCircuits(Time time) {
        this.time = time;
    }

    /**
     * The circuit for these streams, or where there is none, one that {@code begin} begins to make, without waiting. The caller
     * has to wait for it: work for a service ends when nobody does.
     *
     * @param dirtiness how long after its last new stream a circuit takes further ones
     * @return nothing when there are too many
     */
    Optional<ComingCircuit<C>> find(Key key, Duration dirtiness, Supplier<ComingCircuit<C>> begin) {
        lock.lock();
        try {
            long now = time.nanos();
            Entry<C> known = entries.get(key);
            if (known != null && !known.isOver() && now - known.usedAt < dirtiness.toNanos() && known.circuit.share()) {
                known.usedAt = now;
                return Optional.of(known.circuit);
            }
            retire(key);
            entries.values().removeIf(Entry::isOver);
            if (entries.size() >= CIRCUITS_MAX) {
                return Optional.empty();
            }
            Entry<C> made = new Entry<>(begin.get(), now);
            entries.put(key, made);
            return Optional.of(made.circuit);
        } finally {
            lock.unlock();
        }
    }

    /** No new streams on this one. */
    void forget(Key key, C circuit) {
        lock.lock();
        try {
            Entry<C> known = entries.get(key);
            if (known != null && known.joined().filter(circuit::equals).isPresent()) {
                retire(key);
            }
        } finally {
            lock.unlock();
        }
    }

    /** No new streams on any of those that are there. */
    void forgetAll() {
        lock.lock();
        try {
            List.copyOf(entries.keySet()).forEach(this::retire);
        } finally {
            lock.unlock();
        }
    }

    /** The circuits that carry no streams and will get none: for the caller to close. */
    List<C> takeIdle(Duration dirtiness) {
        lock.lock();
        try {
            long before = time.nanos() - dirtiness.toNanos();
            for (Map.Entry<Key, Entry<C>> each : List.copyOf(entries.entrySet())) {
                Entry<C> entry = each.getValue();
                if (entry.isOver() || entry.joined().isPresent() && entry.usedAt - before < 0) {
                    retire(each.getKey());
                }
            }
            List<C> idle = new ArrayList<>();
            for (C each : List.copyOf(retired)) {
                OptionalLong since = each.idleSince();
                if (!each.isOpen() || since.isPresent()) {
                    idle.add(each);
                    retired.remove(each);
                }
            }
            return idle;
        } finally {
            lock.unlock();
        }
    }

    /** Ends all of them, and those that are joined later. */
    @Override
    public void close() {
        List<C> all;
        lock.lock();
        try {
            closed = true;
            List.copyOf(entries.keySet()).forEach(this::retire);
            all = List.copyOf(retired);
            retired.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(CircuitLife::close);
    }

    private void retire(Key key) {
        Entry<C> known = entries.remove(key);
        if (known != null) {
            known.circuit.thenAccept(this::keepUntilIdle);
        }
    }

    /** Also runs when a circuit that nobody waits for any longer is joined at last. */
    private void keepUntilIdle(C circuit) {
        boolean tooLate;
        lock.lock();
        try {
            tooLate = closed;
            if (!tooLate && circuit.isOpen()) {
                retired.add(circuit);
            }
        } finally {
            lock.unlock();
        }
        if (tooLate) {
            circuit.close();
        }
    }
}

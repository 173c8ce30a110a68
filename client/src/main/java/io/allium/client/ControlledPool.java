package io.allium.client;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.TaskGroup;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.cell.DestroyReason;
import io.allium.circuit.OriginCircuit;
import io.allium.directory.Relay;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What controllers do with the circuits of a {@link TunnelPool}. Guarded by the pool's lock, which it shares. */
final class ControlledPool {
    private final ReentrantLock lock;
    private final Condition changed;
    private final List<Tunnel> tunnels;
    private final Time time;
    private final CircuitBuilder builder;
    private final TaskGroup group;
    private final Log log;
    private volatile Duration buildTimeout;

    /**
     * @param changed to be signalled where a circuit may serve streams that it did not before
     * @param tunnels those of the pool
     */
    ControlledPool(
            ReentrantLock lock,
            Condition changed,
            List<Tunnel> tunnels,
            Time time,
            CircuitBuilder builder,
            TaskGroup group,
            Log log,
            Duration buildTimeout) {
        this.lock = lock;
        this.changed = changed;
        this.tunnels = tunnels;
        this.time = time;
        this.builder = builder;
        this.group = group;
        this.log = log;
        this.buildTimeout = buildTimeout;
    }

    /** @param timeout for each relay that a circuit is made longer by */
    void configure(Duration timeout) {
        buildTimeout = timeout;
    }

    /** Makes a circuit longer, once it is built; or says why not: it is none of those that are kept here, a set, or long enough. */
    Optional<String> extend(TrackedCircuit circuit, List<Relay> further) {
        lock.lock();
        try {
            Optional<Tunnel> tunnel = alone(circuit);
            if (tunnel.isEmpty()) {
                return Optional.of("is not one that a controller can make longer");
            }
            if (!tunnel.get().hasRoomFor(further.size())) {
                return Optional.of("has too few RELAY_EARLY cells left to be made longer by " + further.size());
            }
            if (tunnel.get().wants(further)) {
                group.fork("extend " + circuit.id, () -> lengthen(tunnel.get()));
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Goes on to the relays that are still wanted of a circuit that is built. */
    void lengthen(Tunnel tunnel) throws InterruptedException {
        OriginCircuit circuit = tunnel.tracked.circuit().orElseThrow();
        boolean longer = false;
        for (Optional<Relay> next = next(tunnel); next.isPresent(); next = next(tunnel)) {
            longer = true;
            try {
                builder.extend(tunnel.tracked, circuit, CircuitBuilder.Step.last(next.get()), buildTimeout);
            } catch (TorException failed) {
                log.info(Domain.CIRC, circuit + " was not made longer: " + failed.getMessage());
                return;
            }
        }
        if (longer) {
            tunnel.tracked.becomes(CircuitEvents.State.BUILT);
            builder.tell(tunnel.tracked);
        }
    }

    private Optional<Relay> next(Tunnel tunnel) {
        lock.lock();
        try {
            Optional<Relay> next = tunnel.next();
            if (next.isEmpty()) {
                changed.signalAll();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Uses a circuit for something else. False where it is none of those that are kept here, or a set. */
    boolean use(TrackedCircuit circuit, CircuitEvents.Purpose purpose) {
        CircuitEvents.Use before = circuit.use();
        lock.lock();
        try {
            if (alone(circuit).isEmpty()) {
                return false;
            }
            circuit.usedFor(CircuitEvents.Use.of(purpose));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (before.purpose() != purpose) {
            builder.tellUse(circuit, before, Optional.empty());
        }
        return true;
    }

    private Optional<Tunnel> alone(TrackedCircuit circuit) {
        return tunnels.stream()
                .filter(each -> each.tracked == circuit && !each.isSet() && !each.isOver())
                .findFirst();
    }

    /**
     * A controller puts a stream onto a circuit. If it has carried streams that are to be kept apart from this one, no other
     * stream is put there but by controllers.
     */
    Optional<Tunnel> attach(TrackedCircuit circuit, Isolation isolation) {
        lock.lock();
        try {
            Optional<Tunnel> tunnel = tunnels.stream()
                    .filter(each -> each.circuits().contains(circuit))
                    .findFirst();
            tunnel.ifPresent(each -> each.share(isolation, time.nanos()));
            return tunnel;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a circuit, whether it is built or not. */
    void close(TrackedCircuit circuit) {
        Optional<OriginCircuit> open = circuit.circuit();
        if (open.isPresent()) {
            open.get().close(DestroyReason.REQUESTED);
            return;
        }
        lock.lock();
        try {
            alone(circuit).ifPresent(Tunnel::giveUp);
        } finally {
            lock.unlock();
        }
    }
}

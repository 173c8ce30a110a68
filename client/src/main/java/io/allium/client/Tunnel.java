package io.allium.client;

import io.allium.circuit.OriginCircuit;
import io.allium.crypto.Fingerprint;
import io.allium.directory.Relay;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A circuit of several hops, and whom it serves. Guarded by the lock of {@link TunnelPool}. */
final class Tunnel {
    final TrackedCircuit tracked;
    final PathChooser.Path path;
    final long launched;
    final long epoch;
    private @Nullable OriginCircuit circuit;
    private Optional<Isolation> isolation = Optional.empty();
    private Optional<Long> dirtySince = Optional.empty();
    private boolean complete;
    private boolean retired;

    /** @param epoch between two new identities; streams of a later one don't use it */
    Tunnel(TrackedCircuit tracked, PathChooser.Path path, long launched, long epoch) {
        this.tracked = tracked;
        this.path = path;
        this.launched = launched;
        this.epoch = epoch;
    }

    Relay exit() {
        return path.last();
    }

    Optional<OriginCircuit> circuit() {
        return Optional.ofNullable(circuit);
    }

    /** It is built; streams use it once its guard is the best to be had. */
    void built(OriginCircuit opened, boolean guardIsBest) {
        circuit = opened;
        complete = guardIsBest;
    }

    void guardIsBest() {
        complete = true;
    }

    boolean awaitsBetterGuard() {
        return circuit != null && !complete;
    }

    boolean isPending() {
        return circuit == null;
    }

    boolean isOver() {
        return tracked.isOver() || (circuit != null && !circuit.isOpen());
    }

    /** No further stream is to use it. */
    void retire() {
        retired = true;
    }

    boolean isRetired() {
        return retired;
    }

    /** Nobody has used it, nor waits to. */
    boolean isClean() {
        return isolation.isEmpty();
    }

    /** Since when it has carried streams. */
    Optional<Long> dirtySince() {
        return dirtySince;
    }

    /** Whether a stream can be put onto it, or could be if it were built. */
    boolean suits(Demand demand, Isolation by, Set<Fingerprint> avoid, long currentEpoch) {
        return !retired
                && epoch == currentEpoch
                && tracked.purpose == CircuitEvents.Purpose.GENERAL
                && (isolation.isEmpty() || isolation.get().equals(by))
                && !avoid.contains(exit().fingerprint())
                && (!demand.stable() || tracked.demand.stable())
                && tracked.demand.exit()
                && PathChooser.serves(exit(), demand);
    }

    boolean isReady() {
        return complete && circuit != null && circuit.isOpen();
    }

    /** Keeps it for streams of one kind from now on. */
    void reserve(Isolation by) {
        isolation = Optional.of(by);
        tracked.isolate(by);
    }

    /** A stream is put onto it. */
    void use(Isolation by, long now) {
        reserve(by);
        if (dirtySince.isEmpty()) {
            dirtySince = Optional.of(now);
        }
    }

    boolean isIdle() {
        return circuit == null || circuit.openStreams() == 0;
    }
}

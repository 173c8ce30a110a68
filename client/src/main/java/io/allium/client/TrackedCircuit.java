package io.allium.client;

import io.allium.cell.ConfluxNonce;
import io.allium.cell.DestroyReason;
import io.allium.circuit.CircuitEnding;
import io.allium.circuit.CircuitTraffic;
import io.allium.circuit.ConfluxSet;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.StreamCarrier;
import io.allium.directory.Relay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A circuit of ours from the moment that it is wanted, with what the control port tells of it. Changed by the task that
 * builds it and then by {@link Tunnels}, each change being one volatile write, but for what was told of its traffic; read by
 * anybody.
 */
final class TrackedCircuit {
    final int id;
    final boolean oneHop;
    final boolean byController;
    final Demand demand;
    private volatile Instant created;
    private volatile CircuitEvents.Use use;
    private volatile CircuitEvents.State state = CircuitEvents.State.LAUNCHED;
    private volatile List<CircuitEvents.Hop> hops = List.of();
    private volatile String reason = "";
    private volatile String remoteReason = "";
    private volatile Optional<Isolation> isolation = Optional.empty();
    private volatile Optional<CircuitEvents.Conflux> conflux = Optional.empty();
    private volatile long effort;
    private volatile @Nullable OriginCircuit circuit;
    private volatile @Nullable ConfluxSet set;

    private final ReentrantLock telling = new ReentrantLock();
    private CircuitTraffic told = CircuitTraffic.NONE; // guarded by telling

    TrackedCircuit(int id, CircuitEvents.Purpose purpose, boolean oneHop, Demand demand, Instant created) {
        this(id, purpose, oneHop, false, demand, created);
    }

    /** @param byController whether a controller chose its path */
    TrackedCircuit(
            int id,
            CircuitEvents.Purpose purpose,
            boolean oneHop,
            boolean byController,
            Demand demand,
            Instant created) {
        this.id = id;
        this.use = CircuitEvents.Use.of(purpose);
        this.oneHop = oneHop;
        this.byController = byController;
        this.demand = demand;
        this.created = created;
    }

    CircuitEvents.Status status() {
        return new CircuitEvents.Status(
                id,
                state,
                hops,
                oneHop,
                !demand.exit(),
                !byController,
                demand.stable() && !oneHop,
                use,
                created,
                reason,
                remoteReason,
                isolation,
                conflux,
                effort);
    }

    CircuitEvents.State state() {
        return state;
    }

    boolean isOver() {
        return state == CircuitEvents.State.FAILED || state == CircuitEvents.State.CLOSED;
    }

    Optional<OriginCircuit> circuit() {
        return Optional.ofNullable(circuit);
    }

    /** What its streams are on: itself, or the set that it is linked into. */
    Optional<StreamCarrier> carrier() {
        ConfluxSet linked = set;
        return linked == null ? Optional.ofNullable(circuit) : Optional.of(linked);
    }

    CircuitEvents.Purpose purpose() {
        return use.purpose();
    }

    CircuitEvents.Use use() {
        return use;
    }

    Instant created() {
        return created;
    }

    /** It is for this. */
    void usedFor(CircuitEvents.Use newUse) {
        use = newUse;
    }

    /** It was built ahead, and begins its life now. */
    void cannibalised(CircuitEvents.Use newUse, Instant now) {
        use = newUse;
        created = now;
    }

    /** It is to be linked into this set. */
    void linking(ConfluxSet into) {
        String id = HexFormat.of().withUpperCase().formatHex(into.nonce().bytes(), 0, ConfluxNonce.BYTES / 2);
        conflux = Optional.of(new CircuitEvents.Conflux(id, Optional.empty()));
    }

    /** It is linked. */
    void linked(ConfluxSet into, Duration roundTrip) {
        set = into;
        conflux = conflux.map(known -> new CircuitEvents.Conflux(known.id(), Optional.of(roundTrip)));
        use = CircuitEvents.Use.of(CircuitEvents.Purpose.CONFLUX_LINKED);
    }

    void opened(OriginCircuit opened) {
        circuit = opened;
    }

    void reachedHop(CircuitEvents.Hop hop) {
        List<CircuitEvents.Hop> more = new ArrayList<>(hops);
        more.add(hop);
        hops = List.copyOf(more);
        state = CircuitEvents.State.EXTENDED;
    }

    static CircuitEvents.Hop hop(Relay relay) {
        return new CircuitEvents.Hop(relay.fingerprint(), relay.nickname());
    }

    void becomes(CircuitEvents.State next) {
        state = next;
    }

    void isolate(Isolation by) {
        isolation = Optional.of(by);
    }

    /** For what it is used for, so much work was done. */
    void worked(long shown) {
        effort = shown;
    }

    /** What it carried since this was asked for the last time, if anything. */
    Optional<CircuitTraffic> untoldTraffic() {
        OriginCircuit open = circuit;
        if (open == null) {
            return Optional.empty();
        }
        telling.lock();
        try {
            CircuitTraffic now = open.traffic();
            CircuitTraffic since = now.since(told);
            told = now;
            return since.read() == 0 && since.written() == 0 ? Optional.empty() : Optional.of(since);
        } finally {
            telling.unlock();
        }
    }

    /** It came to nothing; {@code why} in the words of the control protocol. */
    void failed(String why) {
        reason = why;
        state = CircuitEvents.State.FAILED;
    }

    /** It failed whoever wanted it, and is built on for this. */
    void goesOn(CircuitEvents.Use newUse) {
        use = newUse;
        reason = "";
        state = hops.isEmpty() ? CircuitEvents.State.LAUNCHED : CircuitEvents.State.EXTENDED;
    }

    void closed(CircuitEnding ending) {
        boolean built = state == CircuitEvents.State.BUILT || state == CircuitEvents.State.GUARD_WAIT;
        reason = ending.remote() ? "DESTROYED" : word(ending.reason());
        remoteReason = ending.remote() ? word(ending.reason()) : "";
        state = built ? CircuitEvents.State.CLOSED : CircuitEvents.State.FAILED;
    }

    private static String word(DestroyReason reason) {
        return switch (reason) {
            case PROTOCOL -> "TORPROTOCOL";
            case CONNECTFAILED -> "CONNECTFAILED";
            case OR_IDENTITY -> "OR_IDENTITY";
            case CHANNEL_CLOSED -> "CHANNEL_CLOSED";
            case NONE, INTERNAL, REQUESTED, HIBERNATING, RESOURCELIMIT, FINISHED, TIMEOUT, DESTROYED, NOSUCHSERVICE ->
                reason.name();
        };
    }
}

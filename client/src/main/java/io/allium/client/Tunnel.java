package io.allium.client;

import io.allium.base.Tasks;
import io.allium.circuit.StreamCarrier;
import io.allium.crypto.Fingerprint;
import io.allium.directory.Relay;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A circuit of several hops, or a set of such that are linked, and whom it serves. Guarded by the lock of {@link
 * TunnelPool}.
 */
final class Tunnel {
    final TrackedCircuit tracked;
    final long launched;
    final long epoch;
    /** Hops that a circuit can have: it has 8 RELAY_EARLY cells to extend with, after the first. */
    static final int HOPS_MAX = 9;

    private volatile PathChooser.Path path; // streams ask for the exit without the lock
    private @Nullable StreamCarrier carrier;
    private Tasks.@Nullable Task builder;
    private final List<Relay> further = new ArrayList<>();
    private boolean growing;
    private List<SetBuilder.Leg> legs = List.of();
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

    PathChooser.Path path() {
        return path;
    }

    Relay exit() {
        return path.last();
    }

    /** This task builds it. */
    void builtBy(Tasks.Task task) {
        builder = task;
    }

    /** Nobody wants it any more; it is not built. */
    void giveUp() {
        if (builder != null) {
            builder.cancel();
        }
    }

    /** Whether it can be made longer by so many hops, as things are: once it is built, streams use up what that takes. */
    boolean hasRoomFor(int hops) {
        int wanted = further.size() + hops;
        return carrier == null
                ? path.relays().size() + wanted <= HOPS_MAX
                : tracked.circuit()
                        .map(built -> wanted <= built.extensionsLeft())
                        .orElse(false);
    }

    /**
     * It is to go on to these relays.
     *
     * @return whether there is nobody yet who sees to that
     */
    boolean wants(List<Relay> relays) {
        further.addAll(relays);
        boolean idle = carrier != null && !growing;
        if (idle) {
            tracked.becomes(CircuitEvents.State.EXTENDED);
        }
        growing |= idle;
        return idle;
    }

    /** The relay that it is to go on to next, and from then on ends in; nothing once it is as long as is wanted. */
    Optional<Relay> next() {
        growing = !further.isEmpty();
        if (!growing) {
            return Optional.empty();
        }
        Relay relay = further.removeFirst();
        List<Relay> relays = new ArrayList<>(path.relays());
        relays.add(relay);
        path = new PathChooser.Path(path.guard(), relays);
        return Optional.of(relay);
    }

    Optional<StreamCarrier> carrier() {
        return Optional.ofNullable(carrier);
    }

    /** It is built; streams use it once its guard is the best to be had. */
    void built(StreamCarrier opened, boolean guardIsBest) {
        carrier = opened;
        complete = guardIsBest;
    }

    /** Its circuits are built and linked. */
    void linked(SetBuilder.Built built, boolean guardsAreBest) {
        legs = built.legs();
        built(built.set(), guardsAreBest);
    }

    /** Whether it is a set of circuits, or is to be one. */
    boolean isSet() {
        return tracked.purpose() == CircuitEvents.Purpose.CONFLUX_UNLINKED || !legs.isEmpty();
    }

    /** The attempts that count for its guards: one, or one a leg. */
    List<GuardSet.Attempt> guards() {
        return legs.isEmpty()
                ? List.of(path.guard())
                : legs.stream().map(leg -> leg.path().guard()).toList();
    }

    /** What the control port knows of it: one circuit, or one a leg. */
    List<TrackedCircuit> circuits() {
        return legs.isEmpty()
                ? List.of(tracked)
                : legs.stream().map(SetBuilder.Leg::tracked).toList();
    }

    void guardIsBest() {
        complete = true;
    }

    boolean awaitsBetterGuard() {
        return carrier != null && !complete;
    }

    boolean isPending() {
        return carrier == null;
    }

    boolean isOver() {
        return carrier == null ? !isSet() && tracked.isOver() : !carrier.isOpen();
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
                && tracked.purpose() != CircuitEvents.Purpose.CONTROLLER
                && path.relays().size() >= PathChooser.HOPS
                && (isolation.isEmpty() || isolation.get().equals(by))
                && !avoid.contains(exit().fingerprint())
                && (!demand.stable() || tracked.demand.stable())
                && tracked.demand.exit()
                && PathChooser.serves(exit(), demand);
    }

    boolean isReady() {
        return complete && !growing && carrier != null && carrier.isOpen();
    }

    /** Keeps it for streams of one kind from now on. */
    void reserve(Isolation by) {
        isolation = Optional.of(by);
        circuits().forEach(each -> each.isolate(by));
    }

    /** A stream is put onto it that may be of another kind than those before. */
    void share(Isolation by, long now) {
        if (isolation.isPresent() && !isolation.get().equals(by)) {
            retired = true;
        } else {
            use(by, now);
        }
    }

    /** A stream is put onto it. */
    void use(Isolation by, long now) {
        reserve(by);
        if (dirtySince.isEmpty()) {
            dirtySince = Optional.of(now);
        }
    }

    boolean isIdle() {
        return carrier == null || carrier.openStreams() == 0;
    }
}

package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.cell.ConfluxUx;
import io.allium.cell.RelayMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which leg of a linked set the next message goes on. The faster leg is always the better one; what differs is what
 * happens when it is full: then one who wants throughput uses the slower one, and one who wants latency waits.
 *
 * <p>Confined to its owner.
 *
 * @param <L> a leg
 * @spec prop329 2.5, 2.6, 3
 */
public final class ConfluxSchedule<L extends ConfluxSchedule.Leg> {
    /** What has to be known of a leg at the moment of sending. */
    public interface Leg {
        /** Whether DATA may be sent: there is room in its window and in its channel's queue. */
        boolean hasRoom();

        /** The time there and back in nanoseconds; 0 as long as it was not measured. */
        long roundTrip();
    }

    private static final class Standing<L> {
        private final L leg;
        private long lastSent;

        private Standing(L leg, long lastSent) {
            this.leg = leg;
            this.lastSent = lastSent;
        }
    }

    private final List<Standing<L>> legs = new ArrayList<>(); // bounded by whoever lets circuits join
    private @Nullable Standing<L> current;
    private boolean waitsForFastest;

    /**
     * A new leg.
     *
     * @param lastSent how much of what we sent the other end says it has; more than we sent is false
     * @param desired what the other end wants; the last leg's wish holds
     */
    public void add(L leg, long lastSent, ConfluxUx desired) throws ProtocolViolation {
        if (lastSent > lastSent()) {
            throw new ProtocolViolation(
                    "a new leg has received cell " + lastSent + " where " + lastSent() + " were sent");
        }
        legs.add(new Standing<>(leg, lastSent));
        waitsForFastest = switch (desired) {
            case NO_OPINION, HIGH_THROUGHPUT -> false;
            // There is no schedule that spares memory as such, but one that seldom switches does, as C tor finds.
            case MIN_LATENCY, LOW_MEM_LATENCY, LOW_MEM_THROUGHPUT -> true;
        };
    }

    /** Forgets a leg; false if we sent on it last, so that the set has to end. */
    public boolean remove(L leg) {
        Standing<L> gone = standing(leg);
        legs.remove(gone);
        if (gone.equals(current)) {
            return false;
        }
        return legs.stream().anyMatch(other -> other.lastSent >= gone.lastSent);
    }

    /** The leg for DATA; null while it has to wait. */
    public @Nullable L forData() {
        Standing<L> best = null;
        for (Standing<L> each : legs) {
            boolean considered = each.leg.roundTrip() > 0 && (waitsForFastest || each.leg.hasRoom());
            if (considered && (best == null || each.leg.roundTrip() < best.leg.roundTrip())) {
                best = each;
            }
        }
        return best == null || !best.leg.hasRoom() ? null : best.leg;
    }

    /**
     * The leg for a message that no window holds back: the same, or where all are full the one that we are on, so that it
     * stays in order and overtakes nothing.
     */
    public L forMessage() {
        L withRoom = forData();
        if (withRoom != null) {
            return withRoom;
        }
        return current == null ? fastest() : current.leg;
    }

    /**
     * Goes over to this leg.
     *
     * @return what SWITCH has to say on it before anything else; nothing if we are on it already
     * @throws ProtocolViolation if more was sent elsewhere than a SWITCH can say: the set has to end
     */
    public OptionalLong turnTo(L leg) throws ProtocolViolation {
        Standing<L> next = standing(leg);
        if (next.equals(current) || current == null && next.lastSent == lastSent()) {
            current = next;
            return OptionalLong.empty();
        }
        long skipped = lastSent() - next.lastSent;
        if (skipped > RelayMessage.ConfluxSwitch.SKIPPED_MAX) {
            throw new ProtocolViolation(skipped + " cells went over other legs, more than CONFLUX_SWITCH can say");
        }
        next.lastSent += skipped;
        current = next;
        return OptionalLong.of(skipped);
    }

    /** Counts a message that was sent on the leg that we are on. */
    public void sent() {
        if (current == null) {
            throw new IllegalStateException("no leg was turned to");
        }
        current.lastSent++;
    }

    /** The number of the last message that was sent. */
    public long lastSent() {
        return legs.stream().mapToLong(each -> each.lastSent).max().orElse(0);
    }

    private L fastest() {
        Standing<L> best = legs.getFirst();
        for (Standing<L> each : legs) {
            long roundTrip = each.leg.roundTrip();
            if (roundTrip > 0 && (best.leg.roundTrip() == 0 || roundTrip < best.leg.roundTrip())) {
                best = each;
            }
        }
        return best.leg;
    }

    private Standing<L> standing(L leg) {
        for (Standing<L> each : legs) {
            if (each.leg.equals(leg)) {
                return each;
            }
        }
        throw new IllegalStateException("not a leg of this set");
    }
}

package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts what arrives on the legs of a linked set into the order in which it was sent. Every message that is in sequence has
 * a number that is not sent: it follows from those before it on the same leg, and from SWITCHes, which tell how many went
 * elsewhere. Who arrives early is kept until its turn.
 *
 * <p>The other end can say whatever numbers it likes, and a relay in between can hold one leg back. So what is kept is
 * bounded, numbers that were used already end the set, and so does a SWITCH that is followed by another instead of a
 * message: it would carry nothing but a signal to somebody who counts cells.
 *
 * <p>Confined to its owner, as are its legs.
 *
 * @param <M> a message that has to wait
 * @spec prop329 2.6, 4.1, 4.2.1
 */
public final class ConfluxSequence<M> {
    /**
     * How far ahead of what was delivered a leg may be. Nobody has so many cells under way on the other legs (half a
     * gigabyte), so the cells before it will never come.
     */
    static final long AHEAD_MAX = 1 << 20;

    /** What a message takes beside its bytes: an array, two objects and a place in a queue. */
    static final int KEPT_OVERHEAD = 96;

    /** Bytes kept for a set, whatever the consensus parameter {@code cfx_max_oooq_bytes} allows: 33 000 full cells. */
    static final long KEPT_MAX = 16 << 20;

    private record Kept<M>(long number, M message, int bytes, long since) {}

    /** One leg, as the receiver sees it. */
    public static final class Leg<M> {
        private final ArrayDeque<Kept<M>> early = new ArrayDeque<>(); // bounded by what is kept of the set
        private long last;
        private boolean switched;

        private Leg(long last) {
            this.last = last;
        }

        /** The number of the last message that arrived on it. */
        public long last() {
            return last;
        }
    }

    private final long keptMax;
    private final List<Leg<M>> legs = new ArrayList<>(); // bounded by whoever lets circuits join
    private long delivered;
    private long kept;
    private boolean lostLeg;

    /** @param keptMax the bytes that may be kept; beyond {@link #KEPT_MAX} that holds */
    public ConfluxSequence(long keptMax) {
        this.keptMax = Math.min(keptMax, KEPT_MAX);
    }

    /**
     * A new leg.
     *
     * @param last how much the other end says it has sent; more than was delivered is lost to us for good
     */
    public Leg<M> add(long last) throws ProtocolViolation {
        if (last > delivered) {
            throw new ProtocolViolation("a new leg begins at cell " + last + " where " + delivered + " were delivered");
        }
        Leg<M> leg = new Leg<>(last);
        legs.add(leg);
        return leg;
    }

    /**
     * Forgets a leg, and what it brought early; false if the other end sent on it last, or what others brought waits for
     * something on it, so that the set has to end.
     */
    public boolean remove(Leg<M> leg) {
        legs.remove(leg);
        lostLeg = true;
        leg.early.forEach(each -> kept -= each.bytes);
        boolean early = !leg.early.isEmpty();
        leg.early.clear();
        return !early && !isStuck() && legs.stream().anyMatch(other -> other.last >= leg.last);
    }

    /**
     * Whether the next message in order was lost with a leg: all others are beyond it already. The other end may not know,
     * since a leg's last few cells are never acknowledged, and would leave the streams waiting for ever.
     */
    private boolean isStuck() {
        return lostLeg && legs.stream().allMatch(leg -> leg.last > delivered);
    }

    /** SWITCH came on this leg: {@code skipped} messages went over others since its last. */
    public void switched(Leg<M> leg, long skipped) throws ProtocolViolation {
        if (leg.switched) {
            throw new ProtocolViolation("CONFLUX_SWITCH: follows another one with nothing between them");
        }
        long number = leg.last + skipped;
        if (skipped < 0 || number - delivered > AHEAD_MAX) {
            throw new ProtocolViolation("CONFLUX_SWITCH: skips " + skipped + " cells to " + number + " where "
                    + delivered + " were delivered");
        }
        leg.switched = true;
        leg.last = number;
        if (isStuck()) {
            throw new ProtocolViolation("CONFLUX_SWITCH: to cell " + number + " where " + delivered
                    + " were delivered, and the leg is lost that had those between");
        }
    }

    /**
     * Counts a message that arrived on this leg.
     *
     * @return whether it is the next in order and counts as delivered; else it has to be given to {@link #keep}
     */
    public boolean arrived(Leg<M> leg) throws ProtocolViolation {
        leg.switched = false;
        leg.last++;
        if (leg.last <= delivered) {
            throw new ProtocolViolation("cell " + leg.last + " came where " + delivered + " were delivered");
        }
        boolean next = leg.last == delivered + 1;
        if (next) {
            delivered++;
        }
        return next;
    }

    /**
     * Keeps the message that just arrived on this leg until its turn.
     *
     * @param now by {@link io.allium.base.Time#nanos}
     */
    public void keep(Leg<M> leg, M message, int bytes, long now) throws ProtocolViolation {
        int held = bytes + KEPT_OVERHEAD;
        if (kept + held > keptMax) {
            throw new ProtocolViolation("more than " + keptMax + " bytes came out of order");
        }
        kept += held;
        leg.early.addLast(new Kept<>(leg.last, message, held, now));
    }

    /** The next message in order, if it was kept; it counts as delivered. */
    public @Nullable M next() throws ProtocolViolation {
        for (Leg<M> leg : legs) {
            Kept<M> first = leg.early.peekFirst();
            if (first != null && first.number <= delivered + 1) {
                if (first.number <= delivered) {
                    throw new ProtocolViolation("cell " + first.number + " came on two legs");
                }
                leg.early.removeFirst();
                kept -= first.bytes;
                delivered++;
                return first.message;
            }
        }
        return null;
    }

    /** The number of the last message that was delivered. */
    public long delivered() {
        return delivered;
    }

    /** Bytes that wait for their turn. */
    public long kept() {
        return kept;
    }

    /** When the one came that has waited longest, by {@link io.allium.base.Time#nanos}; only where {@link #kept} is not 0. */
    public long since() {
        return legs.stream()
                .filter(leg -> !leg.early.isEmpty())
                .map(leg -> leg.early.getFirst().since)
                .reduce((one, other) -> one - other < 0 ? one : other)
                .orElseThrow();
    }

    /** Forgets all that waits: the set has ended. */
    public void clear() {
        legs.forEach(leg -> leg.early.clear());
        legs.clear();
        kept = 0;
    }
}

package io.allium.relay;

import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.cell.ConfluxNonce;
import io.allium.cell.ConfluxTerms;
import io.allium.cell.ConfluxUx;
import io.allium.cell.DestroyReason;
import io.allium.channel.Backlog;
import io.allium.circuit.ConfluxSequence;
import io.allium.circuit.PackagingFlow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Several circuits of one client that end here and carry the same streams. What arrives is guarded by {@code order}: the
 * loops of all legs come here with their messages, and who brings the next one delivers it and whatever waited for it.
 * Streams are called with this lock held; they only queue, and may answer with a message, for which the locks of {@link
 * LinkedInbound} are taken. Nobody who has one of those asks for this.
 *
 * <p>There is no table of half-linked circuits: the first LINK makes a set with one leg, which is as good as a circuit and
 * lives as long as one. The set ends with any leg that took something with it which may not have arrived.
 *
 * @spec prop329 2.2, 2.4, 2.6
 */
final class ConfluxSet {
    /** What a message that had to wait does. */
    interface Delivery {
        void run() throws ProtocolViolation;
    }

    /** What a message asks of the streams. */
    interface Request {
        void of(ExitStreams streams, Carriage carriage) throws ProtocolViolation;
    }

    private final ConfluxNonce nonce;
    private final int legsMax;
    private final Time time;
    private final ExitStreams streams;
    private final LinkedInbound inbound;
    private final Backlog backlog;
    private final Backlog.Holder holder = this::list;
    private final Consumer<ConfluxSet> onEnd;

    private final ReentrantLock order = new ReentrantLock();
    private final ConfluxSequence<Delivery> sequence;
    private final List<ConfluxLeg> legs = new ArrayList<>();
    private long counted; // by the backlog
    private boolean over;

    /**
     * @param legsMax {@code cfx_max_legs_set}: legs beyond are refused
     * @param keptMax {@code cfx_max_oooq_bytes}: bytes that may wait for their turn
     * @param backlog counts these
     * @param flow of the first leg
     */
    ConfluxSet(
            ConfluxNonce nonce,
            int legsMax,
            long keptMax,
            Time time,
            ExitStreams streams,
            Backlog backlog,
            PackagingFlow flow,
            Consumer<ConfluxSet> onEnd) {
        this.nonce = nonce;
        this.legsMax = legsMax;
        this.time = time;
        this.streams = streams;
        this.backlog = backlog;
        this.onEnd = onEnd;
        this.inbound =
                new LinkedInbound(flow, time, () -> end(DestroyReason.INTERNAL, "more cells than SWITCH can skip"));
        this.sequence = new ConfluxSequence<>(keptMax);
        backlog.join(holder);
    }

    ConfluxNonce nonce() {
        return nonce;
    }

    /** A circuit that is to be a leg, and what LINKED has to say of it. */
    record Linked(ConfluxLeg leg, ConfluxTerms answer) {}

    /** Takes a circuit in. */
    Linked add(TransitCircuit circuit, Inbound way, ConfluxTerms terms) throws ProtocolViolation {
        order.lock();
        try {
            if (over) {
                throw new ProtocolViolation("CONFLUX_LINK: the set has ended");
            }
            if (legs.size() >= legsMax) {
                throw new ProtocolViolation("CONFLUX_LINK: the set has " + legs.size() + " legs already");
            }
            // As C tor's exits do, we ask for what makes the least of what comes out of order.
            ConfluxTerms answer =
                    new ConfluxTerms(nonce, inbound.lastSent(), sequence.delivered(), ConfluxUx.MIN_LATENCY);
            ConfluxLeg leg = new ConfluxLeg(this, circuit, way, sequence.add(terms.lastSent()), time.nanos());
            try {
                inbound.add(leg, terms.lastReceived(), terms.desired());
            } catch (ProtocolViolation falseClaim) {
                sequence.remove(leg.arriving());
                throw falseClaim;
            }
            legs.add(leg);
            return new Linked(leg, answer);
        } finally {
            order.unlock();
        }
    }

    /** SWITCH came on this leg. */
    void switched(ConfluxLeg leg, long skipped) throws ProtocolViolation {
        order.lock();
        try {
            if (!over) {
                sequence.switched(leg.arriving(), skipped);
            }
        } finally {
            order.unlock();
        }
    }

    /** A message in sequence came on this leg. */
    void take(ConfluxLeg leg, int bytes, Request request) throws ProtocolViolation {
        boolean room = true;
        order.lock();
        try {
            if (over) {
                return;
            }
            if (sequence.arrived(leg.arriving())) {
                request.of(streams, inbound);
                deliverWaiting();
            } else {
                room = backlog.hasRoom();
                if (room) {
                    sequence.keep(leg.arriving(), () -> request.of(streams, inbound), bytes, time.nanos());
                    count();
                }
            }
        } finally {
            order.unlock();
        }
        if (!room) {
            exhausted();
        }
    }

    private void deliverWaiting() throws ProtocolViolation {
        boolean any = false;
        for (Delivery next = sequence.next(); next != null; next = sequence.next()) {
            next.run();
            any = true;
        }
        if (any) {
            count();
        }
    }

    private void count() {
        backlog.added(sequence.kept() - counted);
        counted = sequence.kept();
    }

    private void list(List<Backlog.Waiting> into) {
        order.lock();
        try {
            if (sequence.kept() > 0) {
                into.add(new Backlog.Waiting(sequence.since(), sequence.kept(), this::exhausted));
            }
        } finally {
            order.unlock();
        }
    }

    private void exhausted() {
        end(DestroyReason.RESOURCELIMIT, "our memory is full, and what came out of order has waited longest");
    }

    /** There may be more room on a leg, or we know more of it. */
    void widened() {
        inbound.widened();
    }

    /** A leg's circuit is over. */
    void lost(ConfluxLeg leg, DestroyReason reason) {
        boolean survives;
        order.lock();
        try {
            if (!legs.remove(leg)) {
                return;
            }
            boolean nothingComes = sequence.remove(leg.arriving());
            boolean nothingGoes = inbound.remove(leg);
            survives = over || nothingComes && nothingGoes && reason != DestroyReason.PROTOCOL;
            count();
        } finally {
            order.unlock();
        }
        if (!survives) {
            end(reason, "a leg that it cannot do without is gone");
        }
    }

    /** The circuit that it was made for could not be taken in. */
    void endIfEmpty() {
        boolean empty;
        order.lock();
        try {
            empty = legs.isEmpty();
        } finally {
            order.unlock();
        }
        if (empty) {
            end(DestroyReason.NONE, "it has no leg");
        }
    }

    private void end(DestroyReason reason, String why) {
        List<ConfluxLeg> left;
        order.lock();
        try {
            if (over) {
                return;
            }
            over = true;
            left = List.copyOf(legs);
            sequence.clear();
            count();
            backlog.leave(holder);
        } finally {
            order.unlock();
        }
        onEnd.accept(this);
        inbound.close();
        streams.close();
        left.forEach(leg -> leg.circuit().close(reason, "its linked set ends: " + why));
    }
}

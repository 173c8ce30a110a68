package io.allium.circuit;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.cell.BeginFlags;
import io.allium.cell.ConfluxNonce;
import io.allium.cell.ConfluxTerms;
import io.allium.cell.ConfluxUx;
import io.allium.cell.DestroyReason;
import io.allium.cell.RelayMessage;
import io.allium.channel.Backlog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Several circuits of ours to one exit that carry the same streams. Safe from any thread. The streams belong to the set; a
 * leg is an ordinary circuit, with its own layers, flow and SENDMEs, that hands over what arrives in sequence and is sent
 * on by {@link ConfluxOutbound}.
 *
 * <p>What arrives is guarded by {@code order}: the loops of all legs come here with their messages, and who brings the
 * next one delivers it and whatever waited for it. Streams are called with this lock held; they only queue, and may
 * answer with a message, for which the locks of the outbound half are taken. Nobody who has one of those asks for this.
 *
 * <p>The set ends with any leg that took something with it which we cannot know to have arrived, or that broke the rules,
 * since no other leg has a copy.
 *
 * @spec prop329 2.2, 2.4, 2.6
 */
public final class ConfluxSet implements StreamCarrier {
    /** What a message that had to wait tells the streams. */
    interface Delivery {
        void run() throws ProtocolViolation;
    }

    /**
     * How long what came out of order waits for what is before it, which is on a leg that is broken and does not know it:
     * far longer than legs differ, and short enough that an application may try again. C tor waits until TCP gives up.
     */
    static final Duration STALL_LIMIT = Duration.ofMinutes(1);

    private final ConfluxNonce nonce;
    private final ConfluxUx desired;
    private final Time time;
    private final OriginStreams streams;
    private final ConfluxOutbound outbound;
    private final CompletableFuture<CircuitEnding> ended = new CompletableFuture<>();

    private final ReentrantLock order = new ReentrantLock();
    private final ConfluxSequence<Delivery> sequence;
    private final List<ConfluxLeg> legs = new ArrayList<>(); // as many as whoever builds the set lets join
    private final Backlog.Holder holder = this::list;
    private @Nullable ConfluxLeg first;
    private @Nullable Backlog backlog; // that of the first leg, and so of all
    private long counted; // there
    private boolean watched; // whether a timer runs until what waits has waited too long
    private boolean over;

    /**
     * A set without legs.
     *
     * @param desired what the exit is asked to aim at
     * @param keptMax bytes that may wait for their turn: {@code cfx_max_oooq_bytes}
     */
    public ConfluxSet(ConfluxUx desired, long keptMax, Time time, Entropy entropy) {
        this.nonce = ConfluxNonce.of(entropy.bytes(ConfluxNonce.BYTES));
        this.desired = desired;
        this.time = time;
        this.outbound = new ConfluxOutbound(time, () -> close(DestroyReason.INTERNAL));
        this.streams = new OriginStreams(this, outbound, time, entropy);
        this.sequence = new ConfluxSequence<>(keptMax);
    }

    /**
     * Makes this circuit a leg, before the first stream is opened; one thread at a time.
     *
     * @param patience how long to wait for the exit
     * @return how long the exit took to answer
     * @throws TorException if it does not answer, or answers wrongly, or has not agreed on congestion control; the circuit
     *     is then closed
     */
    public Duration join(OriginCircuit circuit, Duration patience) throws TorException, InterruptedException {
        Hop last = circuit.last();
        if (!last.packaging().isControlled() || circuit.streams().size() > 0) {
            circuit.close(DestroyReason.REQUESTED);
            throw new Unreachable(circuit + " cannot be linked: " + last + " has not agreed on congestion control");
        }
        ConfluxJoining joining = new ConfluxJoining(this, last, time.nanos());
        circuit.ended().thenAccept(joining::ended);
        circuit.link(joining, ConfluxTerms.ofNewSet(nonce, desired));
        try {
            return Duration.ofNanos(time.await(joining.leg(), patience).linkRoundTrip());
        } catch (TimeoutException late) {
            circuit.close(DestroyReason.TIMEOUT);
            throw new Unreachable(circuit + " was not linked in " + patience.toMillis() + " ms", late);
        } catch (InterruptedException interrupted) {
            circuit.close(DestroyReason.REQUESTED);
            throw interrupted;
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Unreachable why
                    ? why.in(circuit + ", being linked")
                    : new Unreachable(circuit + " ended while it was being linked", failed);
        }
    }

    /**
     * The exit has taken this circuit as a leg; on its channel's loop.
     *
     * @return null where the set has ended meanwhile, which is nobody's fault
     */
    @Nullable
    ConfluxLeg add(OriginCircuit circuit, Hop last, ConfluxTerms terms, long askedAt) throws ProtocolViolation {
        if (!terms.nonce().equals(nonce)) {
            throw new ProtocolViolation("CONFLUX_LINKED: is about another set");
        }
        ConfluxLeg leg;
        order.lock();
        try {
            if (over) {
                return null;
            }
            long roundTrip = Math.max(1, time.nanos() - askedAt);
            leg = new ConfluxLeg(this, circuit, last, sequence.add(terms.lastSent()), roundTrip);
            outbound.add(leg, terms.lastReceived(), terms.desired());
            legs.add(leg);
            if (first == null) {
                first = leg;
                backlog = circuit.outbound().backlog();
                backlog.join(holder);
            }
        } finally {
            order.unlock();
        }
        circuit.ended().thenAccept(why -> lost(leg, why));
        return leg;
    }

    /** SWITCH came on this leg; on its channel's loop. */
    void switched(ConfluxLeg leg, Hop from, long skipped) throws ProtocolViolation {
        order.lock();
        try {
            expectLast(leg, from);
            if (!over) {
                sequence.switched(leg.arriving(), skipped);
            }
        } finally {
            order.unlock();
        }
    }

    /** DATA came on this leg; on its channel's loop. */
    void data(ConfluxLeg leg, Hop from, int streamId, byte[] body, int offset, int length) throws ProtocolViolation {
        boolean room = true;
        order.lock();
        try {
            expectLast(leg, from);
            if (over) {
                return;
            }
            if (sequence.arrived(leg.arriving())) {
                streams.data(face(), streamId, body, offset, length);
                deliverWaiting();
            } else {
                byte[] copy = new byte[length];
                System.arraycopy(body, offset, copy, 0, length);
                room = keep(leg, () -> streams.data(face(), streamId, copy, 0, length), length);
            }
        } finally {
            order.unlock();
        }
        if (!room) {
            exhausted();
        }
    }

    /** Another message in sequence came on this leg; on its channel's loop. */
    void tell(ConfluxLeg leg, Hop from, int streamId, int command, int bytes, OriginStreams.Told told)
            throws ProtocolViolation {
        boolean room = true;
        order.lock();
        try {
            expectLast(leg, from);
            if (over) {
                return;
            }
            if (sequence.arrived(leg.arriving())) {
                streams.tell(face(), streamId, command, told);
                deliverWaiting();
            } else {
                room = keep(leg, () -> streams.tell(face(), streamId, command, told), bytes);
            }
        } finally {
            order.unlock();
        }
        if (!room) {
            exhausted();
        }
    }

    /** False where memory is full, and so the set has to end. */
    private boolean keep(ConfluxLeg leg, Delivery message, int bytes) throws ProtocolViolation {
        if (!memory().hasRoom()) {
            return false;
        }
        sequence.keep(leg.arriving(), message, bytes, time.nanos());
        count();
        if (!watched) {
            watched = true;
            time.after(STALL_LIMIT, this::lookForStall);
        }
        return true;
    }

    /** What waits now may have begun to wait later than what did when the timer was set: then it has the rest of its time. */
    private void lookForStall() {
        order.lock();
        try {
            watched = !over && sequence.kept() > 0;
            if (!watched) {
                return;
            }
            Duration left = STALL_LIMIT.minusNanos(time.nanos() - sequence.since());
            if (left.isPositive()) {
                time.after(left, this::lookForStall);
                return;
            }
        } finally {
            order.unlock();
        }
        end(CircuitEnding.ours(
                DestroyReason.TIMEOUT, "a leg is silent, and what came on others has waited for it too long"));
    }

    private void count() {
        memory().added(sequence.kept() - counted);
        counted = sequence.kept();
    }

    private Backlog memory() {
        return Objects.requireNonNull(backlog, "a set without legs");
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
        end(CircuitEnding.ours(DestroyReason.RESOURCELIMIT, "our memory is full, and what came out of order too old"));
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

    /** A relay in the middle could otherwise put data into streams. */
    private static void expectLast(ConfluxLeg leg, Hop from) throws ProtocolViolation {
        if (from != leg.last()) {
            throw new ProtocolViolation("a message in sequence came from " + from + " and not from " + leg.last());
        }
    }

    /** The hop that streams are with: for them the last hops of all legs are one. */
    private Hop face() {
        return first().last();
    }

    private ConfluxLeg first() {
        ConfluxLeg joined = first;
        if (joined == null) {
            throw new IllegalStateException("a set without legs");
        }
        return joined;
    }

    private void lost(ConfluxLeg leg, CircuitEnding why) {
        boolean survives;
        order.lock();
        try {
            if (!legs.remove(leg)) {
                return;
            }
            boolean nothingComes = sequence.remove(leg.arriving());
            count();
            boolean nothingGoes = outbound.remove(leg);
            survives = over || nothingComes && nothingGoes && why.reason() != DestroyReason.PROTOCOL;
        } finally {
            order.unlock();
        }
        if (!survives) {
            end(why);
        }
    }

    private void end(CircuitEnding why) {
        List<ConfluxLeg> left;
        order.lock();
        try {
            if (over) {
                return;
            }
            over = true;
            left = List.copyOf(legs);
            sequence.clear();
            if (backlog != null) {
                count();
                backlog.leave(holder);
            }
        } finally {
            order.unlock();
        }
        outbound.end();
        streams.close();
        left.forEach(leg -> leg.circuit().close(DestroyReason.FINISHED));
        ended.complete(why);
    }

    /** The circuits that carry it now. */
    public List<OriginCircuit> circuits() {
        order.lock();
        try {
            return legs.stream().map(ConfluxLeg::circuit).toList();
        } finally {
            order.unlock();
        }
    }

    /** What tells its legs to belong together, on the control port alone. */
    public ConfluxNonce nonce() {
        return nonce;
    }

    @Override
    public int id() {
        return first().circuit().id();
    }

    @Override
    public OnionStream begin(String host, int port, BeginFlags flags) throws Refused, Unreachable {
        return streams.begin(face(), host, port, flags);
    }

    @Override
    public RelayMessage.Resolved resolve(String name, Duration patience)
            throws Refused, Unreachable, InterruptedException {
        return streams.resolve(face(), name, patience);
    }

    @Override
    public boolean isOpen() {
        return !ended.isDone();
    }

    @Override
    public CompletableFuture<CircuitEnding> ended() {
        return ended;
    }

    @Override
    public int openStreams() {
        return streams.open();
    }

    @Override
    public OptionalLong idleSince() {
        return streams.idleSince();
    }

    @Override
    public void close(DestroyReason why) {
        end(CircuitEnding.ours(why, "closed: " + why));
    }

    @Override
    public String toString() {
        return "linked circuits of " + first().circuit();
    }
}

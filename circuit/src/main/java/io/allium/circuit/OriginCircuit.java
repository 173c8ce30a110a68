package io.allium.circuit;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.cell.BeginFlags;
import io.allium.cell.CellCommand;
import io.allium.cell.ConfluxTerms;
import io.allium.cell.DestroyReason;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.cell.StreamId;
import io.allium.crypto.OriginLayer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A circuit of our own: the hops that we share keys with, and the streams to the last of them, which is the other end where a
 * rendezvous point has joined the circuit with another. Safe from any thread; it is
 * made of parts, each with its owner. {@link InboundHalf} is confined to the loop of the channel that the cells come from.
 * {@link OutboundHalf} has a lock, because encryption order must be sending order. {@link OriginStreams} has one for a few
 * instructions. Whatever waits (open, extend, connect, read, write) waits on the virtual thread of whoever wants it; the
 * loop never does.
 *
 * <p>It ends once: by {@link #close}, by a relay's DESTROY or TRUNCATED, with its channel, or because somebody on it broke
 * the rules. Then every waiting thread wakes with the reason, all streams end, the channel forgets the circuit, and {@link
 * #ended} completes.
 *
 * @spec tor-spec 5, 6, 7; rend-spec-v3 4
 */
public final class OriginCircuit implements StreamCarrier {
    private final int id;
    private final FirstLink link;
    private final FlowParameters parameters;
    private final Time time;
    private final RoundTripClock clock;
    private final Entropy entropy;
    private final Log log;

    private final OriginStreams streams;
    private final CircuitMessages messages = new CircuitMessages();
    private final OutboundHalf outbound;
    private final InboundHalf inbound;
    private final AtomicReference<@Nullable AwaitedAnswer> awaited = new AtomicReference<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final CompletableFuture<CircuitEnding> ended = new CompletableFuture<>();
    private final AtomicReference<@Nullable ConfluxJoining> joining = new AtomicReference<>();
    private volatile byte[] nonce = new byte[0]; // of the last relay

    OriginCircuit(
            int id,
            FirstLink link,
            FlowParameters parameters,
            Time time,
            RoundTripClock clock,
            Entropy entropy,
            Log log) {
        this.id = id;
        this.link = link;
        this.parameters = parameters;
        this.time = time;
        this.clock = clock;
        this.entropy = entropy;
        this.log = log;
        this.outbound = new OutboundHalf(link, time, entropy, this::lost);
        this.streams = new OriginStreams(this, outbound, time, entropy);
        this.inbound = new InboundHalf(this, streams, outbound, parameters);
    }

    /** Makes the first hop. */
    void create(HopHandshake handshake, Duration patience) throws TorException, InterruptedException {
        AwaitedAnswer answer = await(new AwaitedAnswer(0, handshake.answeredBy()));
        try {
            link.open(this);
        } catch (Unreachable closed) {
            end(CircuitEnding.ours(DestroyReason.CHANNEL_CLOSED, closed.getMessage()), false);
            throw closed;
        }
        outbound.send(handshake.create());
        join(handshake, answer, patience);
    }

    /** By how many hops it can be made longer, as things are: what is sent to relays beyond the first leaves less. */
    public int extensionsLeft() {
        return outbound.earlyLeft();
    }

    /**
     * Makes the circuit one hop longer; one thread at a time.
     *
     * @param patience how long to wait for the answer
     * @throws TorException if the relays refuse, don't answer or answer wrongly; the circuit is then closed
     */
    public void extend(HopTarget next, Duration patience) throws TorException, InterruptedException {
        Hop last = last();
        if (isLeg() || last.isVirtual()) {
            throw new Refused(
                    Refused.Kind.GENERAL, this + " is linked or joined to others, and such a one is never extended");
        }
        HopHandshake handshake = HopHandshake.begin(next, parameters.congestion(), entropy);
        AwaitedAnswer answer = await(new AwaitedAnswer(last.number(), RelayCommand.EXTENDED2));
        try {
            outbound.extend(last, handshake.extend());
        } catch (Unreachable noMore) {
            end(CircuitEnding.ours(DestroyReason.RESOURCELIMIT, noMore.getMessage()), true);
            throw noMore;
        }
        join(handshake, answer, patience);
    }

    /**
     * Says something to the last relay that is about introductions or rendezvous. After the end of the circuit it is
     * dropped.
     */
    public void send(RelayMessage message) {
        outbound.send(lastRelay(), StreamId.CIRCUIT.value(), message);
    }

    /**
     * Has the next message with this command that comes from the last relay be somebody's, once. What nobody expects, and
     * no intake takes, ends the circuit: call this before the relay can answer.
     *
     * @return fails with {@link Unreachable} if the circuit ends before; completes on a loop, so that what hangs on it must be
     *     brief
     */
    public CompletableFuture<RelayMessage> expect(int command) {
        return messages.expect(command);
    }

    /**
     * Says something to the last relay and waits for the answer.
     *
     * @param answeredBy the command of the answer
     * @throws Unreachable if the circuit ends before, or the relay does not answer for so long; what it says later ends the
     *     circuit
     */
    public RelayMessage ask(RelayMessage message, int answeredBy, Duration patience)
            throws Unreachable, InterruptedException {
        CompletableFuture<RelayMessage> answer = messages.expect(answeredBy);
        send(message);
        try {
            return time.await(answer, patience);
        } catch (TimeoutException late) {
            throw new Unreachable(
                    this + ": no " + RelayCommand.name(answeredBy) + " for " + patience.toMillis() + " ms", late);
        } catch (ExecutionException failed) {
            throw ended(this + ", waiting for " + RelayCommand.name(answeredBy), failed);
        } finally {
            messages.forget(answeredBy, answer);
        }
    }

    /**
     * What we and the last relay know and nobody else does, to bind what is said to it to this circuit.
     *
     * @spec tor-spec 5.2 (KH)
     */
    public byte[] nonce() {
        return nonce.clone();
    }

    /** From now on {@code intake} takes what the last relay says and nobody {@linkplain #expect expects}. */
    public void messages(MessageIntake intake) {
        messages.giveTo(intake);
    }

    /**
     * Joins the circuit with that of an onion service, which has come to the rendezvous point: from now on streams are with
     * the service.
     *
     * @param layer the client's, with the keys that came of RENDEZVOUS2
     * @spec rend-spec-v3 4.2.1
     */
    public void join(OriginLayer layer, RendezvousFlow flow) {
        join(virtualHop(layer, flow));
    }

    /**
     * Joins the circuit, whose last relay is a client's rendezvous point, with that of the client, whose streams are given to
     * {@code acceptor} from now on.
     *
     * @param layer the service's, with the keys that RENDEZVOUS1 makes known to the client
     * @param rendezvous1 what is said to the rendezvous point, once we are ready for what the client answers
     * @spec rend-spec-v3 4.2.2
     */
    public void serve(
            OriginLayer layer,
            RendezvousFlow flow,
            StreamAcceptor acceptor,
            StreamLimit limit,
            RelayMessage rendezvous1) {
        Hop rendezvousPoint = lastRelay();
        Hop client = virtualHop(layer, flow);
        inbound.serve(new Serving(client, acceptor, limit));
        join(client);
        outbound.send(rendezvousPoint, StreamId.CIRCUIT.value(), rendezvous1);
    }

    private Hop virtualHop(OriginLayer layer, RendezvousFlow flow) {
        Hop last = last();
        if (last.isVirtual() || isLeg()) {
            throw new IllegalStateException(this + " is joined with another already");
        }
        return new Hop(last.number() + 1, null, layer, flow.packaging(parameters, clock, entropy));
    }

    private void join(Hop hop) {
        outbound.add(hop);
        inbound.add(hop);
    }

    @Override
    public OnionStream begin(String host, int port, BeginFlags flags) throws Refused, Unreachable {
        return streams.begin(last(), host, port, flags);
    }

    /**
     * Opens a stream that ends in another hop than the last, without waiting.
     *
     * @param hop the number of the hop, the first being 1
     */
    public OnionStream begin(int hop, String host, int port, BeginFlags flags) throws Refused, Unreachable {
        return streams.begin(hop(hop), host, port, flags);
    }

    /** Opens a stream to the last hop's own directory and waits for its answer. */
    public OnionStream connectDirectory(Duration patience) throws Refused, Unreachable, InterruptedException {
        OnionStream stream = beginDirectory();
        stream.awaitConnected(patience);
        return stream;
    }

    /** The same without waiting. */
    public OnionStream beginDirectory() throws Refused, Unreachable {
        return streams.begin(last(), new RelayMessage.BeginDir());
    }

    @Override
    public RelayMessage.Resolved resolve(String name, Duration patience)
            throws Refused, Unreachable, InterruptedException {
        return streams.resolve(last(), name, patience);
    }

    /** Has another hop than the last look up a name, or an address in its {@code in-addr.arpa} form. */
    public RelayMessage.Resolved resolve(int hop, String name, Duration patience)
            throws Refused, Unreachable, InterruptedException {
        return streams.resolve(hop(hop), name, patience);
    }

    private Hop hop(int number) throws Refused {
        List<Hop> hops = inbound.hops();
        if (number < 1 || number > hops.size()) {
            throw new Refused(Refused.Kind.GENERAL, this + " has no hop " + number);
        }
        return hops.get(number - 1);
    }

    @Override
    public int id() {
        return id;
    }

    /** The relays that it goes through so far. */
    public List<HopTarget> path() {
        return inbound.hops().stream()
                .flatMap(hop -> Stream.ofNullable(hop.target()))
                .toList();
    }

    @Override
    public boolean isOpen() {
        return !over.get();
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

    /** What it has carried. */
    public CircuitTraffic traffic() {
        CircuitTraffic in = inbound.traffic();
        CircuitTraffic out = outbound.traffic();
        return new CircuitTraffic(
                in.read(),
                out.written(),
                in.deliveredRead(),
                in.overheadRead(),
                out.deliveredWritten(),
                out.overheadWritten());
    }

    /** How congestion control with the last hop stands, where it was agreed on. */
    public Optional<CongestionState> congestion() {
        return outbound.congestion(last());
    }

    @Override
    public void close(DestroyReason why) {
        end(CircuitEnding.ours(why, "closed: " + why), true);
    }

    @Override
    public String toString() {
        return "circuit " + id;
    }

    OutboundHalf outbound() {
        return outbound;
    }

    CircuitMessages messages() {
        return messages;
    }

    OriginStreams streams() {
        return streams;
    }

    /** A cell came; on the channel's loop. */
    void cell(int command, byte[] buffer, int offset) {
        if (over.get()) {
            return;
        }
        try {
            inbound.cell(command, buffer, offset);
        } catch (ProtocolViolation violation) {
            log.protocolWarning(Log.Domain.CIRC, this + " ends: " + violation.getMessage());
            end(CircuitEnding.ours(DestroyReason.PROTOCOL, violation.getMessage()), true);
        }
    }

    /** The channel is gone; on its loop. */
    void channelClosed(String why) {
        end(CircuitEnding.ours(DestroyReason.CHANNEL_CLOSED, "the channel closed: " + why), false);
    }

    /** The first relay destroyed the circuit, on its own account or another's. */
    void destroyed(DestroyReason reason) {
        end(CircuitEnding.reported(reason, 1, "destroyed by the relays: " + reason), false);
    }

    /** What is behind this hop is gone; what is left is of no use. */
    void truncated(Hop by, DestroyReason reason) {
        end(CircuitEnding.reported(reason, by.number(), "truncated at " + by + ": " + reason), true);
    }

    /** The answer of a relay that was asked to be, or to make, the next hop. */
    void answered(int hop, int command, byte[] handshake) throws ProtocolViolation {
        AwaitedAnswer expected = awaited.get();
        if (expected == null || expected.hop() != hop || expected.command() != command) {
            throw new ProtocolViolation(
                    (hop == 0 ? CellCommand.name(command) : RelayCommand.name(command)) + ": nobody asked for it");
        }
        awaited.set(null);
        expected.handshake().complete(handshake);
    }

    /** The relay that introductions and rendezvous are spoken of with. */
    Hop lastRelay() {
        Hop last = last();
        return last.isVirtual() ? inbound.hops().get(last.number() - 2) : last;
    }

    /** The hop that streams end in. */
    Hop last() {
        List<Hop> hops = inbound.hops();
        if (hops.isEmpty()) {
            throw new IllegalStateException(this + " has no hop yet");
        }
        return hops.getLast();
    }

    /** Asks the last hop to make this circuit a leg. */
    void link(ConfluxJoining asked, ConfluxTerms terms) {
        if (!joining.compareAndSet(null, asked)) {
            throw new IllegalStateException(this + " is being linked already");
        }
        outbound.send(asked.last(), 0, new RelayMessage.ConfluxLink(terms));
    }

    /** LINKED came; on the channel's loop. Null where it came too late, and the circuit has ended. */
    @Nullable
    ConfluxLeg linked(Hop from, ConfluxTerms terms) throws ProtocolViolation {
        ConfluxJoining asked = joining.get();
        if (asked == null) {
            throw new ProtocolViolation("CONFLUX_LINKED: came on a circuit that was not to be linked");
        }
        return asked.linked(this, from, terms);
    }

    private boolean isLeg() {
        return joining.get() != null;
    }

    private AwaitedAnswer await(AwaitedAnswer answer) throws Unreachable {
        if (!awaited.compareAndSet(null, answer)) {
            throw new IllegalStateException(this + " is being extended already");
        }
        if (over.get()) {
            throw new Unreachable(this + " has ended");
        }
        return answer;
    }

    private void join(HopHandshake handshake, AwaitedAnswer awaitedAnswer, Duration patience)
            throws TorException, InterruptedException {
        byte[] answer = answer(handshake.target(), awaitedAnswer, patience);
        HopHandshake.Agreed agreed;
        try {
            agreed = handshake.finish(answer, parameters.congestion());
        } catch (ProtocolViolation wrong) {
            end(CircuitEnding.ours(DestroyReason.PROTOCOL, wrong.getMessage()), true);
            throw wrong.in(this + ", extending to " + handshake.target());
        }
        PackagingFlow flow = agreed.sendmeIncrement().isPresent()
                ? PackagingFlow.controlled(parameters, agreed.sendmeIncrement().getAsInt(), clock, entropy)
                : PackagingFlow.fixed(parameters, entropy);
        nonce = agreed.nonce();
        join(new Hop(inbound.hops().size() + 1, handshake.target(), agreed.layer(), flow));
    }

    private byte[] answer(HopTarget from, AwaitedAnswer awaitedAnswer, Duration patience)
            throws Unreachable, InterruptedException {
        String where = this + ", extending to " + from;
        try {
            return time.await(awaitedAnswer.handshake(), patience);
        } catch (TimeoutException late) {
            end(CircuitEnding.ours(DestroyReason.TIMEOUT, "no answer from " + from), true);
            throw new Unreachable(where + ": no answer for " + patience.toMillis() + " ms", late);
        } catch (InterruptedException interrupted) {
            end(CircuitEnding.ours(DestroyReason.REQUESTED, "given up while extending to " + from), true);
            throw interrupted;
        } catch (ExecutionException failed) {
            throw ended(where, failed);
        }
    }

    /** What nobody will answer any more, because the circuit ended. */
    private static Unreachable ended(String where, ExecutionException failed) {
        return failed.getCause() instanceof Unreachable why
                ? why.in(where)
                : new Unreachable(where + ": the circuit ended", failed);
    }

    private void lost() {
        end(CircuitEnding.ours(DestroyReason.RESOURCELIMIT, "the channel took no more cells"), true);
    }

    private void end(CircuitEnding why, boolean tellRelays) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        streams.close();
        outbound.end(tellRelays);
        AwaitedAnswer waiting = awaited.getAndSet(null);
        if (waiting != null) {
            waiting.handshake().completeExceptionally(new Unreachable(why.why()));
        }
        messages.end(why.why());
        ended.complete(why);
    }
}

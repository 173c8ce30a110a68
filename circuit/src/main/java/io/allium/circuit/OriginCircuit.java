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
import io.allium.cell.DestroyReason;
import io.allium.cell.EndReason;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A circuit of our own: the hops that we share keys with, and the streams to the last of them. Safe from any thread; it is
 * made of parts, each with its owner. {@link InboundHalf} is confined to the loop of the channel that the cells come from.
 * {@link OutboundHalf} has a lock, because encryption order must be sending order. {@link StreamTable} has one for a few
 * instructions. Whatever waits (open, extend, connect, read, write) waits on the virtual thread of whoever wants it; the
 * loop never does.
 *
 * <p>It ends once: by {@link #close}, by a relay's DESTROY or TRUNCATED, with its channel, or because somebody on it broke
 * the rules. Then every waiting thread wakes with the reason, all streams end, the channel forgets the circuit, and {@link
 * #ended} completes.
 *
 * @spec tor-spec 5, 6, 7
 */
public final class OriginCircuit implements AutoCloseable {
    /** The longest name in BEGIN and RESOLVE: of DNS, RFC 1035 2.3.4. Onion addresses are shorter. */
    private static final int NAME_MAX = 255;

    private final int id;
    private final FirstLink link;
    private final FlowParameters parameters;
    private final Time time;
    private final RoundTripClock clock;
    private final Entropy entropy;
    private final Log log;

    private final StreamTable streams;
    private final OutboundHalf outbound;
    private final InboundHalf inbound;
    private final AtomicReference<@Nullable AwaitedAnswer> awaited = new AtomicReference<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final CompletableFuture<CircuitEnding> ended = new CompletableFuture<>();
    private volatile long lastUsed;

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
        this.streams = new StreamTable(entropy);
        this.outbound = new OutboundHalf(link, time, entropy, this::lost);
        this.inbound = new InboundHalf(this, streams, outbound, parameters);
        this.lastUsed = time.nanos();
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

    /**
     * Makes the circuit one hop longer; one thread at a time.
     *
     * @param patience how long to wait for the answer
     * @throws TorException if the relays refuse, don't answer or answer wrongly; the circuit is then closed
     */
    public void extend(HopTarget next, Duration patience) throws TorException, InterruptedException {
        Hop last = last();
        HopHandshake handshake = HopHandshake.begin(next, parameters.congestion(), entropy);
        AwaitedAnswer answer = await(new AwaitedAnswer(last.number(), RelayCommand.EXTENDED2));
        try {
            outbound.extend(last, handshake.extend());
        } catch (Unreachable noMore) {
            end(CircuitEnding.ours(DestroyReason.NONE, noMore.getMessage()), true);
            throw noMore;
        }
        join(handshake, answer, patience);
    }

    /**
     * Opens a stream to a host and waits for the exit to connect.
     *
     * @param host a name or an address, IPv6 without brackets
     * @throws Refused if the exit says no
     * @throws Unreachable if the circuit ends, or the exit does not answer for so long: another circuit may do
     */
    public OnionStream connect(String host, int port, BeginFlags flags, Duration patience)
            throws Refused, Unreachable, InterruptedException {
        OnionStream stream = begin(host, port, flags);
        stream.awaitConnected(patience);
        return stream;
    }

    /** Opens a stream to a host without waiting: data may be written before {@link OnionStream#awaitConnected}. */
    public OnionStream begin(String host, int port, BeginFlags flags) throws Refused, Unreachable {
        return begin(new RelayMessage.Begin(name(host), port, flags));
    }

    /** Opens a stream to the last hop's own directory and waits for its answer. */
    public OnionStream connectDirectory(Duration patience) throws Refused, Unreachable, InterruptedException {
        OnionStream stream = beginDirectory();
        stream.awaitConnected(patience);
        return stream;
    }

    /** The same without waiting. */
    public OnionStream beginDirectory() throws Refused, Unreachable {
        return begin(new RelayMessage.BeginDir());
    }

    /**
     * Has the last hop look up a name, or an address in its {@code in-addr.arpa} form.
     *
     * @throws Refused if the relay says no; answers that are failures are no exception
     * @throws Unreachable if the circuit ends, or the relay does not answer for so long
     */
    public RelayMessage.Resolved resolve(String name, Duration patience)
            throws Refused, Unreachable, InterruptedException {
        Hop last = last();
        RelayMessage.Resolve message = new RelayMessage.Resolve(name(name));
        Lookup lookup = streams.add(streamId -> new Lookup(last, streamId));
        lastUsed = time.nanos();
        outbound.send(last, lookup.id(), message);
        try {
            return time.await(lookup.answer(), patience);
        } catch (TimeoutException late) {
            streams.halfClose(lookup.id(), lookup, lookup.remains(time));
            throw new Unreachable("the exit did not answer a lookup for " + patience.toMillis() + " ms", late);
        } catch (InterruptedException interrupted) {
            streams.halfClose(lookup.id(), lookup, lookup.remains(time));
            throw interrupted;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Refused refused) {
                throw refused;
            }
            throw ended("lookup", failed);
        }
    }

    /** The number given when it was opened. */
    public int id() {
        return id;
    }

    /** The relays that it goes through so far. */
    public List<HopTarget> path() {
        return inbound.hops().stream().map(Hop::target).toList();
    }

    /** Whether it has not ended. */
    public boolean isOpen() {
        return !over.get();
    }

    /** Completes when the circuit has ended and everything on it was told. What hangs on it must be brief: a loop may run it. */
    public CompletableFuture<CircuitEnding> ended() {
        return ended;
    }

    /** Streams and lookups under way. */
    public int openStreams() {
        return streams.open();
    }

    /** Since when ({@link Time#nanos}) there has been no stream; nothing while there are some. */
    public OptionalLong idleSince() {
        return streams.open() > 0 ? OptionalLong.empty() : OptionalLong.of(lastUsed);
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

    /** Ends it and tells the relays; {@code why} stays with us, as they are never told. */
    public void close(DestroyReason why) {
        end(CircuitEnding.ours(why, "closed: " + why), true);
    }

    @Override
    public void close() {
        close(DestroyReason.FINISHED);
    }

    @Override
    public String toString() {
        return "circuit " + id;
    }

    OutboundHalf outbound() {
        return outbound;
    }

    StreamTable streams() {
        return streams;
    }

    /** A stream was closed on our side. */
    void closed(OnionStream stream, HalfClosedStream remains) {
        outbound.send(stream.hop(), stream.id(), new RelayMessage.End(EndReason.MISC));
        streams.halfClose(stream.id(), stream, remains);
        outbound.wake(stream);
        lastUsed = time.nanos();
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

    /** The other end is done with a stream ID. */
    void freed(int streamId) {
        streams.remove(streamId);
        lastUsed = time.nanos();
    }

    private OnionStream begin(RelayMessage message) throws Refused, Unreachable {
        Hop last = last();
        OnionStream stream = streams.add(streamId -> new OnionStream(this, last, streamId, time));
        lastUsed = time.nanos();
        outbound.send(last, stream.id(), message);
        return stream;
    }

    private Hop last() {
        List<Hop> hops = inbound.hops();
        if (hops.isEmpty()) {
            throw new IllegalStateException(this + " has no hop yet");
        }
        return hops.getLast();
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
        Hop hop = new Hop(inbound.hops().size() + 1, handshake.target(), agreed.layer(), flow);
        outbound.add(hop);
        inbound.add(hop);
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
        streams.close().forEach(StreamEntry::circuitEnded);
        outbound.end(tellRelays);
        AwaitedAnswer waiting = awaited.getAndSet(null);
        if (waiting != null) {
            waiting.handshake().completeExceptionally(new Unreachable(why.why()));
        }
        ended.complete(why);
    }

    /** A host as it goes into a message: lower case, so that its case tells nothing of the user's program. */
    private static String name(String host) throws Refused {
        boolean printable = host.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (host.length() > NAME_MAX || !printable) {
            throw new Refused(
                    Refused.Kind.ADDRESS_TYPE, "a host name of at most " + NAME_MAX + " ASCII letters is wanted");
        }
        return host.toLowerCase(Locale.ROOT);
    }
}

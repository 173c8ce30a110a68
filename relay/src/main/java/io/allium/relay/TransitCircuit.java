package io.allium.relay;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.cell.ConfluxTerms;
import io.allium.cell.DestroyReason;
import io.allium.cell.EndReason;
import io.allium.cell.OnionServiceMessage;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.cell.StreamId;
import io.allium.channel.Channel;
import io.allium.channel.CircuitEnd;
import io.allium.channel.CircuitQueues;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.PackagingFlow;
import io.allium.circuit.ReceiveWindow;
import io.allium.crypto.RelayLayer;
import io.allium.relay.RelayFigures.Counted;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's circuit through us. A cell that comes from the previous relay, or the client, loses our layer; if it then is
 * for us we do what it says, else it goes on to the next relay.
 *
 * <p>The outbound half (away from the client) is confined to the previous channel's loop: all that {@link #cell} calls.
 * The inbound half is {@link Inbound}, used by the next channel's loop and by our own streams. Who comes next is guarded
 * by {@code lock}, since both loops and the task that dials change it; passing cells only read it.
 *
 * <p>There is no queue here: a cell that nobody can be given yet is the client's mistake, for it cannot have a key for a
 * relay that has not answered. A neighbour that does not read in time costs the circuit, as in C tor, once so many of its
 * cells wait as no window lets through.
 *
 * @spec tor-spec 5.4, 5.5, 5.6
 */
final class TransitCircuit implements CircuitEnd {
    /** Cells of a circuit that may be RELAY_EARLY; the next one closes it: tor-spec 5.6. */
    static final int EARLY_MAX = 8;

    /** What it has once it was granted. */
    private record Granted(
            RelayLayer layer, Inbound inbound, FlowParameters parameters, ReceiveWindow window, OnionEnd onion) {}

    private final Channel previous;
    private final CircuitId id;
    private final Extender extender;
    private final ExitStreams streams;
    private final ConfluxSets sets;
    private final OnionTables onions;
    private final ObservedBandwidth bandwidth;
    private final RelayFigures figures;
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final Runnable onEnd;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Granted granted;

    // Confined to the previous channel's loop.
    private final byte[] plain = new byte[CellCodec.BODY_BYTES];
    private int early;
    private volatile @Nullable ConfluxLeg leg; // once it is linked; read by whoever ends the circuit

    // Changed under the lock.
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Onward onward;
    private volatile boolean truncated;
    private @Nullable Extension extension;

    /** A circuit that has been asked for and not yet granted. */
    TransitCircuit(
            Channel previous,
            CircuitId id,
            Extender extender,
            Exit exit,
            ConfluxSets sets,
            OnionTables onions,
            ObservedBandwidth bandwidth,
            RelayFigures figures,
            Time time,
            Entropy entropy,
            Log log,
            Runnable onEnd) {
        this.previous = previous;
        this.id = id;
        this.extender = extender;
        this.streams = new ExitStreams(exit, time, previous);
        this.sets = sets;
        this.onions = onions;
        this.bandwidth = bandwidth;
        this.figures = figures;
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.onEnd = onEnd;
    }

    /**
     * Grants it: from now on it has keys. Called once, by whoever computed them.
     *
     * @param nonce what else they left, to bind messages to this circuit: KH in tor-spec
     */
    void grant(RelayLayer layer, byte[] nonce, PackagingFlow flow, ChannelCell created) {
        Inbound inbound = new Inbound(previous, id, layer, flow, time, entropy, bandwidth, this::overflowed);
        OnionEnd onion = new OnionEnd(this, previous.peer().isRelay(), inbound, nonce, onions, log);
        granted = new Granted(layer, inbound, flow.parameters(), flow.delivery(), onion);
        if (flow.isControlled() && !over.get()) {
            figures.count(Counted.CONTROLLED_CIRCUIT);
        }
        if (!over.get() && !previous.outbox().add(id, created)) {
            overflowed();
        }
    }

    /** Whether it has ended. */
    boolean isOver() {
        return over.get();
    }

    @Override
    public void cell(Channel from, int command, byte[] buffer, int bodyOffset) {
        switch (command) {
            case CellCommand.RELAY, CellCommand.RELAY_EARLY -> outward(command, buffer, bodyOffset);
            case CellCommand.DESTROY -> destroyed(DestroyReason.of(buffer[bodyOffset] & 0xff));
            default -> close(DestroyReason.PROTOCOL, CellCommand.name(command) + " may not come from a previous relay");
        }
    }

    private void outward(int command, byte[] buffer, int bodyOffset) {
        Granted keys = granted;
        if (over.get()) {
            return;
        }
        bandwidth.carried(CellCodec.BODY_BYTES);
        if (keys == null) {
            close(DestroyReason.PROTOCOL, "a relay cell came before the circuit was granted");
        } else if (command == CellCommand.RELAY_EARLY && ++early > EARLY_MAX) {
            close(DestroyReason.PROTOCOL, "more than " + EARLY_MAX + " RELAY_EARLY cells");
        } else {
            outward(keys, command, buffer, bodyOffset);
        }
    }

    private void outward(Granted keys, int command, byte[] buffer, int bodyOffset) {
        Onward next = onward;
        TransitCircuit joined = next == null ? keys.onion.joined() : null;
        boolean ours = next == null && joined == null
                ? keys.layer.decryptLastOutbound(command, buffer, bodyOffset, plain, 0)
                : keys.layer.decryptOutbound(command, buffer, bodyOffset, plain, 0);
        if (ours) {
            recognised(keys, command == CellCommand.RELAY_EARLY);
        } else if (joined != null) {
            joined.across(plain);
        } else {
            pass(next, command);
        }
    }

    private void pass(@Nullable Onward next, int command) {
        if (next == null || !next.isOpen()) {
            close(
                    DestroyReason.PROTOCOL,
                    truncated
                            ? "a cell for the next relay, which is gone"
                            : "a cell that is not for us, and no relay after us");
        } else if (!next.pass(command, plain)) {
            figures.count(Counted.QUEUE_FULL);
            close(DestroyReason.RESOURCELIMIT, "the next relay takes no more cells");
        }
    }

    /** A cell came from the other half of a rendezvous, on that half's loop. */
    private void across(byte[] body) {
        Granted keys = granted;
        if (keys != null && !over.get()) {
            keys.onion.cross(body);
        }
    }

    private void recognised(Granted keys, boolean wasEarly) {
        StreamId stream = new StreamId(RelayCell.streamId(plain, 0));
        try {
            handle(keys, stream, decoded(keys), wasEarly);
        } catch (ProtocolViolation wrong) {
            int command = RelayCell.command(plain, 0);
            if (leg == null && isRequestForStream(command) && !stream.isCircuit()) {
                keys.inbound.send(stream, new RelayMessage.End(EndReason.TORPROTOCOL));
            } else if (command != RelayCommand.INTRODUCE1 || !keys.onion.answersMalformed(plain)) {
                close(DestroyReason.PROTOCOL, wrong.getMessage());
            }
        }
    }

    private RelayMessage decoded(Granted keys) throws ProtocolViolation {
        try {
            return RelayCell.decode(plain, 0).message();
        } catch (ProtocolViolation malformed) {
            keys.onion.malformed(RelayCell.command(plain, 0));
            throw malformed;
        }
    }

    /** A malformed one of these ends only the stream that it would have opened, unless it had a place in a sequence. */
    private static boolean isRequestForStream(int command) {
        return command == RelayCommand.BEGIN || command == RelayCommand.RESOLVE;
    }

    private void handle(Granted keys, StreamId stream, RelayMessage message, boolean wasEarly)
            throws ProtocolViolation {
        switch (message) {
            case RelayMessage.Data data -> data(keys, stream, data);
            case RelayMessage.SendMe sendMe -> acknowledged(keys, stream, sendMe);
            case RelayMessage.Begin begin -> request(keys, message, (to, way) -> to.begin(stream, begin, way));
            case RelayMessage.Resolve resolve ->
                request(keys, message, (to, way) -> to.resolve(stream, resolve.name(), way));
            case RelayMessage.End _ -> request(keys, message, (to, way) -> to.end(stream));
            case RelayMessage.Xon xon -> request(keys, message, (to, way) -> to.xon(stream, xon.kilobytesPerSecond()));
            case RelayMessage.Xoff _ -> request(keys, message, (to, way) -> to.xoff(stream));
            case RelayMessage.BeginDir _ -> beginDirectory(keys, stream);
            case RelayMessage.Extend2 extend -> extend(keys, stream, extend, wasEarly);
            case RelayMessage.Truncate truncate -> truncate(keys, truncate.reason());
            case RelayMessage.Drop _ -> figures.count(Counted.DROP); // padding that a client sends as far as here
            case RelayMessage.Connected _ -> ignored(message);
            case RelayMessage.Extended2 _ -> ignored(message);
            case RelayMessage.Truncated _ -> ignored(message);
            case RelayMessage.Resolved _ -> ignored(message);
            case RelayMessage.ConfluxLink link -> link(keys, link.terms());
            case RelayMessage.ConfluxLinkedAck _ -> linked(message).acknowledged(time.nanos());
            case RelayMessage.ConfluxSwitch turn -> switched(linked(message), turn.skipped());
            case RelayMessage.ConfluxLinked _ ->
                throw new ProtocolViolation("CONFLUX_LINKED: came to the end that sends it");
            case OnionServiceMessage request -> keys.onion.handle(request);
            case RelayMessage.Unknown _ -> ignored(message);
        }
    }

    /** As C tor does: what only a client could make use of, or what is from the future, is dropped. */
    private void ignored(RelayMessage message) {
        log.protocolWarning(
                Log.Domain.PROTOCOL, RelayCommand.name(message.command()) + " came to a relay; dropping it.");
    }

    /** Asks something of the streams: at once, or on a linked circuit when its turn comes. */
    private void request(Granted keys, RelayMessage message, ConfluxSet.Request request) throws ProtocolViolation {
        ConfluxLeg linked = leg;
        if (linked == null) {
            request.of(streams, keys.inbound);
        } else {
            linked.set().take(linked, message.data().length, request);
        }
    }

    private void beginDirectory(Granted keys, StreamId stream) throws ProtocolViolation {
        if (leg != null) {
            throw new ProtocolViolation("BEGIN_DIR: came on a linked circuit");
        }
        if (keys.onion.hasRole()) {
            keys.inbound.send(stream, new RelayMessage.End(EndReason.NOTDIRECTORY));
        } else {
            streams.beginDirectory(stream, keys.inbound);
        }
    }

    /**
     * Makes this circuit a leg. It is one before LINKED leaves, since the client may send on it as soon as it has that.
     *
     * @spec prop329 2.4.2, 4.2.1
     */
    private void link(Granted keys, ConfluxTerms terms) throws ProtocolViolation {
        requireEnd("CONFLUX_LINK");
        if (keys.onion.hasRole()) {
            throw new ProtocolViolation("CONFLUX_LINK: came on a circuit of an onion service or of its client");
        }
        if (!streams.isEmpty()) {
            throw new ProtocolViolation("CONFLUX_LINK: came on a circuit with streams");
        }
        ConfluxSet.Linked linked = sets.link(this, keys.inbound, previous, terms);
        leg = linked.leg();
        keys.inbound.send(StreamId.CIRCUIT, new RelayMessage.ConfluxLinked(linked.answer()));
        if (over.get()) {
            linked.leg().set().lost(linked.leg(), DestroyReason.NONE);
        }
    }

    /** Fails unless the circuit ends here and is no leg, as it must for what is said to its last relay alone. */
    void requireEnd(String what) throws ProtocolViolation {
        if (leg != null) {
            throw new ProtocolViolation(what + ": came on a linked circuit");
        }
        if (isExtended()) {
            throw new ProtocolViolation(what + ": came where the circuit goes on");
        }
    }

    private boolean isExtended() {
        lock.lock();
        try {
            return extension != null || onward != null;
        } finally {
            lock.unlock();
        }
    }

    private ConfluxLeg linked(RelayMessage message) throws ProtocolViolation {
        ConfluxLeg linked = leg;
        if (linked == null) {
            throw new ProtocolViolation(
                    RelayCommand.name(message.command()) + ": came on a circuit that is not linked");
        }
        return linked;
    }

    private static void switched(ConfluxLeg linked, long skipped) throws ProtocolViolation {
        linked.set().switched(linked, skipped);
    }

    private void data(Granted keys, StreamId stream, RelayMessage.Data data) throws ProtocolViolation {
        keys.window.received();
        if (keys.window.owesAcknowledgement()) {
            byte[] proof = keys.layer.recognisedTag();
            keys.window.acknowledge();
            boolean proves = keys.parameters.sendmeEmitVersion() > 0;
            keys.inbound.send(StreamId.CIRCUIT, proves ? new RelayMessage.SendMe(1, proof) : RelayMessage.SendMe.PLAIN);
        }
        request(keys, data, (to, way) -> to.data(stream, data.data()));
    }

    private void acknowledged(Granted keys, StreamId stream, RelayMessage.SendMe sendMe) throws ProtocolViolation {
        if (stream.isCircuit()) {
            keys.inbound.acknowledged(sendMe);
        } else if (leg == null) {
            streams.acknowledged(stream);
        } else {
            throw new ProtocolViolation("SENDME: came for a stream of linked circuits, which has no window");
        }
    }

    private void extend(Granted keys, StreamId stream, RelayMessage.Extend2 extend, boolean wasEarly)
            throws ProtocolViolation {
        if (!stream.isCircuit() || !wasEarly) {
            log.protocolWarning(Log.Domain.PROTOCOL, "EXTEND2 came, but not via RELAY_EARLY; dropping it.");
            return;
        }
        if (leg != null) {
            throw new ProtocolViolation("EXTEND2: came on a linked circuit");
        }
        if (keys.onion.hasRole()) {
            throw new ProtocolViolation("EXTEND2: came on a circuit that is an onion service's or its client's");
        }
        Extension wanted = extender.check(extend, previous.peer());
        lock.lock();
        try {
            if (extension != null) {
                throw new ProtocolViolation("EXTEND2: the circuit has a next relay already");
            }
            extension = wanted;
        } finally {
            lock.unlock();
        }
        extender.start(this, wanted);
    }

    /** There is a channel to the relay that the client wants next. */
    void reached(Extension wanted, Channel next) throws Unreachable {
        lock.lock();
        try {
            if (over.get() || !wanted.equals(extension)) {
                return; // it was truncated, or ended, meanwhile
            }
            Onward opened = new Onward(this, next);
            onward = opened;
            opened.create(wanted.request());
        } finally {
            lock.unlock();
        }
        if (over.get()) {
            endOnward(DestroyReason.NONE);
        }
    }

    /** There is none, and won't be. */
    void notReached(DestroyReason reason, String why) {
        close(reason, "EXTEND2: " + why);
    }

    /** The next relay answered the client's handshake. */
    void extended(Onward by, byte[] handshake) {
        if (by.equals(onward)) {
            send(new RelayMessage.Extended2(handshake));
        }
    }

    /** A cell came from the next relay; from one that was truncated meanwhile, it is late. */
    void inward(Onward from, byte[] buffer, int bodyOffset) {
        Granted keys = granted;
        if (keys != null && !over.get() && from.equals(onward)) {
            keys.inbound.pass(buffer, bodyOffset);
        }
    }

    /** The next relay ended its part of the circuit. */
    void truncated(Onward gone, DestroyReason reason) {
        lock.lock();
        try {
            if (gone.equals(onward)) {
                truncated = true;
                onward = null;
                extension = null;
            }
        } finally {
            lock.unlock();
        }
        send(new RelayMessage.Truncated(reason));
    }

    private void truncate(Granted keys, DestroyReason reason) {
        endOnward(reason);
        keys.inbound.send(StreamId.CIRCUIT, new RelayMessage.Truncated(DestroyReason.REQUESTED));
    }

    private void endOnward(DestroyReason reason) {
        Onward ending;
        lock.lock();
        try {
            ending = onward;
            onward = null;
            extension = null;
        } finally {
            lock.unlock();
        }
        if (ending != null) {
            ending.destroy(reason);
        }
    }

    private void send(RelayMessage message) {
        Granted keys = granted;
        if (keys != null) {
            keys.inbound.send(StreamId.CIRCUIT, message);
        }
    }

    private void overflowed() {
        figures.count(Counted.QUEUE_FULL);
        close(DestroyReason.RESOURCELIMIT, "the previous relay takes no more cells");
    }

    /** Ends the circuit towards both sides. From any thread; only the first call does anything. */
    void close(DestroyReason reason, String why) {
        if (over.compareAndSet(false, true)) {
            if (reason == DestroyReason.PROTOCOL) {
                figures.count(Counted.VIOLATION);
            }
            log.info(Log.Domain.CIRC, "Closing circuit " + id + " of " + previous + ": " + why);
            previous.destroy(id, reason);
            end(reason);
        }
    }

    private void destroyed(DestroyReason reason) {
        if (over.compareAndSet(false, true)) {
            previous.detach(id);
            end(reason);
        }
    }

    @Override
    public void channelClosed(Channel which, String why) {
        if (over.compareAndSet(false, true)) {
            end(DestroyReason.CHANNEL_CLOSED);
        }
    }

    @Override
    public void exhausted(Channel which, String why) {
        if (over.compareAndSet(false, true)) {
            end(DestroyReason.RESOURCELIMIT);
        }
    }

    private void end(DestroyReason reason) {
        endOnward(reason);
        streams.close();
        ConfluxLeg linked = leg;
        if (linked != null) {
            linked.set().lost(linked, reason);
        }
        Granted keys = granted;
        if (keys != null) {
            keys.onion.end(reason);
            keys.inbound.close();
            if (keys.inbound.flow().isControlled()) {
                figures.count(Counted.CONTROLLED_CIRCUIT_ENDED);
            }
        }
        onEnd.run();
    }

    @Override
    public void outboxDrained(Channel which) {
        Granted keys = granted;
        if (keys != null) {
            keys.inbound.drained();
        }
    }

    @Override
    public Optional<CircuitQueues> queues() {
        Onward next = onward;
        return Optional.of(
                CircuitQueues.ofTransit(CircuitQueues.Queue.inbound(previous, id), next == null ? null : next.queue()));
    }
}

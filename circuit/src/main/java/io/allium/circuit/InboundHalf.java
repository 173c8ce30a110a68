package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.OnionServiceMessage;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.cell.StreamId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What comes to us on a circuit of ours: takes the layers off, finds out which hop speaks and whether it may say this now.
 * Whatever it may not is a violation that ends the circuit. Confined to the channel's loop, but for {@code hops}, which
 * only grows, {@code serving}, and {@code traffic}.
 *
 * @spec tor-spec 5.5.4, 6.1
 */
final class InboundHalf {
    private final OriginCircuit circuit;
    private final OriginStreams streams;
    private final OutboundHalf outbound;
    private final FlowParameters parameters;
    private final List<Hop> hops = new CopyOnWriteArrayList<>();
    private final byte[][] plain = new byte[2][CellCodec.BODY_BYTES];
    private @Nullable ConfluxLeg leg; // once it is linked
    private volatile @Nullable Serving serving; // once it ends in a client of ours
    private final LongAdder cells = new LongAdder();
    private final LongAdder relayCells = new LongAdder();
    private final LongAdder delivered = new LongAdder();

    InboundHalf(OriginCircuit circuit, OriginStreams streams, OutboundHalf outbound, FlowParameters parameters) {
        this.circuit = circuit;
        this.streams = streams;
        this.outbound = outbound;
        this.parameters = parameters;
    }

    /** The circuit has become longer; called by the thread that made the hop, before anything can come from it. */
    void add(Hop hop) {
        hops.add(hop);
    }

    /** From now on streams are accepted; called before anything can come from the virtual hop. */
    void serve(Serving clients) {
        serving = clients;
    }

    /** The hops so far, the first one first. */
    List<Hop> hops() {
        return hops;
    }

    /** A cell came. */
    void cell(int command, byte[] buffer, int offset) throws ProtocolViolation {
        cells.increment();
        switch (command) {
            case CellCommand.RELAY -> relay(buffer, offset);
            case CellCommand.CREATED2, CellCommand.CREATED_FAST -> created(command, buffer, offset);
            case CellCommand.DESTROY -> destroyed(buffer, offset);
            default -> throw new ProtocolViolation(CellCommand.name(command) + ": came to the circuit's origin");
        }
    }

    /** What came, as the inbound fields of a {@link CircuitTraffic}. */
    CircuitTraffic traffic() {
        long data = delivered.sum();
        long overhead = Math.max(0, relayCells.sum() * RelayCell.DATA_MAX - data);
        return new CircuitTraffic(cells.sum() * CellCodec.BODY_BYTES, 0, data, overhead, 0, 0);
    }

    private void created(int command, byte[] buffer, int offset) throws ProtocolViolation {
        ChannelCell cell = ChannelCell.decode(command, buffer, offset, CellCodec.BODY_BYTES);
        byte[] handshake = switch (cell) {
            case ChannelCell.Created2 created -> created.data();
            case ChannelCell.CreatedFast created -> created.reply();
            default -> throw new IllegalStateException(CellCommand.name(command) + " was decoded as " + cell);
        };
        circuit.answered(0, command, handshake);
    }

    private void destroyed(byte[] buffer, int offset) throws ProtocolViolation {
        ChannelCell cell = ChannelCell.decode(CellCommand.DESTROY, buffer, offset, CellCodec.BODY_BYTES);
        if (cell instanceof ChannelCell.Destroy destroy) {
            circuit.destroyed(destroy.reason());
        }
    }

    private void relay(byte[] buffer, int offset) throws ProtocolViolation {
        byte[] from = buffer;
        int at = offset;
        int turn = 0;
        for (Hop hop : hops) {
            byte[] to = plain[turn];
            boolean ours = hop == hops.getLast()
                    ? hop.layer().decryptLastInbound(CellCommand.RELAY, from, at, to, 0)
                    : hop.layer().decryptInbound(CellCommand.RELAY, from, at, to, 0);
            if (ours) {
                recognised(hop, to);
                return;
            }
            from = to;
            at = 0;
            turn = 1 - turn;
        }
        throw new ProtocolViolation("relay cell: no hop of the circuit made it");
    }

    private void recognised(Hop hop, byte[] body) throws ProtocolViolation {
        int length = RelayCell.dataLength(body, 0);
        int streamId = RelayCell.streamId(body, 0);
        if (RelayCell.command(body, 0) == RelayCommand.DATA) {
            data(hop, streamId, body, length);
        } else {
            message(hop, streamId, RelayCell.decode(body, 0).message());
        }
        relayCells.increment();
        delivered.add(length);
    }

    private void data(Hop hop, int streamId, byte[] body, int length) throws ProtocolViolation {
        ReceiveWindow delivery = hop.delivery();
        delivery.received();
        if (delivery.owesAcknowledgement()) {
            delivery.acknowledge();
            outbound.send(hop, StreamId.CIRCUIT.value(), sendme(hop));
        }
        if (leg == null) {
            streams.data(hop, streamId, body, RelayCell.HEADER_BYTES, length);
        } else {
            leg.set().data(leg, hop, streamId, body, RelayCell.HEADER_BYTES, length);
        }
    }

    private RelayMessage.SendMe sendme(Hop hop) {
        return parameters.sendmeEmitVersion() == 0
                ? RelayMessage.SendMe.PLAIN
                : new RelayMessage.SendMe(1, hop.layer().recognisedTag());
    }

    private void message(Hop hop, int id, RelayMessage message) throws ProtocolViolation {
        switch (message) {
            case RelayMessage.Data data -> throw new IllegalStateException("DATA is handled before: " + data);
            case RelayMessage.Connected connected -> tell(hop, id, message, stream -> stream.connected(connected));
            case RelayMessage.Resolved resolved -> tell(hop, id, message, stream -> stream.resolved(resolved));
            case RelayMessage.End end -> tell(hop, id, message, stream -> stream.ended(end));
            case RelayMessage.Xon xon -> tell(hop, id, message, stream -> stream.xon(xon.kilobytesPerSecond()));
            case RelayMessage.Xoff xoff -> tell(hop, id, message, StreamEntry::xoff);
            case RelayMessage.SendMe sendme when id == 0 -> outbound.acknowledged(hop, sendme);
            case RelayMessage.SendMe sendme -> streams.tell(hop, id, message.command(), StreamEntry::acknowledged);
            case RelayMessage.Extended2 extended ->
                circuit.answered(hop.number(), RelayCommand.EXTENDED2, extended.handshake());
            case RelayMessage.Truncated truncated -> circuit.truncated(hop, truncated.reason());
            case RelayMessage.Drop drop -> {}
            case RelayMessage.Unknown unknown -> {}
            case RelayMessage.ConfluxLinked linked -> leg = circuit.linked(hop, linked.terms());
            case RelayMessage.ConfluxSwitch turn -> switched(hop, turn.skipped());
            case RelayMessage.ConfluxLink wrong -> throw forward(wrong);
            case RelayMessage.ConfluxLinkedAck wrong -> throw forward(wrong);
            case RelayMessage.Begin begin -> begun(hop, id, begin);
            case OnionServiceMessage.IntroEstablished _ -> rendezvous(hop, id, message);
            case OnionServiceMessage.Introduce2 _ -> rendezvous(hop, id, message);
            case OnionServiceMessage.IntroduceAck _ -> rendezvous(hop, id, message);
            case OnionServiceMessage.RendezvousEstablished _ -> rendezvous(hop, id, message);
            case OnionServiceMessage.Rendezvous2 _ -> rendezvous(hop, id, message);
            case OnionServiceMessage.EstablishIntro wrong -> throw forward(wrong);
            case OnionServiceMessage.Introduce1 wrong -> throw forward(wrong);
            case OnionServiceMessage.EstablishRendezvous wrong -> throw forward(wrong);
            case OnionServiceMessage.Rendezvous1 wrong -> throw forward(wrong);
            case RelayMessage.BeginDir wrong -> throw forward(wrong);
            case RelayMessage.Resolve wrong -> throw forward(wrong);
            case RelayMessage.Extend2 wrong -> throw forward(wrong);
            case RelayMessage.Truncate wrong -> throw forward(wrong);
        }
    }

    /** Gives a message to its stream: at once, or where circuits are linked when its turn comes. */
    private void tell(Hop hop, int id, RelayMessage message, OriginStreams.Told told) throws ProtocolViolation {
        if (leg == null) {
            streams.tell(hop, id, message.command(), told);
        } else {
            leg.set().tell(leg, hop, id, message.command(), message.data().length, told);
        }
    }

    private void switched(Hop hop, long skipped) throws ProtocolViolation {
        if (leg == null) {
            throw new ProtocolViolation("CONFLUX_SWITCH: came on a circuit that is not linked");
        }
        leg.set().switched(leg, hop, skipped);
    }

    /** A client of an onion service opens a stream; nobody else may, and to nobody else. */
    private void begun(Hop hop, int id, RelayMessage.Begin begin) throws ProtocolViolation {
        Serving clients = serving;
        if (clients == null || clients.client() != hop) {
            throw forward(begin);
        }
        streams.begun(clients, id, begin.port());
    }

    /** About introductions and rendezvous, of which only the last relay may speak. */
    private void rendezvous(Hop hop, int id, RelayMessage message) throws ProtocolViolation {
        if (id != 0 || hop != circuit.lastRelay()) {
            throw new ProtocolViolation(RelayCommand.name(message.command()) + ": came from " + hop + " for stream "
                    + id + ", and not from the last relay for the circuit");
        }
        circuit.messages().came(message);
    }

    private static ProtocolViolation forward(RelayMessage message) {
        return new ProtocolViolation(RelayCommand.name(message.command()) + ": came from a relay");
    }
}

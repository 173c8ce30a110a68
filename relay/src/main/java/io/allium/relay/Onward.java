package io.allium.relay;

import io.allium.base.ProtocolViolation;
import io.allium.base.Unreachable;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.cell.DestroyReason;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayMessage;
import io.allium.channel.Channel;
import io.allium.channel.CircuitEnd;
import io.allium.channel.CircuitQueues;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A transit circuit's end at the next relay: it asks for the circuit there, and once that is granted passes cells both
 * ways. Its methods as a {@link CircuitEnd} run on the next channel's loop; {@link #pass} on the previous one's.
 *
 * @spec tor-spec 5.3, 5.5
 */
final class Onward implements CircuitEnd {
    /** What EXTENDED2 holds beside the length of it. */
    private static final int ANSWER_MAX = RelayCell.DATA_MAX - 2;

    private final TransitCircuit circuit;
    private final Channel next;
    private final CircuitId id;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean open;

    /** Takes a circuit ID at the next relay. */
    Onward(TransitCircuit circuit, Channel next) throws Unreachable {
        this.circuit = circuit;
        this.next = next;
        this.id = next.open(this);
    }

    /** Asks the next relay for the circuit. */
    void create(RelayMessage.Extend2 extend) {
        ChannelCell.Create2 create = new ChannelCell.Create2(extend.handshakeType(), extend.handshake());
        if (!next.outbox().add(id, create)) {
            circuit.close(DestroyReason.RESOURCELIMIT, "the next relay takes no more cells");
        }
    }

    /** Where cells wait for the next relay. */
    CircuitQueues.Queue queue() {
        return CircuitQueues.Queue.outbound(next, id);
    }

    /** Whether the next relay granted the circuit. */
    boolean isOpen() {
        return open;
    }

    /** Sends on a cell that was not for us. False if it is lost for want of room. */
    boolean pass(int command, byte[] body) {
        return next.outbox().add(id, command, body, 0);
    }

    /** Ends the circuit from here on. */
    void destroy(DestroyReason reason) {
        if (over.compareAndSet(false, true)) {
            next.destroy(id, reason);
        }
    }

    @Override
    public void cell(Channel from, int command, byte[] buffer, int bodyOffset) {
        switch (command) {
            case CellCommand.RELAY -> relay(buffer, bodyOffset);
            case CellCommand.CREATED2 -> created(buffer, bodyOffset);
            case CellCommand.DESTROY -> destroyed(DestroyReason.of(buffer[bodyOffset] & 0xff));
            default ->
                circuit.close(
                        DestroyReason.PROTOCOL,
                        CellCommand.name(command) + " from the next relay, where it may not be");
        }
    }

    @Override
    public void channelClosed(Channel which, String why) {
        over.set(true);
        circuit.close(DestroyReason.CHANNEL_CLOSED, "the next relay's channel closed: " + why);
    }

    @Override
    public void exhausted(Channel which, String why) {
        over.set(true);
        circuit.close(DestroyReason.RESOURCELIMIT, why);
    }

    /** The next relay reads again. Nothing waits for it here: who sends too much meanwhile loses the circuit. */
    @Override
    public void outboxDrained(Channel which) {}

    private void relay(byte[] buffer, int bodyOffset) {
        if (open) {
            circuit.inward(this, buffer, bodyOffset);
        } else {
            circuit.close(DestroyReason.PROTOCOL, "the next relay sends on a circuit that it has not granted");
        }
    }

    private void created(byte[] buffer, int bodyOffset) {
        if (open) {
            circuit.close(DestroyReason.PROTOCOL, "the next relay granted a circuit twice");
            return;
        }
        try {
            ChannelCell cell = ChannelCell.decode(CellCommand.CREATED2, buffer, bodyOffset, CellCodec.BODY_BYTES);
            if (cell instanceof ChannelCell.Created2 created) {
                if (created.data().length > ANSWER_MAX) {
                    throw new ProtocolViolation("CREATED2: an answer that EXTENDED2 cannot carry");
                }
                open = true;
                circuit.extended(this, created.data());
            }
        } catch (ProtocolViolation malformed) {
            circuit.close(DestroyReason.PROTOCOL, malformed.getMessage());
        }
    }

    private void destroyed(DestroyReason reason) {
        if (over.compareAndSet(false, true)) {
            next.detach(id);
            circuit.truncated(this, reason);
        }
    }
}

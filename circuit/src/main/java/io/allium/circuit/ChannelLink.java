package io.allium.circuit;

import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.cell.CircuitId;
import io.allium.cell.DestroyReason;
import io.allium.channel.Backlog;
import io.allium.channel.CellBody;
import io.allium.channel.Channel;
import io.allium.channel.CircuitEnd;
import io.allium.channel.CircuitQueues;
import io.allium.channel.Edge;
import java.util.Optional;

/** A circuit's place on a real channel. Its ID is set once, before the circuit sends. */
final class ChannelLink implements FirstLink {
    private final Channel channel;
    private volatile CircuitId id = CircuitId.NONE;

    ChannelLink(Channel channel) {
        this.channel = channel;
    }

    @Override
    public void open(OriginCircuit circuit) throws Unreachable {
        id = channel.open(new End(this, circuit));
    }

    @Override
    public Backlog backlog() {
        return channel.backlog();
    }

    @Override
    public boolean hasRoom() {
        return channel.outbox().hasRoom(id);
    }

    @Override
    public boolean append(int command, CellBody body) {
        return channel.outbox().append(id, command, body);
    }

    @Override
    public Edge carry(Wire connection, Edge.End end) {
        return channel.carry(connection, end);
    }

    @Override
    public void afterTurn(Runnable task) {
        channel.afterTurn(task);
    }

    @Override
    public void flush() {
        channel.usedByClient();
        channel.outbox().flush();
    }

    /** Clients never say why. @spec tor-spec 5.4 */
    @Override
    public void destroy() {
        channel.destroy(id, DestroyReason.NONE);
    }

    @Override
    public void release() {
        if (!id.isNone()) {
            channel.detach(id);
        }
    }

    private Optional<CircuitQueues.Queue> queue() {
        CircuitId own = id;
        return own.isNone() ? Optional.empty() : Optional.of(CircuitQueues.Queue.outbound(channel, own));
    }

    /** What the channel calls, on its loop. */
    private record End(ChannelLink link, OriginCircuit circuit) implements CircuitEnd {
        @Override
        public void cell(Channel from, int command, byte[] buffer, int bodyOffset) {
            circuit.cell(command, buffer, bodyOffset);
        }

        @Override
        public void channelClosed(Channel which, String why) {
            circuit.channelClosed(why);
        }

        @Override
        public void outboxDrained(Channel which) {
            circuit.outbound().drained();
        }

        @Override
        public Optional<CircuitQueues> queues() {
            return link.queue().map(queue -> CircuitQueues.ofOrigin(circuit.id(), queue));
        }
    }
}

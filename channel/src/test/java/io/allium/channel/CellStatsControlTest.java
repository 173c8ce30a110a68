package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.cell.CellCommand;
import io.allium.cell.CircuitId;
import io.allium.channel.CircuitQueues.Queue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.controltesting.AskedPort;
import io.allium.testing.Waiting;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CellStatsControlTest {
    private final ControlEvents events = new ControlEvents();
    private final AtomicBoolean allowed = new AtomicBoolean(true);
    private Optional<Channels> channels = Optional.empty();
    private final CellStatsControl control = new CellStatsControl(() -> channels, allowed::get, events);
    private final Neighbours neighbours = new Neighbours();
    private AskedPort port;
    private Channel channel;

    @BeforeEach
    void open() throws Exception {
        port = new AskedPort(events);
        LinkIdentity identity = neighbours.identity();
        Channels relay = neighbours.relay(identity, new Neighbours.Echo(), LinkHandshake.VERSIONS);
        Channels client = neighbours.client(LinkHandshake.VERSIONS);
        channel = client.to(neighbours.serve(relay, identity), Neighbours.PATIENCE);
        channels = Optional.of(client);
    }

    @AfterEach
    void close() throws Exception {
        port.close();
        neighbours.close();
    }

    @Test
    void aCircuitOfOursIsToldByItsNumber() throws Exception {
        End end = new End();
        CircuitId circuit = opened(end);
        end.queues = Optional.of(CircuitQueues.ofOrigin(14, Queue.outbound(channel, circuit)));
        listen();
        add(circuit, CellCommand.RELAY_EARLY);
        add(circuit, CellCommand.RELAY);
        add(circuit, CellCommand.RELAY);
        control.second();
        assertThat(port.asker().next().getFirst())
                .matches("650 CELL_STATS ID=14 OutboundQueue=" + text(circuit) + " OutboundConn=" + channel.id()
                        + " OutboundAdded=relay:2,relay_early:1 OutboundRemoved=relay:2,relay_early:1"
                        + " OutboundTime=relay:[0-9]*0,relay_early:[0-9]*0");
    }

    @Test
    void somebodysCircuitIsToldByItsQueues() throws Exception {
        End end = new End();
        CircuitId circuit = opened(end);
        CircuitId onward = opened(new End());
        end.queues =
                Optional.of(CircuitQueues.ofTransit(Queue.inbound(channel, circuit), Queue.outbound(channel, onward)));
        listen();
        add(onward, CellCommand.RELAY);
        control.second();
        assertThat(port.asker().next().getFirst())
                .matches("650 CELL_STATS InboundQueue=" + text(circuit) + " InboundConn=" + channel.id()
                        + " OutboundQueue=" + text(onward) + " OutboundConn=" + channel.id()
                        + " OutboundAdded=relay:1 OutboundRemoved=relay:1 OutboundTime=relay:[0-9]*0");
    }

    @Test
    void aCircuitWithoutCellsIsNotTold() throws Exception {
        End quiet = new End();
        CircuitId circuit = opened(quiet);
        quiet.queues = Optional.of(CircuitQueues.ofTransit(Queue.inbound(channel, circuit), null));
        listen();
        add(circuit, CellCommand.RELAY);
        control.second();
        assertThat(port.asker().next().getFirst())
                .contains("InboundAdded=relay:1")
                .doesNotContain("Outbound");
        control.second();
        events.tell(ControlEvent.CELL_STATS, "what comes next");
        assertThat(port.asker().next()).containsExactly("650 CELL_STATS what comes next");
    }

    @Test
    void cellsAreCountedOnlyWhileSomebodyMayAndWantsToHearOfThem() throws Exception {
        assertThat(control.isWanted()).isFalse();
        port.asker().ask("SETEVENTS CELL_STATS");
        assertThat(control.isWanted()).isTrue();
        allowed.set(false);
        assertThat(control.isWanted()).isFalse();
    }

    /** Has what comes from now on counted. */
    private void listen() throws Exception {
        port.asker().ask("SETEVENTS CELL_STATS");
        control.second();
    }

    /** A circuit whose CREATE2 nobody counts. */
    private CircuitId opened(End end) throws Exception {
        CircuitId circuit = channel.open(end);
        add(circuit, CellCommand.CREATE2);
        return circuit;
    }

    /** Sends a cell, and waits until it has left. */
    private void add(CircuitId circuit, int command) {
        assertThat(channel.outbox().add(circuit, command, (into, at) -> {})).isTrue();
        Waiting.until(() -> channel.outbox().size() == 0);
    }

    private static String text(CircuitId circuit) {
        return Integer.toUnsignedString(circuit.value());
    }

    /** An end that names these queues. */
    private static final class End implements CircuitEnd {
        private volatile Optional<CircuitQueues> queues = Optional.empty();

        @Override
        public void cell(Channel from, int command, byte[] buffer, int bodyOffset) {}

        @Override
        public void channelClosed(Channel which, String why) {}

        @Override
        public void outboxDrained(Channel which) {}

        @Override
        public Optional<CircuitQueues> queues() {
            return queues;
        }
    }
}

package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.CircuitId;
import io.allium.control.ControlEvents;
import io.allium.controltesting.AskedPort;
import io.allium.crypto.Fingerprint;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChannelControlTest {
    private static final Fingerprint RELAY = Fingerprint.of(new byte[Fingerprint.LENGTH]);
    private static final ChannelTarget TARGET =
            new ChannelTarget(List.of(Endpoint.parse("127.0.0.1:1")), RELAY, Optional.empty());
    private static final String NAMED = "$" + "0".repeat(40) + "~zero";

    private final ControlEvents events = new ControlEvents();
    private Optional<Channels> channels = Optional.empty();
    private final AtomicBoolean ofEachConnection = new AtomicBoolean();
    private final TrafficControl traffic = new TrafficControl(() -> channels, ofEachConnection::get, events);
    private final ChannelControl control = new ChannelControl(
            () -> channels,
            relay -> relay.equals(RELAY) ? Optional.of("zero") : Optional.empty(),
            new CellStatsControl(() -> channels, () -> false, events),
            events);
    private AskedPort port;

    @BeforeEach
    void open() throws Exception {
        port = new AskedPort(events, control, traffic);
    }

    @AfterEach
    void close() throws Exception {
        port.close();
    }

    @Test
    void aLinkIsToldFromItsBeginningToItsEnd() throws Exception {
        port.asker().ask("SETEVENTS ORCONN");
        control.launched(7, TARGET, TARGET.addresses().getFirst());
        control.failed(7, TARGET, 2, ChannelEvents.Reason.CONNECTREFUSED, "refused");
        control.failed(8, TARGET, 0, ChannelEvents.Reason.TIMEOUT, "late");
        Endpoint client = Endpoint.parse("127.0.0.1:32920");
        control.accepted(9, client);
        control.dropped(9, client, ChannelEvents.Reason.TLS_ERROR, "no TLS");
        assertThat(port.asker().next()).containsExactly("650 ORCONN " + NAMED + " LAUNCHED ID=7");
        assertThat(port.asker().next())
                .containsExactly("650 ORCONN " + NAMED + " FAILED REASON=CONNECTREFUSED NCIRCS=2 ID=7");
        assertThat(port.asker().next()).containsExactly("650 ORCONN " + NAMED + " FAILED REASON=TIMEOUT ID=8");
        assertThat(port.asker().next()).containsExactly("650 ORCONN 127.0.0.1:32920 NEW ID=9");
        assertThat(port.asker().next()).containsExactly("650 ORCONN 127.0.0.1:32920 FAILED REASON=TLS_ERROR ID=9");
    }

    @Test
    void whileTheNetworkIsDisabledThereIsNothingToSee() throws Exception {
        assertThat(port.asker().info("orconn-status")).containsExactly("");
        assertThat(port.asker().info("traffic/read")).containsExactly("0");
        assertThat(port.asker().info("bw-event-cache")).containsExactly("");
    }

    @Test
    void openChannelsAndWhatTheyCarryAreSeen() throws Exception {
        try (Neighbours neighbours = new Neighbours()) {
            LinkIdentity identity = neighbours.identity();
            Channels relay = neighbours.relay(identity, new Neighbours.Echo(), LinkHandshake.VERSIONS);
            Channels client = neighbours.client(LinkHandshake.VERSIONS);
            Channel channel = client.to(neighbours.serve(relay, identity), Neighbours.PATIENCE);
            Neighbours.Recorder end = new Neighbours.Recorder();
            CircuitId circuit = channel.open(end);
            channel.outbox().add(circuit, CellCommand.CREATE2, (into, at) -> {});
            channel.outbox().add(circuit, CellCommand.RELAY, new byte[CellCodec.BODY_BYTES], 0);
            assertThat(end.next()).as("the cell comes back").isNotNull();
            channels = Optional.of(client);
            assertThat(port.asker().info("orconn-status"))
                    .containsExactly("$" + identity.fingerprint().hex() + " CONNECTED");
            assertThat(port.asker().info("traffic/written")).isNotEqualTo(List.of("0"));
            port.asker().ask("SETEVENTS BW CONN_BW");
            ofEachConnection.set(true);
            traffic.second();
            assertThat(port.asker().next().getFirst()).matches("650 BW [1-9][0-9]* [1-9][0-9]*");
            assertThat(port.asker().next().getFirst())
                    .matches("650 CONN_BW ID=" + channel.id() + " TYPE=OR READ=[1-9][0-9]* WRITTEN=[1-9][0-9]*");
            channels = Optional.of(relay);
            assertThat(port.asker().info("orconn-status").getFirst()).matches("127\\.0\\.0\\.1:[0-9]+ CONNECTED");
        }
    }

    @Test
    void inATestingNetworkOtherConnectionsAreToldOneByOne() throws Exception {
        try (Neighbours neighbours = new Neighbours()) {
            Channels relay = neighbours.client(LinkHandshake.VERSIONS);
            channels = Optional.of(relay);
            ofEachConnection.set(true);
            ConnectionCount early = relay.count(ConnectionCount.Kind.EXIT);
            early.read(1);
            relay.countConnections(true);
            ConnectionCount exit = relay.count(ConnectionCount.Kind.EXIT);
            exit.read(10);
            exit.written(300);
            ByteStream directory = relay.count(ConnectionCount.Kind.DIR).ofReading(new Echoing());
            directory.write(new byte[20]);
            assertThat(directory.read(new byte[100], 0, 100)).isEqualTo(20);
            port.asker().ask("SETEVENTS CONN_BW");
            traffic.second();
            assertThat(port.asker().next().getFirst()).matches("650 CONN_BW ID=[0-9]+ TYPE=EXIT READ=10 WRITTEN=300");
            assertThat(port.asker().next().getFirst()).matches("650 CONN_BW ID=[0-9]+ TYPE=DIR READ=20 WRITTEN=0");
            traffic.second();
            directory.write(new byte[5]);
            assertThat(directory.read(new byte[100], 0, 100)).isEqualTo(5);
            directory.close();
            exit.written(7);
            traffic.second();
            assertThat(port.asker().next().getFirst()).matches("650 CONN_BW ID=[0-9]+ TYPE=EXIT READ=0 WRITTEN=7");
            assertThat(port.asker().next().getFirst()).matches("650 CONN_BW ID=[0-9]+ TYPE=DIR READ=5 WRITTEN=0");
            assertThat(relay.takeCounts()).as("what is over is told of once").hasSize(1);
        }
    }

    /** Somebody who says what he heard. */
    private static final class Echoing implements ByteStream {
        private int waiting;

        @Override
        public int read(byte[] into, int offset, int length) {
            int count = waiting;
            waiting = 0;
            return count;
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            waiting = length;
        }

        @Override
        public void finish() {}

        @Override
        public void close() {}
    }

    @Test
    void theSecondsThatAreRememberedAreBounded() throws Exception {
        for (int i = 0; i <= TrafficControl.SECONDS_MAX; i++) {
            traffic.second();
        }
        assertThat(port.asker().info("bw-event-cache").getFirst().split(" ")).hasSize(TrafficControl.SECONDS_MAX);
    }
}

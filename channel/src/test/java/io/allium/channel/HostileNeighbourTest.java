package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Wire;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A neighbour that speaks TLS and cells, and means no good: whatever it does costs its own link at the most. */
@Timeout(120)
class HostileNeighbourTest {
    private static final CellCodec CODEC = CellCodec.of(5);
    private static final long MEMORY = 1 << 20;

    private final Neighbours neighbours = new Neighbours();
    private Channels relay;
    private ChannelTarget target;
    private Wire wire;
    private TlsSession tls;
    private CellConversation link;
    private Channel channel;
    private int asked;

    @BeforeEach
    void open() throws Exception {
        LinkIdentity identity = neighbours.identity();
        relay = neighbours.relay(identity, new Neighbours.Echo(), LinkHandshake.VERSIONS);
        target = neighbours.serve(relay, identity);
        wire = neighbours.network.dial(target.addresses().getFirst(), Neighbours.PATIENCE);
        tls = new TlsSession(LinkTls.initiator(neighbours.entropy).engine(), wire, neighbours.tasks);
        tls.handshake();
        link = new CellConversation(tls, wire, null);
        LinkHandshake state = InitiatorHandshake.begin(new InitiatorHandshake.Initiator(
                link, target, null, List.of(), LinkHandshake.VERSIONS, neighbours.time, neighbours.entropy));
        while (!(state instanceof LinkHandshake.Done)) {
            ChannelCell cell = link.next();
            state = LinkHandshake.isPadding(cell) ? state : state.receive(cell);
        }
        channel = Neighbours.first(relay);
    }

    @AfterEach
    void close() {
        wire.close();
        neighbours.close();
    }

    /** Has the relay send until the hostile one, who does not read, has filled what lies between them. */
    private void block() throws Exception {
        CircuitId circuit = channel.open(new Neighbours.Recorder());
        byte[] body = new byte[CellCodec.BODY_BYTES];
        Neighbours.await(() -> {
            channel.outbox().add(circuit, CellCommand.RELAY, body, 0);
            return channel.isBlocked();
        });
    }

    /** Asks for new keys, which the relay has to answer, and says something else as well. */
    private void askForKeysAndSay(byte... bytes) throws IOException {
        tls.engine().beginHandshake();
        tls.write(bytes);
    }

    @Test
    void answersToNewKeysThatItDoesNotReadDoNotPileUp() throws Exception {
        block();
        Neighbours.await(() -> {
            try {
                askForKeysAndSay((byte) 0); // a byte of padding
            } catch (IOException closed) {
                return true;
            }
            return !channel.isOpen();
        });
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void newKeysNowAndThenAreFine() throws Exception {
        for (int i = 0; i < 100; i++) {
            askForKeysAndSay(refused());
            assertThat(link.next()).isInstanceOf(ChannelCell.Destroy.class);
        }
    }

    @Test
    void refusalsThatItDoesNotReadDoNotOutlastTheMemory() throws Exception {
        relay.configure(() -> withMemory(MEMORY));
        block();
        Neighbours.await(() -> {
            try {
                for (int i = 0; i < 100; i++) {
                    tls.write(refused());
                }
            } catch (IOException closed) {
                return true;
            }
            return !channel.isOpen();
        });
        Neighbours.await(() -> relay.backlog().size() < MEMORY);
    }

    /** Asks for a circuit with an ID that only the relay may give. */
    private byte[] refused() {
        return CODEC.encode(new CircuitId(++asked), new ChannelCell.CreateFast(new byte[20]));
    }

    private static ChannelOptions withMemory(long max) {
        ChannelOptions.Rate unlimited = ChannelOptions.Rate.UNLIMITED;
        return new ChannelOptions(
                ChannelOptions.PRIORITY_HALF_LIFE, max, unlimited, unlimited, unlimited, ChannelOptions.REFILL, true);
    }
}

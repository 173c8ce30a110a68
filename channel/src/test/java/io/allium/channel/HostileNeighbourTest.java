package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.testing.Waiting;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A neighbour that speaks TLS and cells, and means no good: whatever it does costs its own link at the most. */
@Timeout(300)
class HostileNeighbourTest {
    private static final long MEMORY = 1 << 20;

    private final Neighbours neighbours = new Neighbours();
    private Channels relay;
    private RawLink hostile;
    private int asked;

    @BeforeEach
    void open() throws Exception {
        LinkIdentity identity = neighbours.identity();
        relay = neighbours.relay(identity, new Neighbours.Echo(), LinkHandshake.VERSIONS);
        hostile = new RawLink(neighbours, relay, neighbours.serve(relay, identity));
    }

    @AfterEach
    void close() {
        hostile.wire.close();
        neighbours.close();
    }

    @Test
    void answersToNewKeysThatItDoesNotReadDoNotPileUp() throws Exception {
        hostile.block();
        Waiting.until(() -> {
            try {
                hostile.askForKeysAndSay((byte) 0); // a byte of padding
            } catch (IOException closed) {
                return true;
            }
            return !hostile.channel.isOpen();
        });
        Waiting.until(() -> !hostile.channel.isOpen());
    }

    @Test
    void someNewKeysAreFine() throws Exception {
        for (int i = 0; i < Link.EMPTY_RECORDS_MAX; i++) {
            hostile.askForKeysAndSay(refused());
            assertThat(hostile.next()).isInstanceOf(ChannelCell.Destroy.class);
        }
    }

    @Test
    void refusalsThatItDoesNotReadDoNotOutlastTheMemory() throws Exception {
        relay.configure(() -> Neighbours.withMemory(MEMORY));
        hostile.block();
        Waiting.until(() -> {
            try {
                for (int i = 0; i < 100; i++) {
                    hostile.say(refused());
                }
            } catch (IOException closed) {
                return true;
            }
            return !hostile.channel.isOpen();
        });
        Waiting.until(() -> relay.backlog().size() < MEMORY);
    }

    /** Asks for a circuit with an ID that only the relay may give. */
    private byte[] refused() {
        return RawLink.CODEC.encode(new CircuitId(++asked), new ChannelCell.CreateFast(new byte[20]));
    }
}

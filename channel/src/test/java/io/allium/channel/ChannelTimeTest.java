package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Wire;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to channels when time passes and nothing else does. */
class ChannelTimeTest {
    private final SetTime time = new SetTime(Instant.parse("2026-11-20T12:00:00Z"));
    private final Neighbours neighbours = new Neighbours(time);
    private final LinkIdentity identity = neighbours.identity();
    private final Channels relay = neighbours.relay(identity, new Neighbours.Echo(), LinkHandshake.VERSIONS);

    @AfterEach
    void close() {
        neighbours.close();
    }

    @Test
    void aChannelWithoutCircuitsIsClosedAfterAWhile() throws Exception {
        Channel channel =
                neighbours.client(LinkHandshake.VERSIONS).to(neighbours.serve(relay, identity), Neighbours.PATIENCE);
        time.jump(Duration.ofMinutes(5));
        time.pass(Duration.ofSeconds(10)); // wakes the relay, or the client
        time.pass(Duration.ofSeconds(10));
        channel.closed().get();
        assertThat(neighbours.events.take()).startsWith("closed DONE: ");
    }

    @Test
    void aChannelWithACircuitStaysAndIsKeptAlive() throws Exception {
        Channels client = neighbours.client(LinkHandshake.VERSIONS);
        ChannelTarget target = neighbours.serve(relay, identity);
        Channel channel = client.to(target, Neighbours.PATIENCE);
        channel.open(new Neighbours.Recorder());
        Neighbours.first(relay).open(new Neighbours.Recorder());
        time.jump(Duration.ofMinutes(5));
        for (int i = 0; i < 4; i++) {
            time.pass(Duration.ofSeconds(10));
        }
        Neighbours.await(() -> channel.silent().compareTo(Duration.ofMinutes(1)) < 0); // the loop writes when it can
        assertThat(channel.isOpen()).isTrue();
        assertThat(client.to(target, Neighbours.PATIENCE)).isSameAs(channel);
    }

    @Test
    void aPeerThatReadsNothingForLongIsGivenUp() throws Exception {
        RawLink stuck = new RawLink(neighbours, relay, neighbours.serve(relay, identity));
        while (stuck.channel.isOpen()) { // now and then the kernel still finds room, and time begins anew
            stuck.block();
            time.jump(Channels.STUCK_AFTER);
            time.pass(Duration.ofSeconds(10)); // wakes the relay
            time.awaitSleeper();
        }
        assertThat(neighbours.events.take()).isEqualTo("closed DONE: the peer has not read for 50 minutes");
        stuck.wire.close();
    }

    @Test
    void aChannelThatIsAWeekOldGetsNoNewCircuits() throws Exception {
        Channels client = neighbours.client(LinkHandshake.VERSIONS);
        ChannelTarget target = neighbours.serve(relay, identity);
        Channel old = client.to(target, Neighbours.PATIENCE);
        old.open(new Neighbours.Recorder());
        time.jump(Duration.ofDays(7));
        relay.relayAs(new RelayRole(identity, java.util.List.of(), new Neighbours.Echo())); // with fresh certificates
        assertThat(client.to(target, Neighbours.PATIENCE)).isNotSameAs(old);
        assertThat(old.isOpen()).isTrue();
    }

    @Test
    void whoeverConnectsAndSaysNothingIsSentAway() throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        Wire silent = neighbours.network.dial(target.addresses().getFirst(), Neighbours.PATIENCE);
        time.ring(LinkOpening.HANDSHAKE_LIMIT);
        assertThat(silent.read(new byte[1], 0, 1)).isEqualTo(-1);
        assertThat(neighbours.events.take()).isEqualTo("accepting failed TIMEOUT");
    }
}

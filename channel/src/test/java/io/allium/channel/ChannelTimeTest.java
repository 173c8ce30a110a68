package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Wire;
import io.allium.testing.Ends;
import io.allium.testing.ManualTime;
import io.allium.testing.Waiting;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to channels when time passes and nothing else does. */
class ChannelTimeTest {
    private final ManualTime time = new ManualTime();
    private final Neighbours neighbours = new Neighbours(time);
    private final LinkIdentity identity = neighbours.identity();
    private final Channels relay = neighbours.relay(identity, new Neighbours.Echo(), LinkHandshake.VERSIONS);

    @AfterEach
    void close() {
        neighbours.close();
    }

    @Test
    void aChannelWithoutCircuitsIsClosedAfterAWhile() throws Exception {
        Channel channel = client().to(neighbours.serve(relay, identity), Neighbours.PATIENCE);
        Neighbours.first(relay);
        time.awaitSleepers(2);
        time.pass(Duration.ofMinutes(5));
        channel.closed().get();
        neighbours.awaitEvent("closed DONE: nobody uses it");
    }

    @Test
    void aChannelWithACircuitStaysAndIsKeptAlive() throws Exception {
        Channels client = client();
        ChannelTarget target = neighbours.serve(relay, identity);
        Channel channel = client.to(target, Neighbours.PATIENCE);
        channel.open(new Neighbours.Recorder());
        Neighbours.first(relay).open(new Neighbours.Recorder());
        time.awaitSleepers(2);
        time.pass(Duration.ofMinutes(5));
        Waiting.until(() -> channel.silent().compareTo(Duration.ofMinutes(1)) < 0);
        time.awaitSleepers(2);
        time.pass(Duration.ofSeconds(10));
        time.awaitSleepers(2);
        assertThat(channel.isOpen()).isTrue();
        assertThat(client.to(target, Neighbours.PATIENCE)).isSameAs(channel);
    }

    @Test
    void aPeerThatReadsNothingForLongIsGivenUp() throws Exception {
        RawLink stuck = new RawLink(neighbours, relay, neighbours.serve(relay, identity));
        while (stuck.channel.isOpen()) { // now and then the kernel still finds room, and time begins anew
            stuck.block();
            time.awaitSleepers(1);
            time.pass(Channels.STUCK_AFTER.plusSeconds(1));
            time.awaitSleepers(1);
        }
        assertThat(neighbours.events.take()).isEqualTo("closed DONE: the peer has not read for 50 minutes");
        stuck.wire.close();
    }

    @Test
    void aChannelThatIsAWeekOldGetsNoNewCircuits() throws Exception {
        Channels client = client();
        ChannelTarget target = neighbours.serve(relay, identity);
        Channel old = client.to(target, Neighbours.PATIENCE);
        old.open(new Neighbours.Recorder());
        Neighbours.first(relay).open(new Neighbours.Recorder());
        time.awaitSleepers(2);
        time.pass(Duration.ofDays(7)); // and the relay makes fresh certificates
        time.awaitSleepers(2);
        assertThat(client.to(target, Neighbours.PATIENCE)).isNotSameAs(old);
        assertThat(old.isOpen()).isTrue();
    }

    @Test
    void whoeverConnectsAndSaysNothingIsSentAway() throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        Wire silent = neighbours.network.dial(target.addresses().getFirst(), Neighbours.PATIENCE);
        time.awaitTimers(1);
        time.pass(LinkOpening.HANDSHAKE_LIMIT);
        assertThat(Ends.isOver(silent)).isTrue();
        assertThat(neighbours.events.take()).isEqualTo("accepting failed TIMEOUT");
    }

    private Channels client() {
        return neighbours.client(LinkHandshake.VERSIONS);
    }
}

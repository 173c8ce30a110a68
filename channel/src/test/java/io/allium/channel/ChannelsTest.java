package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Unreachable;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.CircuitId;
import io.allium.crypto.Fingerprint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelsTest {
    private final Neighbours neighbours = new Neighbours();
    private final LinkIdentity identity = neighbours.identity();
    private final Channels relay = neighbours.relay(identity, new Neighbours.Echo(), LinkHandshake.VERSIONS);

    @AfterEach
    void close() {
        neighbours.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void aClientReachesARelayAndStaysUnknown(int version) throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        Channel channel = neighbours.client(List.of(version)).to(target, Neighbours.PATIENCE);
        assertThat(channel.peer().fingerprint()).contains(identity.fingerprint());
        assertThat(channel.peer().identity()).contains(identity.identity());
        assertThat(channel.peer().linkVersion()).isEqualTo(version);
        assertThat(channel.peer().isCanonical()).isTrue();
        assertThat(channel.peer().clockSkew().orElseThrow()).isBetween(Duration.ofSeconds(-2), Duration.ofSeconds(2));
        echo(channel, 5);
        Channel theirs = relay.all().getFirst();
        assertThat(theirs.peer().isRelay()).isFalse();
        assertThat(theirs.peer().clockSkew()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void aRelayProvesItsIdentityToTheRelayThatItDials(int version) throws Exception {
        LinkIdentity dialler = neighbours.identity();
        Channels dialling = neighbours.relay(dialler, new Neighbours.Echo(), List.of(version));
        Channel channel = dialling.to(neighbours.serve(relay, identity), Neighbours.PATIENCE);
        echo(channel, 5);
        Channel theirs = relay.all().getFirst();
        assertThat(theirs.peer().fingerprint()).contains(dialler.fingerprint());
        assertThat(theirs.peer().identity()).contains(dialler.identity());
        assertThat(theirs.peer().dialled()).isFalse();
        echo(theirs, 5);
    }

    @Test
    void aRelayWithAnotherFingerprintIsRefused() throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        ChannelTarget wrong = new ChannelTarget(target.addresses(), Fingerprint.of(new byte[20]), Optional.empty());
        assertThatThrownBy(() -> neighbours.client(LinkHandshake.VERSIONS).to(wrong, Neighbours.PATIENCE))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("answered instead of");
    }

    @Test
    void aSecondRequestGetsTheSameChannel() throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        Channels client = neighbours.client(LinkHandshake.VERSIONS);
        assertThat(client.to(target, Neighbours.PATIENCE)).isSameAs(client.to(target, Neighbours.PATIENCE));
    }

    @Test
    void closingTellsBothEnds() throws Exception {
        Channel channel =
                neighbours.client(LinkHandshake.VERSIONS).to(neighbours.serve(relay, identity), Neighbours.PATIENCE);
        Neighbours.Recorder end = new Neighbours.Recorder();
        channel.open(end);
        Channel theirs = relay.all().getFirst();
        channel.close("enough");
        assertThat(end.closed.get()).isEqualTo("enough");
        assertThat(theirs.closed().get()).contains("closed");
    }

    /** Sends many cells and expects the same back, in order. */
    private static void echo(Channel channel, int count) throws Exception {
        Neighbours.Recorder end = new Neighbours.Recorder();
        CircuitId id = channel.open(end);
        channel.outbox().add(id, CellCommand.CREATE2, new byte[CellCodec.BODY_BYTES], 0);
        Random random = new Random(count);
        byte[][] sent = new byte[count][CellCodec.BODY_BYTES];
        for (byte[] body : sent) {
            random.nextBytes(body);
            assertThat(channel.outbox().add(id, CellCommand.RELAY, body, 0)).isTrue();
        }
        for (byte[] body : sent) {
            byte[] got = end.next();
            assertThat(got).isNotNull();
            assertThat(got[0]).isEqualTo((byte) CellCommand.RELAY);
            assertThat(java.util.Arrays.copyOfRange(got, 1, got.length)).isEqualTo(body);
        }
    }
}

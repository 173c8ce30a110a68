package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.cell.BeginFlags;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.DestroyReason;
import io.allium.cell.EndReason;
import io.allium.cell.HandshakeType;
import io.allium.cell.LinkSpecifier;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.channel.Channel;
import io.allium.channel.ChannelEvents;
import io.allium.channel.Channels;
import io.allium.crypto.Fingerprint;
import io.allium.testing.DeafPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a relay answers to clients that keep to the rules, and to those that don't. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TransitCircuitTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final SystemTime time = new SystemTime();
    private final Tasks tasks = new ThreadTasks(Log.NONE, 2);
    private final Channels client =
            new Channels(time, new SystemEntropy(), new SystemNetwork(), tasks, Log.NONE, ChannelEvents.NONE);
    private TestRelay relay;
    private TestRelay other;
    private Path home;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = folder;
        relay = new TestRelay(home.resolve("relay"), time, tasks, true);
        other = new TestRelay(home.resolve("other"), time, tasks, false);
    }

    @AfterAll
    void stop() {
        client.close();
        relay.close();
        other.close();
    }

    @Test
    void handshakesOfOldAreRefused() throws Exception {
        RawCircuit create = new RawCircuit(channel());
        create.send(new ChannelCell.Create(new byte[186]));
        assertThat(create.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        RawCircuit tap = new RawCircuit(channel());
        tap.send(new ChannelCell.Create2(HandshakeType.TAP, new byte[186]));
        assertThat(tap.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void anOnionSkinForAnotherRelayIsRefused() throws Exception {
        RawCircuit circuit = new RawCircuit(channel());
        circuit.send(new ChannelCell.Create2(HandshakeType.NTOR, circuit.ntorSkin(other)));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void theNinthRelayEarlyCellEndsTheCircuit() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        for (int i = 0; i < TransitCircuit.EARLY_MAX; i++) {
            circuit.sendEarly(0, new RelayMessage.Drop());
        }
        circuit.send(7, new RelayMessage.Resolve("here.example"));
        assertThat(circuit.nextMessage().message()).isInstanceOf(RelayMessage.Resolved.class);
        circuit.sendEarly(0, new RelayMessage.Drop());
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void aCellThatNobodyRecognisesEndsTheCircuit() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        circuit.sendNoise();
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void commandsThatMakeNoSenseAtARelayAreDropped() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        circuit.send(3, RelayMessage.Connected.SILENT);
        circuit.send(0, new RelayMessage.Extended2(new byte[64]));
        circuit.send(0, new RelayMessage.Truncated(DestroyReason.NONE));
        circuit.send(CellCommand.RELAY, 200, 0, new byte[17]);
        circuit.send(CellCommand.RELAY, RelayCommand.EXTEND, 0, new byte[200]);
        circuit.send(0, new RelayMessage.BeginDir());
        circuit.send(9, new RelayMessage.End(EndReason.MISC));
        circuit.send(5, new RelayMessage.BeginDir());
        RelayCell answer = circuit.nextMessage();
        assertThat(answer.stream()).isEqualTo(circuit.stream(5));
        assertThat(answer.message()).isEqualTo(RelayMessage.Connected.SILENT);
    }

    @Test
    void aMalformedBeginEndsOnlyItsStream() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        circuit.send(CellCommand.RELAY, RelayCommand.BEGIN, 6, new byte[] {'a', 'b'});
        RelayCell answer = circuit.nextMessage();
        assertThat(answer.stream()).isEqualTo(circuit.stream(6));
        assertThat(answer.message()).isEqualTo(new RelayMessage.End(EndReason.TORPROTOCOL));
        circuit.send(7, new RelayMessage.BeginDir());
        assertThat(circuit.nextMessage().message()).isEqualTo(RelayMessage.Connected.SILENT);
    }

    @Test
    void aBeginFromAClientIsRefused() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        circuit.send(6, new RelayMessage.Begin("127.0.0.1", 80, BeginFlags.NONE));
        assertThat(circuit.nextMessage().message()).isEqualTo(new RelayMessage.End(EndReason.TORPROTOCOL));
    }

    @Test
    void aRelayThatIsNoDirectorySaysSo() throws Exception {
        RawCircuit circuit = RawCircuit.fast(client.to(other.target(), PATIENCE));
        circuit.send(6, new RelayMessage.BeginDir());
        assertThat(circuit.nextMessage().message()).isEqualTo(new RelayMessage.End(EndReason.NOTDIRECTORY));
    }

    @Test
    void aSendMeThatNothingWasSentForEndsTheCircuit() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        circuit.send(0, new RelayMessage.SendMe(1, new byte[20]));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void everyHundredthDataCellIsAcknowledgedWithItsDigest() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        for (int i = 0; i < 100; i++) {
            circuit.send(77, new RelayMessage.Data(new byte[1])); // of a stream that is gone, yet counted
        }
        RelayCell answer = circuit.nextMessage();
        assertThat(answer.stream().isCircuit()).isTrue();
        assertThat(answer.message())
                .isInstanceOfSatisfying(
                        RelayMessage.SendMe.class,
                        sendMe -> assertThat(sendMe.version()).isEqualTo(1));
    }

    @Test
    void anExtendThatDidNotComeEarlyIsDropped() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        circuit.send(0, extend(other, circuit));
        circuit.sendEarly(0, extend(other, circuit));
        assertThat(circuit.nextMessage().message()).isInstanceOf(RelayMessage.Extended2.class);
    }

    @Test
    void aSecondExtendEndsTheCircuit() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        circuit.sendEarly(0, extend(other, circuit));
        assertThat(circuit.nextMessage().message()).isInstanceOf(RelayMessage.Extended2.class);
        circuit.sendEarly(0, extend(other, circuit));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void aTruncatedCircuitCanBeExtendedAgain() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        circuit.sendEarly(0, extend(other, circuit));
        assertThat(circuit.nextMessage().message()).isInstanceOf(RelayMessage.Extended2.class);
        circuit.send(0, new RelayMessage.Truncate(DestroyReason.NONE));
        assertThat(circuit.nextMessage().message()).isEqualTo(new RelayMessage.Truncated(DestroyReason.REQUESTED));
        circuit.sendEarly(0, extend(other, circuit));
        assertThat(circuit.nextMessage().message()).isInstanceOf(RelayMessage.Extended2.class);
    }

    @Test
    void theNextRelaysRefusalIsToldAndTheRestOfTheCircuitLives() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        RelayMessage.Extend2 right = extend(other, circuit);
        byte[] wrong = right.handshake().clone();
        wrong[83] ^= 1; // the client's key: the answer is made all the same; its relay's name is checked
        wrong[0] ^= 1;
        circuit.sendEarly(0, new RelayMessage.Extend2(right.specifiers(), HandshakeType.NTOR, wrong));
        assertThat(circuit.nextMessage().message()).isEqualTo(new RelayMessage.Truncated(DestroyReason.PROTOCOL));
        circuit.sendEarly(0, right);
        assertThat(circuit.nextMessage().message()).isInstanceOf(RelayMessage.Extended2.class);
    }

    @Test
    void aRelayThatCannotBeReachedEndsTheCircuit() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        try (DeafPort deaf = DeafPort.open()) {
            circuit.sendEarly(
                    0,
                    new RelayMessage.Extend2(
                            List.of(
                                    LinkSpecifier.of(deaf.endpoint()),
                                    new LinkSpecifier.LegacyIdentity(Fingerprint.parse("1".repeat(40)))),
                            HandshakeType.NTOR,
                            circuit.ntorSkin(other)));
            assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.CONNECTFAILED);
        }
    }

    @Test
    void aRelayThatGoesAwayEndsTheCircuit() throws Exception {
        TestRelay leaving = new TestRelay(home.resolve("leaving"), time, tasks, false);
        RawCircuit circuit = RawCircuit.fast(channel());
        circuit.sendEarly(0, extend(leaving, circuit));
        assertThat(circuit.nextMessage().message()).isInstanceOf(RelayMessage.Extended2.class);
        leaving.close();
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.CHANNEL_CLOSED);
    }

    @Test
    void noMoreThanSoManyStreamsAndLookupsGoOnAtATime() throws Exception {
        RawCircuit circuit = RawCircuit.fast(channel());
        for (int i = 1; i <= ExitStreams.STREAMS_MAX; i++) {
            circuit.send(i, new RelayMessage.Resolve("slow.example"));
        }
        circuit.send(5, new RelayMessage.BeginDir());
        assertThat(circuit.nextMessage().message()).isEqualTo(new RelayMessage.End(EndReason.RESOURCELIMIT));
    }

    private Channel channel() throws Exception {
        return client.to(relay.target(), PATIENCE);
    }

    private static RelayMessage.Extend2 extend(TestRelay to, RawCircuit circuit) {
        return new RelayMessage.Extend2(
                List.of(
                        LinkSpecifier.of(to.orPort),
                        new LinkSpecifier.LegacyIdentity(to.keys.fingerprint()),
                        new LinkSpecifier.Ed25519(to.keys.identity())),
                HandshakeType.NTOR,
                circuit.ntorSkin(to));
    }
}

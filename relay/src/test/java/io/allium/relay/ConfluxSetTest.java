package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.ConfluxNonce;
import io.allium.cell.ConfluxTerms;
import io.allium.cell.ConfluxUx;
import io.allium.cell.DestroyReason;
import io.allium.cell.EndReason;
import io.allium.cell.HandshakeType;
import io.allium.cell.LinkSpecifier;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.channel.Channel;
import io.allium.channel.ChannelEvents;
import io.allium.channel.ChannelOptions;
import io.allium.channel.ChannelOptions.Rate;
import io.allium.channel.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an exit does for clients that link circuits, and about those that try to make something else of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfluxSetTest {
    private final SystemTime time = new SystemTime();
    private final Tasks tasks = new ThreadTasks(Log.NONE, 2);
    private final Channels client =
            new Channels(time, new SystemEntropy(), new SystemNetwork(), tasks, Log.NONE, ChannelEvents.NONE);
    private TestRelay exit;
    private TestRelay middle;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        exit = new TestRelay(folder.resolve("exit"), time, tasks, true);
        middle = new TestRelay(folder.resolve("middle"), time, tasks, false);
    }

    @AfterAll
    void stop() {
        client.close();
        exit.close();
        middle.close();
    }

    @Test
    void linkedAnswersLinkWithTheSameNonce() throws Exception {
        RawCircuit circuit = circuit();
        ConfluxTerms terms = terms();
        circuit.send(0, new RelayMessage.ConfluxLink(terms));
        assertThat(circuit.nextMessage())
                .isEqualTo(new RelayCell(
                        circuit.stream(0),
                        new RelayMessage.ConfluxLinked(ConfluxTerms.ofNewSet(terms.nonce(), ConfluxUx.MIN_LATENCY))));
    }

    @Test
    void whatIsSentOnTwoLegsIsTakenInOrder() throws Exception {
        ConfluxTerms terms = terms();
        RawCircuit one = linked(terms);
        RawCircuit other = linked(terms);
        other.send(0, new RelayMessage.ConfluxSwitch(1));
        other.send(7, new RelayMessage.Resolve("192.0.2.2"));
        one.send(7, new RelayMessage.Resolve("192.0.2.1"));
        assertThat(answers(one, other, 2)).isEqualTo(2);
    }

    /** What the exit sends on either leg until that many lookups were answered. */
    private static int answers(RawCircuit one, RawCircuit other, int wanted) throws Exception {
        int found = 0;
        for (int tries = 0; found < wanted && tries < 1500; tries++) {
            for (RawCircuit each : List.of(one, other)) {
                if (each.hasCell() && each.nextMessage().message() instanceof RelayMessage.Resolved) {
                    found++;
                }
            }
        }
        return found;
    }

    @Test
    void whatComesTooEarlyWaits() throws Exception {
        ConfluxTerms terms = terms();
        RawCircuit one = linked(terms);
        RawCircuit other = linked(terms);
        other.send(0, new RelayMessage.ConfluxSwitch(1));
        other.send(8, new RelayMessage.Resolve("192.0.2.2"));
        roundTrip(other);
        assertThat(other.hasCell()).isFalse();
        assertThat(one.hasCell()).isFalse();
        one.send(7, new RelayMessage.Resolve("192.0.2.1"));
        assertThat(answers(one, other, 2)).isEqualTo(2);
    }

    @Test
    void whereMemoryIsFullTheSetEndsThatHasWaitedLongestForWhatIsMissing() throws Exception {
        ConfluxTerms terms = terms();
        RawCircuit one = linked(terms);
        RawCircuit other = linked(terms);
        exit.configure(new ChannelOptions(
                ChannelOptions.PRIORITY_HALF_LIFE,
                200_000,
                Rate.UNLIMITED,
                Rate.UNLIMITED,
                Rate.UNLIMITED,
                ChannelOptions.REFILL,
                false));
        try {
            other.send(0, new RelayMessage.ConfluxSwitch(1));
            for (int i = 0; i < 1000; i++) {
                other.send(8, new RelayMessage.Resolve("a".repeat(200)));
            }
            assertThat(one.nextDestroy()).isEqualTo(DestroyReason.RESOURCELIMIT);
            assertThat(other.nextDestroy()).isEqualTo(DestroyReason.RESOURCELIMIT);
        } finally {
            exit.configure(ChannelOptions.STANDARD);
        }
    }

    /** What is not in sequence is answered at once: by that we know that all before it has arrived. */
    private static void roundTrip(RawCircuit circuit) throws Exception {
        circuit.send(0, new RelayMessage.Truncate(DestroyReason.NONE));
        assertThat(circuit.nextMessage().message()).isInstanceOf(RelayMessage.Truncated.class);
    }

    @Test
    void linkWithoutCongestionControlEndsTheCircuit() throws Exception {
        RawCircuit circuit = RawCircuit.fast(middle.channelTo(exit));
        circuit.send(0, new RelayMessage.ConfluxLink(terms()));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void linkFromAClientsOwnChannelEndsTheCircuit() throws Exception {
        RawCircuit circuit = RawCircuit.controlled(client.to(exit.target(), Duration.ofMinutes(1)), exit);
        circuit.send(0, new RelayMessage.ConfluxLink(terms()));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void aSecondLinkEndsTheCircuit() throws Exception {
        RawCircuit circuit = linked(terms());
        circuit.send(0, new RelayMessage.ConfluxLink(terms()));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    /** TROVE-2026-025 of C tor. */
    @Test
    void linkAfterAStreamEndsTheCircuit() throws Exception {
        RawCircuit circuit = circuit();
        circuit.send(7, new RelayMessage.Resolve("slow.example"));
        circuit.send(0, new RelayMessage.ConfluxLink(terms()));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void linkWhereTheCircuitGoesOnEndsIt() throws Exception {
        RawCircuit circuit = circuit();
        circuit.sendEarly(0, extend(circuit));
        circuit.send(0, new RelayMessage.ConfluxLink(terms()));
        RawCircuit.Came came = circuit.next();
        assertThat(
                        came.command() == CellCommand.DESTROY
                                ? CellCommand.DESTROY
                                : circuit.next().command())
                .isEqualTo(CellCommand.DESTROY);
    }

    @Test
    void extendingALegEndsIt() throws Exception {
        RawCircuit circuit = linked(terms());
        circuit.sendEarly(0, extend(circuit));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    /** TROVE-2026-008 of C tor. */
    @Test
    void beginDirOnALegEndsTheSet() throws Exception {
        ConfluxTerms terms = terms();
        RawCircuit one = linked(terms);
        RawCircuit other = linked(terms);
        one.send(7, new RelayMessage.BeginDir());
        assertThat(one.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        other.nextDestroy();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1000, Long.MAX_VALUE})
    void linkWithNumbersThatCannotBeEndsTheCircuit(long number) throws Exception {
        ConfluxNonce nonce = terms().nonce();
        RawCircuit sent = circuit();
        sent.send(0, new RelayMessage.ConfluxLink(new ConfluxTerms(nonce, number, 0, ConfluxUx.NO_OPINION)));
        assertThat(sent.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        RawCircuit received = circuit();
        received.send(0, new RelayMessage.ConfluxLink(new ConfluxTerms(nonce, 0, number, ConfluxUx.NO_OPINION)));
        assertThat(received.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        assertThat(linked(new ConfluxTerms(nonce, 0, 0, ConfluxUx.NO_OPINION))).isNotNull();
    }

    @Test
    void linkOfAMalformedKindEndsTheCircuit() throws Exception {
        RawCircuit circuit = circuit();
        circuit.send(CellCommand.RELAY, RelayCommand.CONFLUX_LINK, 0, new byte[50]);
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void moreLegsThanTheConsensusAllowsAreRefused() throws Exception {
        ConfluxTerms terms = terms();
        for (int i = 0; i < 8; i++) {
            linked(terms);
        }
        RawCircuit ninth = circuit();
        ninth.send(0, new RelayMessage.ConfluxLink(terms));
        assertThat(ninth.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void whatOnlyALinkedCircuitIsToldEndsAnother() throws Exception {
        for (RelayMessage message : List.of(
                new RelayMessage.ConfluxSwitch(1),
                new RelayMessage.ConfluxLinkedAck(),
                new RelayMessage.ConfluxLinked(terms()))) {
            RawCircuit circuit = circuit();
            circuit.send(0, message);
            assertThat(circuit.nextDestroy()).as(message.toString()).isEqualTo(DestroyReason.PROTOCOL);
        }
    }

    @Test
    void aSecondAcknowledgementEndsTheSet() throws Exception {
        ConfluxTerms terms = terms();
        RawCircuit one = linked(terms);
        RawCircuit other = linked(terms);
        one.send(0, new RelayMessage.ConfluxLinkedAck());
        assertThat(one.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
        other.nextDestroy();
    }

    @Test
    void aSwitchWithAnAbsurdNumberEndsTheSet() throws Exception {
        RawCircuit circuit = linked(terms());
        circuit.send(0, new RelayMessage.ConfluxSwitch(RelayMessage.ConfluxSwitch.SKIPPED_MAX));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void aSwitchWithoutDataEndsTheSet() throws Exception {
        RawCircuit circuit = linked(terms());
        circuit.send(0, new RelayMessage.ConfluxSwitch(1));
        circuit.send(0, new RelayMessage.ConfluxSwitch(1));
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void memoryForWhatComesOutOfOrderIsBounded() throws Exception {
        RawCircuit circuit = linked(terms());
        circuit.send(0, new RelayMessage.ConfluxSwitch(1));
        byte[] full = new byte[RelayCell.DATA_MAX];
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        circuit.send(7, new RelayMessage.Data(full));
                        if (i % 31 == 30) {
                            assertThat(circuit.nextMessage().message()).isInstanceOf(RelayMessage.SendMe.class);
                        }
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("DESTROY came");
    }

    @Test
    void aStreamsSendmeOnALegEndsTheSet() throws Exception {
        RawCircuit circuit = linked(terms());
        circuit.send(7, RelayMessage.SendMe.PLAIN);
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void aMalformedBeginEndsTheSetForItHasAPlaceInTheSequence() throws Exception {
        RawCircuit circuit = linked(terms());
        circuit.send(CellCommand.RELAY, RelayCommand.BEGIN, 6, new byte[] {'a', 'b'});
        assertThat(circuit.nextDestroy()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void aLegThatCarriedTheLastMessageTakesTheSetWithIt() throws Exception {
        ConfluxTerms terms = terms();
        RawCircuit one = linked(terms);
        RawCircuit other = linked(terms);
        one.send(7, new RelayMessage.End(EndReason.MISC));
        roundTrip(one);
        one.send(new ChannelCell.Destroy(DestroyReason.NONE));
        other.nextDestroy();
    }

    @Test
    void anIdleLegLeavesTheSetAlone() throws Exception {
        ConfluxTerms terms = terms();
        RawCircuit one = linked(terms);
        RawCircuit idle = linked(terms);
        one.send(7, new RelayMessage.End(EndReason.MISC));
        roundTrip(one);
        idle.send(new ChannelCell.Destroy(DestroyReason.NONE));
        // The channel's order is that of its cells: by the answer to this one, the other has been read.
        RawCircuit after = circuit();
        roundTrip(after);
        one.send(8, new RelayMessage.Resolve("192.0.2.1"));
        assertThat(one.nextMessage().message()).isInstanceOf(RelayMessage.Resolved.class);
    }

    private RawCircuit circuit() throws Exception {
        Channel channel = middle.channelTo(exit);
        return RawCircuit.controlled(channel, exit);
    }

    private RawCircuit linked(ConfluxTerms terms) throws Exception {
        RawCircuit circuit = circuit();
        circuit.send(0, new RelayMessage.ConfluxLink(terms));
        assertThat(circuit.nextMessage().message()).isInstanceOf(RelayMessage.ConfluxLinked.class);
        circuit.send(0, new RelayMessage.ConfluxLinkedAck());
        return circuit;
    }

    private static ConfluxTerms terms() {
        return ConfluxTerms.ofNewSet(
                ConfluxNonce.of(new SystemEntropy().bytes(ConfluxNonce.BYTES)), ConfluxUx.HIGH_THROUGHPUT);
    }

    private RelayMessage.Extend2 extend(RawCircuit circuit) {
        return new RelayMessage.Extend2(
                List.of(
                        LinkSpecifier.of(middle.orPort),
                        new LinkSpecifier.LegacyIdentity(middle.keys.fingerprint()),
                        new LinkSpecifier.Ed25519(middle.keys.identity())),
                HandshakeType.NTOR,
                circuit.ntorSkin(middle));
    }
}

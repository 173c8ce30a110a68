package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.cell.BeginFlags;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.DestroyReason;
import io.allium.cell.EndReason;
import io.allium.cell.HandshakeType;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class OriginCircuitTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final FakeChain chain = new FakeChain(1, 3);

    @AfterEach
    void nothingWentWrongAtTheRelays() {
        chain.close();
    }

    @Test
    void eachHopGetsTheBestHandshakeThatItTakes() throws Exception {
        OriginCircuit circuit = chain.build();
        assertThat(chain.relay(1).handshakeType()).isEqualTo(HandshakeType.NTOR_V3);
        assertThat(chain.relay(2).handshakeType()).isEqualTo(HandshakeType.NTOR);
        assertThat(chain.relay(3).handshakeType()).isEqualTo(HandshakeType.NTOR_V3);
        assertThat(circuit.path())
                .containsExactly(
                        chain.relay(1).target(true),
                        chain.relay(2).target(false),
                        chain.relay(3).target(true));
        assertThat(circuit.isOpen()).isTrue();
    }

    @Test
    void aFirstHopWithoutAKnownOnionKeyIsMadeWithCreateFast() throws Exception {
        OriginCircuit circuit =
                chain.opening().openFast(1, chain, chain.relay(1).target(true), FlowParameters.DEFAULT, PATIENCE);
        circuit.extend(chain.relay(2).target(true), PATIENCE);
        assertThat(circuit.path()).hasSize(2);
    }

    @Test
    void theFirstEightCellsForRelaysBeyondTheFirstAreEarlyAndNoMore() throws Exception {
        OriginCircuit circuit = chain.build();
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        for (int i = 0; i < 20; i++) {
            stream.write(new byte[10]);
        }
        chain.onLoop(() -> {});
        List<Integer> commands = chain.relay(1).cellCommands();
        assertThat(commands.subList(0, 8)).containsOnly(CellCommand.RELAY_EARLY);
        assertThat(commands.subList(8, commands.size())).hasSize(15).containsOnly(CellCommand.RELAY);
    }

    @Test
    void aCircuitThatHasUsedUpItsEarlyCellsCannotBeExtended() throws Exception {
        OriginCircuit circuit = chain.build(2, FlowParameters.DEFAULT);
        assertThat(circuit.extensionsLeft()).isEqualTo(7);
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        for (int i = 0; i < 8; i++) {
            stream.write(new byte[10]);
        }
        assertThat(circuit.extensionsLeft()).isZero();
        assertThatThrownBy(() -> circuit.extend(chain.relay(3).target(true), PATIENCE))
                .isInstanceOf(Unreachable.class)
                .hasMessage("the circuit has used up its 8 RELAY_EARLY cells");
        assertThat(circuit.ended().join().reason()).isEqualTo(DestroyReason.RESOURCELIMIT);
    }

    @Test
    void aRelayThatDoesNotAnswerIsGivenUp() throws Exception {
        chain.silence();
        CompletableFuture<@Nullable Throwable> outcome = failureOf(() -> chain.build());
        chain.time.awaitTimers(1);
        chain.time.pass(PATIENCE);
        assertThat(outcome.join())
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("circuit 1, extending to $")
                .hasMessageEndingWith(": no answer for 60000 ms");
        assertThat(chain.current().ended().join().reason()).isEqualTo(DestroyReason.TIMEOUT);
        assertThat(chain.destroyed()).isEqualTo(1);
    }

    @Test
    void aFalseAnswerEndsTheCircuit() {
        HopTarget wrongKey = new HopTarget(
                chain.relay(1).target(false).fingerprint(),
                chain.relay(1).target(false).identity(),
                chain.relay(1).target(false).onionKey(),
                List.of(),
                false,
                false);
        chain.silence();
        CompletableFuture<@Nullable Throwable> outcome =
                failureOf(() -> chain.opening().open(1, chain, wrongKey, FlowParameters.DEFAULT, PATIENCE));
        chain.time.awaitTimers(1);
        byte[] created = new byte[CellCodec.BODY_BYTES];
        created[1] = 64;
        created[2] = 9;
        chain.onLoop(() -> chain.toClient(CellCommand.CREATED2, created));
        assertThat(outcome.join()).isInstanceOf(ProtocolViolation.class).hasMessageContaining("ntor reply");
        assertThat(chain.current().ended().join().reason()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void noStreamEndsInAHopThatThereIsNot() throws Exception {
        OriginCircuit circuit = chain.build(2, FlowParameters.DEFAULT);
        for (int hop : new int[] {0, 3}) {
            assertThatThrownBy(() -> circuit.begin(hop, "example.com", 80, BeginFlags.NONE))
                    .isInstanceOf(Refused.class)
                    .hasMessage(circuit + " has no hop " + hop);
        }
        assertThat(circuit.streams().size()).isZero();
    }

    @Test
    void aClosedChannelMakesNoCircuit() {
        chain.refuse();
        assertThatThrownBy(chain::build).isInstanceOf(Unreachable.class).hasMessage("the channel is closed");
    }

    @Test
    void aChannelThatLosesACellEndsTheCircuit() throws Exception {
        OriginCircuit circuit = chain.build();
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        chain.refuse();
        assertThatThrownBy(() -> {
                    stream.write(new byte[10]);
                    stream.write(new byte[10]);
                })
                .isInstanceOf(IOException.class)
                .hasMessage("the stream's circuit ended");
        assertThat(circuit.ended().join().reason()).isEqualTo(DestroyReason.RESOURCELIMIT);
    }

    @Test
    void destroyWhileExtendingIsReportedAndNotAnswered() throws Exception {
        chain.loseExtends();
        chain.relay(1).follow((relay, stream, message) -> chain.destroy(DestroyReason.RESOURCELIMIT));
        assertThatThrownBy(() -> chain.build(2, FlowParameters.DEFAULT))
                .isInstanceOf(Unreachable.class)
                .hasMessageEndingWith("destroyed by the relays: RESOURCELIMIT");
        CircuitEnding ending = chain.current().ended().join();
        assertThat(ending.remote()).isTrue();
        assertThat(ending.reason()).isEqualTo(DestroyReason.RESOURCELIMIT);
        assertThat(chain.destroyed()).isZero();
        assertThat(chain.released()).isEqualTo(1);
    }

    @Test
    void destroyWhileConnectingEndsTheStream() throws Exception {
        chain.exit().follow((relay, stream, message) -> chain.destroy(DestroyReason.DESTROYED));
        OriginCircuit circuit = chain.build();
        assertThatThrownBy(() -> circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE))
                .isInstanceOf(Unreachable.class)
                .hasMessage("the stream's circuit ended");
        assertThat(circuit.streams().size()).isZero();
    }

    @Test
    void aTruncatedCircuitIsEndedAllTheWay() throws Exception {
        OriginCircuit circuit = chain.build();
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        chain.onLoop(() -> chain.relay(2).truncated(DestroyReason.CHANNEL_CLOSED));
        CircuitEnding ending = circuit.ended().join();
        assertThat(ending.reason()).isEqualTo(DestroyReason.CHANNEL_CLOSED);
        assertThat(ending.hop()).isEqualTo(2);
        assertThat(ending.remote()).isTrue();
        assertThat(chain.destroyed()).isEqualTo(1);
        assertThatThrownBy(() -> stream.read(new byte[10], 0, 10)).isInstanceOf(IOException.class);
    }

    @Test
    void aClosedChannelEndsItsCircuits() throws Exception {
        OriginCircuit circuit = chain.build();
        chain.onLoop(() -> circuit.channelClosed("reset"));
        assertThat(circuit.ended().join().reason()).isEqualTo(DestroyReason.CHANNEL_CLOSED);
        assertThatThrownBy(() -> circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE))
                .isInstanceOf(Unreachable.class);
    }

    @Test
    void messagesAboutAStreamAreTakenOnlyFromItsHop() throws Exception {
        OriginCircuit circuit = chain.build();
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        int id = stream.streamId().value();
        chain.onLoop(() -> chain.relay(2).end(id, EndReason.DONE));
        assertThat(endedByViolation(circuit)).isEqualTo("END: for stream " + id + " with hop 3, from hop 2");
    }

    @Test
    void dataFromAMiddleRelayIsAViolation() throws Exception {
        OriginCircuit circuit = chain.build();
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        int id = stream.streamId().value();
        chain.onLoop(() -> chain.relay(1).say(RelayCommand.DATA, id, new byte[5], 5));
        assertThat(endedByViolation(circuit)).isEqualTo("DATA: for stream " + id + " with hop 3, from hop 1");
    }

    @Test
    void extended2IsTakenOnlyFromTheLastHopAndOnlyOnce() throws Exception {
        OriginCircuit circuit = chain.build();
        chain.onLoop(() -> chain.relay(3).say(0, new RelayMessage.Extended2(new byte[64])));
        assertThat(endedByViolation(circuit)).isEqualTo("EXTENDED2: nobody asked for it");
    }

    @Test
    void extended2FromAnEarlierHopIsAViolation() throws Exception {
        OriginCircuit circuit = chain.build(2, FlowParameters.DEFAULT);
        chain.loseExtends();
        chain.relay(2)
                .follow((relay, stream, message) -> chain.relay(1).say(0, new RelayMessage.Extended2(new byte[64])));
        assertThatThrownBy(() -> circuit.extend(chain.relay(3).target(true), PATIENCE))
                .isInstanceOf(Unreachable.class);
        assertThat(endedByViolation(circuit)).isEqualTo("EXTENDED2: nobody asked for it");
    }

    @Test
    void aSecondCreatedIsAViolation() throws Exception {
        OriginCircuit circuit = chain.build();
        chain.onLoop(() -> chain.toClient(CellCommand.CREATED2, new byte[CellCodec.BODY_BYTES]));
        assertThat(endedByViolation(circuit)).isEqualTo("CREATED2: nobody asked for it");
    }

    @Test
    void relayEarlyTowardsTheClientIsAViolation() throws Exception {
        OriginCircuit circuit = chain.build();
        chain.onLoop(() -> chain.toClient(CellCommand.RELAY_EARLY, new byte[CellCodec.BODY_BYTES]));
        assertThat(endedByViolation(circuit)).isEqualTo("RELAY_EARLY: came to the circuit's origin");
    }

    @Test
    void aCellThatNoHopMadeIsAViolation() throws Exception {
        OriginCircuit circuit = chain.build();
        chain.onLoop(() -> chain.toClient(CellCommand.RELAY, new byte[CellCodec.BODY_BYTES]));
        assertThat(endedByViolation(circuit)).isEqualTo("relay cell: no hop of the circuit made it");
    }

    @Test
    void whatOnlyClientsSayIsAViolation() throws Exception {
        OriginCircuit circuit = chain.build();
        chain.onLoop(() -> chain.relay(3).say(7, new RelayMessage.Begin("example.com", 80, BeginFlags.NONE)));
        assertThat(endedByViolation(circuit)).isEqualTo("BEGIN: came from a relay");
    }

    @Test
    void unknownMessagesAndDropAreIgnored() throws Exception {
        OriginCircuit circuit = chain.build();
        chain.onLoop(() -> {
            chain.relay(2).say(0, new RelayMessage.Drop());
            chain.relay(3).say(0, new RelayMessage.Unknown(200, new byte[12]));
        });
        assertThat(circuit.isOpen()).isTrue();
    }

    @Test
    void anUndueSendmeIsAViolation() throws Exception {
        OriginCircuit circuit = chain.build();
        chain.onLoop(() -> chain.relay(3).say(0, new RelayMessage.SendMe(1, new byte[20])));
        assertThat(endedByViolation(circuit)).isEqualTo("SENDME: nothing awaits an acknowledgement");
    }

    @Test
    void aSendmeWithAWrongDigestEndsTheCircuit() throws Exception {
        chain.exit().follow((relay, stream, message) -> {
            switch (message) {
                case RelayMessage.Begin begin -> relay.say(stream, RelayMessage.Connected.SILENT);
                default -> {}
            }
        });
        OriginCircuit circuit = chain.build();
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        stream.write(new byte[498 * 101]);
        chain.onLoop(() -> chain.exit().say(0, new RelayMessage.SendMe(1, new byte[20])));
        assertThat(endedByViolation(circuit)).isEqualTo("SENDME: its digest is not that of the cell it acknowledges");
    }

    @Test
    void theWindowOfTheConsensusBoundsWhatIsSent() throws Exception {
        FlowParameters narrow = new FlowParameters(200, 1, 1);
        int[] arrived = {0};
        CompletableFuture<@Nullable Void> full = new CompletableFuture<>();
        chain.exit().follow((relay, stream, message) -> {
            switch (message) {
                case RelayMessage.Begin begin -> relay.say(stream, RelayMessage.Connected.SILENT);
                case RelayMessage.Data data -> {
                    if (++arrived[0] == 200) {
                        full.complete(null);
                    }
                }
                default -> {}
            }
        });
        OriginCircuit circuit = chain.build(3, narrow);
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        CompletableFuture<@Nullable Throwable> writer = failureOf(() -> stream.write(new byte[498 * 300]));
        full.join();
        chain.onLoop(() -> {});
        assertThat(arrived[0]).isEqualTo(200);
        assertThat(writer.isDone()).isFalse();
        circuit.close();
        assertThat(writer.join()).isInstanceOf(IOException.class).hasMessage("the stream's circuit ended");
    }

    @Test
    void sendmesAreSentInTheVersionOfTheConsensus() throws Exception {
        assertThat(sendmesAfterTwoHundredCells(0))
                .containsExactly(RelayMessage.SendMe.PLAIN, RelayMessage.SendMe.PLAIN);
    }

    @Test
    void authenticatedSendmesShowTheDigestsOfTheCellsThatTheyAreFor() throws Exception {
        List<RelayMessage.SendMe> sendmes = sendmesAfterTwoHundredCells(1);
        assertThat(sendmes).hasSize(2).allMatch(sendme -> sendme.version() == 1);
        assertThat(sendmes.get(1).digest()).isEqualTo(chain.exit().layer().originatedTag());
        assertThat(sendmes.get(0).digest()).isNotEqualTo(sendmes.get(1).digest());
    }

    private List<RelayMessage.SendMe> sendmesAfterTwoHundredCells(int version) throws Exception {
        List<RelayMessage.SendMe> sendmes = new ArrayList<>();
        chain.exit().follow((relay, stream, message) -> {
            if (message instanceof RelayMessage.Begin) {
                relay.say(stream, RelayMessage.Connected.SILENT);
            } else if (message instanceof RelayMessage.SendMe sendme && stream == 0) {
                sendmes.add(sendme);
            }
        });
        OriginCircuit circuit = chain.build(3, new FlowParameters(1000, version, 0));
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        int id = stream.streamId().value();
        chain.onLoop(() -> {
            for (int i = 0; i < 200; i++) {
                chain.exit().say(RelayCommand.DATA, id, new byte[1], 1);
            }
        });
        chain.onLoop(() -> {});
        return sendmes;
    }

    @Test
    void namesAreLookedUpByTheExit() throws Exception {
        OriginCircuit circuit = chain.build();
        RelayMessage.Resolved resolved = circuit.resolve("EXAMPLE.com", PATIENCE);
        assertThat(resolved.answers())
                .containsExactly(new RelayMessage.Resolved.Address(InetAddress.ofLiteral("192.0.2.7"), 60));
        assertThat(circuit.streams().size()).isZero();
    }

    @Test
    void aLookupThatTheExitRefusesSaysWhy() throws Exception {
        chain.exit().follow((relay, stream, message) -> relay.end(stream, EndReason.RESOLVEFAILED));
        OriginCircuit circuit = chain.build();
        assertThatThrownBy(() -> circuit.resolve("example.com", PATIENCE))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(Refused.Kind.RESOLVE_FAILED));
        assertThat(circuit.isOpen()).isTrue();
    }

    @Test
    void aLookupThatIsGivenUpMayStillBeAnsweredOnce() throws Exception {
        int[] asked = {0};
        chain.exit().follow((relay, stream, message) -> asked[0] = stream);
        OriginCircuit circuit = chain.build();
        CompletableFuture<@Nullable Throwable> outcome = failureOf(() -> circuit.resolve("example.com", PATIENCE));
        chain.time.awaitTimers(1);
        chain.time.pass(PATIENCE);
        assertThat(outcome.join()).isInstanceOf(Unreachable.class);
        chain.onLoop(() -> chain.exit().say(asked[0], new RelayMessage.Resolved(List.of())));
        assertThat(circuit.isOpen()).isTrue();
        assertThat(circuit.streams().size()).isZero();
        chain.onLoop(() -> chain.exit().say(asked[0], new RelayMessage.Resolved(List.of())));
        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    void aNameThatIsNoneIsRefusedBeforeAnythingIsSent() throws Exception {
        OriginCircuit circuit = chain.build();
        String tooLong = String.join("", Collections.nCopies(256, "a"));
        for (String name : List.of(tooLong, "a b", "ex\u00e4mple.com", "nul\0")) {
            assertThatThrownBy(() -> circuit.connect(name, 80, BeginFlags.NONE, PATIENCE))
                    .as(name)
                    .isInstanceOf(Refused.class);
        }
        assertThat(circuit.streams().size()).isZero();
    }

    @Test
    void closingFreesEverything() throws Exception {
        OriginCircuit circuit = chain.build();
        for (int i = 0; i < 10; i++) {
            OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
            if (i % 2 == 0) {
                stream.close();
            }
        }
        assertThat(circuit.openStreams()).isEqualTo(5);
        assertThat(circuit.streams().size()).isEqualTo(10);
        circuit.close();
        assertThat(circuit.streams().size()).isZero();
        assertThat(circuit.ended().join()).isEqualTo(CircuitEnding.ours(DestroyReason.FINISHED, "closed: FINISHED"));
        assertThat(chain.released()).isEqualTo(1);
        assertThat(chain.time.timers()).isZero();
        circuit.close();
        assertThat(chain.released()).isEqualTo(1);
    }

    @Test
    void trafficIsCountedByCellAndByWhatTheyCarried() throws Exception {
        OriginCircuit circuit = chain.build();
        CircuitTraffic before = circuit.traffic();
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        stream.write(new byte[100]);
        byte[] back = new byte[100];
        int got = 0;
        while (got < 100) {
            got += stream.read(back, got, 100 - got);
        }
        CircuitTraffic after = circuit.traffic();
        assertThat(after.written() - before.written()).isEqualTo(2 * 509);
        assertThat(after.read() - before.read()).isEqualTo(2 * 509);
        assertThat(after.deliveredWritten() - before.deliveredWritten()).isEqualTo("example.com:80".length() + 1 + 100);
        assertThat(after.overheadWritten() - before.overheadWritten()).isEqualTo(2 * 498 - 115);
    }

    @Test
    void idleTimeBeginsWhenTheLastStreamEnds() throws Exception {
        OriginCircuit circuit = chain.build();
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        assertThat(circuit.idleSince()).isEmpty();
        chain.time.pass(Duration.ofSeconds(5));
        stream.close();
        chain.time.pass(Duration.ofSeconds(5));
        assertThat(circuit.idleSince()).hasValue(Duration.ofSeconds(5).toNanos());
    }

    interface Act {
        void run() throws TorException, InterruptedException, IOException;
    }

    /** Does it on a thread of its own; null once it has succeeded. */
    static CompletableFuture<@Nullable Throwable> failureOf(Act act) {
        CompletableFuture<@Nullable Throwable> outcome = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                act.run();
                outcome.complete(null);
            } catch (TorException | InterruptedException | IOException | RuntimeException failure) {
                outcome.complete(failure);
            }
        });
        return outcome;
    }

    static String endedByViolation(StreamCarrier circuit) {
        CircuitEnding ending = circuit.ended().join();
        assertThat(ending.reason()).isEqualTo(DestroyReason.PROTOCOL);
        assertThat(ending.remote()).isFalse();
        return ending.why();
    }
}

package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Unreachable;
import io.allium.cell.BeginFlags;
import io.allium.cell.EndReason;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class OnionStreamTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FULL = RelayCell.DATA_MAX;

    private final FakeChain chain = new FakeChain(2, 3);
    private final EchoExit exit = new EchoExit();

    OnionStreamTest() {
        chain.exit().follow(exit);
    }

    @AfterEach
    void nothingWentWrongAtTheRelays() {
        chain.close();
    }

    @Test
    void tenMegabytesGoThroughThreeHopsAndComeBack() throws Exception {
        assertEcho(connect(), 10_000_000, 1);
    }

    @Test
    void streamsOfOneCircuitShareItsWindow() throws Exception {
        OriginCircuit circuit = chain.build();
        List<CompletableFuture<@Nullable Throwable>> echoes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
            int seed = i;
            echoes.add(OriginCircuitTest.failureOf(() -> assertEcho(stream, 1_000_000, seed)));
        }
        for (CompletableFuture<@Nullable Throwable> echo : echoes) {
            assertThat(echo.join()).isNull();
        }
        assertThat(circuit.isOpen()).isTrue();
    }

    @Test
    void aReaderThatDoesNotReadGetsAWindowAndNoMore() throws Exception {
        OnionStream stream = connect();
        CompletableFuture<@Nullable Throwable> writer =
                OriginCircuitTest.failureOf(() -> stream.write(new byte[FULL * 800]));
        assertThat(writer.join()).isNull();
        chain.onLoop(() -> {});
        assertThat(exit.sent(stream.streamId().value())).isEqualTo(500);
        byte[] all = new byte[FULL * 800];
        readFully(stream, all);
        assertThat(stream.bytesRead()).isEqualTo(FULL * 800L);
    }

    @Test
    void whoAsksHearsThatAStreamWasToStopAndToGoOn() throws Exception {
        chain.exit().follow(connecting());
        OnionStream stream = chain.buildControlled(1).connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        int id = stream.streamId().value();
        List<FlowSignal> heard = new CopyOnWriteArrayList<>();
        stream.onSignal(heard::add);
        int cells = 502;
        chain.onLoop(() -> {
            for (int i = 1; i < cells; i++) {
                chain.exit().say(RelayCommand.DATA, id, new byte[FULL], FULL);
            }
        });
        assertThat(heard).isEmpty();
        chain.time.pass(Duration.ofSeconds(1));
        chain.onLoop(() -> chain.exit().say(RelayCommand.DATA, id, new byte[FULL], FULL));
        assertThat(heard).containsExactly(FlowSignal.XOFF_SENT);
        readFully(stream, new byte[FULL * cells]);
        assertThat(heard).containsExactly(FlowSignal.XOFF_SENT, FlowSignal.XON_SENT);
        assertThat(stream.circuit().isOpen()).isTrue();
    }

    @Test
    void dataBeyondTheStreamsWindowEndsTheCircuit() throws Exception {
        chain.exit().follow(connecting());
        OnionStream stream = connect();
        int id = stream.streamId().value();
        chain.onLoop(() -> {
            for (int i = 0; i < 600 && stream.circuit().isOpen(); i++) {
                chain.exit().say(RelayCommand.DATA, id, new byte[FULL], FULL);
            }
        });
        assertThat(OriginCircuitTest.endedByViolation(stream.circuit()))
                .isEqualTo("DATA: arrived beyond the window of 500 cells");
        byte[] arrived = new byte[WindowIntake.WAITING_MAX];
        int got = 0;
        try {
            for (int n = stream.read(arrived, 0, 4096); n > 0; n = stream.read(arrived, 0, 4096)) {
                got += n;
            }
        } catch (IOException ended) {
            assertThat(ended).hasMessage("the stream's circuit ended");
        }
        assertThat(got).isEqualTo(FULL * 500);
    }

    @Test
    void aWriterOnAnEmptyWindowGoesOnWithASendme() throws Exception {
        exit.acknowledge(false);
        OnionStream stream = connect();
        CompletableFuture<@Nullable Throwable> writer =
                OriginCircuitTest.failureOf(() -> stream.write(new byte[FULL * 520]));
        awaitArrived(500);
        assertThat(writer.isDone()).isFalse();
        chain.onLoop(() -> acknowledge(stream, 1));
        assertThat(writer.join()).isNull();
    }

    @Test
    void noMoreRoomIsToldOfThanTheStreamItselfHas() throws Exception {
        exit.acknowledge(false);
        OnionStream stream = connect();
        stream.write(new byte[FULL * 490]);
        chain.onLoop(() -> {}); // and the channel is empty
        assertThat(stream.room()).isBetween(1, 10 * FULL); // where the circuit has 500 cells
    }

    @Test
    void aWriterOnAnEmptyWindowWakesWhenItsStreamEnds() throws Exception {
        exit.acknowledge(false);
        OnionStream stream = connect();
        CompletableFuture<@Nullable Throwable> writer =
                OriginCircuitTest.failureOf(() -> stream.write(new byte[FULL * 520]));
        awaitArrived(500);
        chain.onLoop(() -> chain.exit().end(stream.streamId().value(), EndReason.CONNRESET));
        assertThat(writer.join()).isInstanceOf(IOException.class).hasMessage("the exit ended the stream: CONNRESET");
    }

    @Test
    void aWriterOnAnEmptyWindowWakesWhenItsStreamIsClosed() throws Exception {
        exit.acknowledge(false);
        OnionStream stream = connect();
        CompletableFuture<@Nullable Throwable> writer =
                OriginCircuitTest.failureOf(() -> stream.write(new byte[FULL * 520]));
        awaitArrived(500);
        stream.close();
        assertThat(writer.join()).isInstanceOf(IOException.class).hasMessage("the stream is closed");
    }

    @Test
    void aWriterWaitsWhileTheChannelIsFull() throws Exception {
        OnionStream stream = connect();
        chain.fill(true);
        CompletableFuture<@Nullable Throwable> writer = OriginCircuitTest.failureOf(() -> stream.write(new byte[FULL]));
        chain.onLoop(() -> {});
        assertThat(exit.arrived()).isZero();
        chain.fill(false);
        assertThat(writer.join()).isNull();
        awaitArrived(1);
    }

    @Test
    void aReaderWakesWhenTheCircuitEnds() throws Exception {
        OnionStream stream = connect();
        CompletableFuture<@Nullable Throwable> reader =
                OriginCircuitTest.failureOf(() -> stream.read(new byte[10], 0, 10));
        stream.circuit().close();
        assertThat(reader.join()).isInstanceOf(IOException.class).hasMessage("the stream's circuit ended");
    }

    @Test
    void aReaderCanBeInterrupted() throws Exception {
        OnionStream stream = connect();
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                outcome.completeExceptionally(new AssertionError("read " + stream.read(new byte[10], 0, 10)));
            } catch (IOException interrupted) {
                outcome.complete(interrupted);
            }
        });
        reader.interrupt();
        assertThat(outcome.join()).isInstanceOf(InterruptedIOException.class);
    }

    @Test
    void whatCameBeforeAnOrderlyEndIsReadAndThenTheEnd() throws Exception {
        OnionStream stream = connect();
        stream.write(new byte[] {1, 2, 3});
        byte[] back = new byte[3];
        readFully(stream, back);
        chain.onLoop(() -> {
            chain.exit().say(RelayCommand.DATA, stream.streamId().value(), new byte[] {4}, 1);
            chain.exit().end(stream.streamId().value(), EndReason.DONE);
        });
        assertThat(stream.read(back, 0, 3)).isEqualTo(1);
        assertThat(stream.read(back, 0, 3)).isEqualTo(-1);
        assertThat(stream.ended()).hasValue(new StreamEnding(EndReason.DONE, true));
        assertThat(((OriginCircuit) stream.circuit()).streams().size()).isZero();
    }

    @Test
    void anEndThatIsNotOrderlyIsAnError() throws Exception {
        OnionStream stream = connect();
        chain.onLoop(() -> chain.exit().end(stream.streamId().value(), EndReason.CONNRESET));
        assertThatThrownBy(() -> stream.read(new byte[3], 0, 3))
                .isInstanceOf(IOException.class)
                .hasMessage("the exit ended the stream: CONNRESET");
    }

    @Test
    void theExitsRefusalSaysWhy() throws Exception {
        chain.exit().follow((relay, stream, message) -> relay.end(stream, EndReason.EXITPOLICY));
        OriginCircuit circuit = chain.build();
        assertThatThrownBy(() -> circuit.connect("example.com", 25, BeginFlags.NONE, PATIENCE))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(Refused.Kind.EXIT_POLICY))
                .hasMessageEndingWith("the exit refuses: EXITPOLICY");
        assertThat(circuit.streams().size()).isZero();
        assertThat(circuit.isOpen()).isTrue();
    }

    @Test
    void anExitThatDoesNotAnswerIsLeft() throws Exception {
        chain.exit().follow((relay, stream, message) -> {});
        OriginCircuit circuit = chain.build();
        CompletableFuture<@Nullable Throwable> outcome =
                OriginCircuitTest.failureOf(() -> circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE));
        chain.time.awaitTimers(1);
        chain.time.pass(PATIENCE);
        assertThat(outcome.join()).isInstanceOf(Unreachable.class).hasMessage("the exit did not answer for 60000 ms");
        assertThat(circuit.openStreams()).isZero();
        assertThat(circuit.streams().size()).isEqualTo(1);
    }

    @Test
    void dataMayBeWrittenBeforeTheExitAnswers() throws Exception {
        List<String> seen = new ArrayList<>();
        chain.exit().follow((relay, stream, message) -> {
            seen.add(RelayCommand.name(message.command()));
            if (message instanceof RelayMessage.Data) {
                relay.say(stream, RelayMessage.Connected.SILENT);
            }
        });
        OriginCircuit circuit = chain.build();
        OnionStream stream = circuit.begin("example.com", 80, BeginFlags.NONE);
        stream.write(new byte[10]);
        stream.awaitConnected(PATIENCE);
        assertThat(seen).containsExactly("BEGIN", "DATA");
        assertThat(stream.connected()).hasValue(RelayMessage.Connected.SILENT);
    }

    @Test
    void dataBeforeConnectedIsAViolation() throws Exception {
        chain.exit().follow((relay, stream, message) -> relay.say(RelayCommand.DATA, stream, new byte[3], 3));
        OriginCircuit circuit = chain.build();
        assertThatThrownBy(() -> circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE))
                .isInstanceOf(Unreachable.class);
        assertThat(OriginCircuitTest.endedByViolation(circuit)).isEqualTo("DATA: came before CONNECTED");
    }

    @Test
    void aSecondConnectedIsAViolation() throws Exception {
        OnionStream stream = connect();
        chain.onLoop(() -> chain.exit().say(stream.streamId().value(), RelayMessage.Connected.SILENT));
        assertThat(OriginCircuitTest.endedByViolation(stream.circuit())).isEqualTo("CONNECTED: came a second time");
    }

    @Test
    void aClosedStreamSaysEndWithoutAReason() throws Exception {
        List<RelayMessage> seen = new ArrayList<>();
        chain.exit().follow((relay, stream, message) -> {
            seen.add(message);
            if (message instanceof RelayMessage.Begin) {
                relay.say(stream, RelayMessage.Connected.SILENT);
            }
        });
        OnionStream stream = connect();
        stream.close();
        stream.close();
        chain.onLoop(() -> {});
        assertThat(seen).hasSize(2);
        assertThat(seen.getLast()).isEqualTo(new RelayMessage.End(EndReason.MISC));
        assertThatThrownBy(() -> stream.write(new byte[1])).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> stream.read(new byte[1], 0, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void whatWasUnderWayToAClosedStreamIsToleratedUpToItsWindow() throws Exception {
        chain.exit().follow(connecting());
        OnionStream stream = connect();
        int id = stream.streamId().value();
        stream.close();
        chain.onLoop(() -> {
            for (int i = 0; i < 500; i++) {
                chain.exit().say(RelayCommand.DATA, id, new byte[FULL], FULL);
            }
        });
        assertThat(stream.circuit().isOpen()).isTrue();
        chain.onLoop(() -> chain.exit().say(RelayCommand.DATA, id, new byte[FULL], FULL));
        assertThat(OriginCircuitTest.endedByViolation(stream.circuit()))
                .isEqualTo("DATA: arrived beyond the window of 500 cells");
    }

    @Test
    void aClosedStreamTakesTheSendmesThatItsDataAreDue() throws Exception {
        chain.exit().follow(connecting());
        OnionStream stream = connect();
        int id = stream.streamId().value();
        stream.write(new byte[FULL * 120]);
        stream.close();
        chain.onLoop(() -> {
            chain.exit().say(id, RelayMessage.SendMe.PLAIN);
            chain.exit().say(id, RelayMessage.SendMe.PLAIN);
        });
        assertThat(stream.circuit().isOpen()).isTrue();
        chain.onLoop(() -> chain.exit().say(id, RelayMessage.SendMe.PLAIN));
        assertThat(stream.circuit().isOpen()).isFalse();
    }

    @Test
    void aStreamClosedBeforeItsAnswerTakesTheAnswer() throws Exception {
        chain.exit().follow((relay, stream, message) -> {});
        OriginCircuit circuit = chain.build();
        OnionStream stream = circuit.begin("example.com", 80, BeginFlags.NONE);
        int id = stream.streamId().value();
        stream.close();
        chain.onLoop(() -> {
            chain.exit().say(id, RelayMessage.Connected.SILENT);
            chain.exit().say(RelayCommand.DATA, id, new byte[1], 1);
            chain.exit().end(id, EndReason.DONE);
        });
        assertThat(circuit.isOpen()).isTrue();
        assertThat(circuit.streams().size()).isZero();
        chain.onLoop(() -> chain.exit().end(id, EndReason.DONE));
        assertThat(OriginCircuitTest.endedByViolation(circuit))
                .isEqualTo("END: for stream " + id + ", which is not open");
    }

    @Test
    void afterItsEndAStreamsMessagesAreAViolation() throws Exception {
        OnionStream stream = connect();
        int id = stream.streamId().value();
        chain.onLoop(() -> {
            chain.exit().end(id, EndReason.DONE);
            chain.exit().say(RelayCommand.DATA, id, new byte[1], 1);
        });
        assertThat(OriginCircuitTest.endedByViolation(stream.circuit()))
                .isEqualTo("DATA: for stream " + id + ", which is not open");
    }

    @Test
    void aFinishedStreamIsReadOn() throws Exception {
        OnionStream stream = connect();
        stream.write(new byte[] {1, 2, 3});
        stream.finish();
        byte[] back = new byte[3];
        readFully(stream, back);
        assertThat(back).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> stream.write(new byte[1]))
                .isInstanceOf(IOException.class)
                .hasMessage("nothing more is written after finish()");
    }

    @Test
    void directoriesAreConnectedToWithoutAnAddress() throws Exception {
        OriginCircuit circuit = chain.build(3, FlowParameters.DEFAULT);
        OnionStream stream = circuit.connectDirectory(PATIENCE);
        assertEcho(stream, 10_000, 3);
    }

    private OnionStream connect() throws Exception {
        return chain.build().connect("example.com", 80, BeginFlags.NONE, PATIENCE);
    }

    private void awaitArrived(int cells) {
        while (exit.arrived() < cells) {
            chain.onLoop(() -> {});
        }
        assertThat(exit.arrived()).isEqualTo(cells);
    }

    private void acknowledge(OnionStream stream, int increments) {
        try {
            exit.acknowledge(chain.exit(), stream.streamId().value(), increments);
        } catch (ProtocolViolation impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static FakeRelay.Script connecting() {
        return (relay, stream, message) -> {
            if (message instanceof RelayMessage.Begin) {
                relay.say(stream, RelayMessage.Connected.SILENT);
            }
        };
    }

    /** Writes seeded chance in pieces of chance length while reading it back, and compares digests. */
    private static void assertEcho(OnionStream stream, int length, long seed) throws IOException {
        CompletableFuture<byte[]> sent = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                sent.complete(send(stream, length, seed));
            } catch (IOException | RuntimeException failed) {
                sent.completeExceptionally(failed);
            }
        });
        MessageDigest digest = sha256();
        byte[] buffer = new byte[20_000];
        int got = 0;
        while (got < length) {
            int n = stream.read(buffer, 0, buffer.length);
            assertThat(n).as("seed " + seed + ", after " + got).isPositive();
            digest.update(buffer, 0, n);
            got += n;
        }
        assertThat(got).isEqualTo(length);
        assertThat(digest.digest()).as("seed " + seed).isEqualTo(sent.join());
        assertThat(stream.bytesWritten()).isEqualTo(length);
    }

    private static byte[] send(OnionStream stream, int length, long seed) throws IOException {
        Random random = new Random(seed);
        MessageDigest digest = sha256();
        int left = length;
        while (left > 0) {
            byte[] piece = new byte[Math.min(left, 1 + random.nextInt(40_000))];
            random.nextBytes(piece);
            digest.update(piece);
            stream.write(piece);
            left -= piece.length;
        }
        return digest.digest();
    }

    private static void readFully(OnionStream stream, byte[] into) throws IOException {
        int got = 0;
        while (got < into.length) {
            int n = stream.read(into, got, into.length - got);
            assertThat(n).isPositive();
            got += n;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}

package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.base.Unreachable;
import io.allium.cell.OnionServiceMessage;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.cell.RendezvousCookie;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class CircuitMessagesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final RelayMessage ESTABLISH =
            new OnionServiceMessage.EstablishRendezvous(RendezvousCookie.of(new byte[RendezvousCookie.LENGTH]));
    private static final RelayMessage ESTABLISHED = new OnionServiceMessage.RendezvousEstablished();

    private final FakeChain chain = new FakeChain(3, 3);

    @AfterEach
    void nothingWentWrongAtTheRelays() {
        chain.close();
    }

    @Test
    void aQuestionToTheLastRelayIsAnswered() throws Exception {
        chain.exit().follow((relay, stream, message) -> {
            assertThat(stream).isZero();
            assertThat(message).isInstanceOf(OnionServiceMessage.EstablishRendezvous.class);
            relay.say(0, ESTABLISHED);
        });
        OriginCircuit circuit = chain.build();
        assertThat(circuit.ask(ESTABLISH, RelayCommand.RENDEZVOUS_ESTABLISHED, PATIENCE))
                .isEqualTo(ESTABLISHED);
        assertThat(circuit.isOpen()).isTrue();
    }

    @Test
    void anAnswerThatNobodyAskedForEndsTheCircuit() throws Exception {
        OriginCircuit circuit = chain.build();
        chain.onLoop(() -> chain.exit().say(0, ESTABLISHED));
        assertThat(OriginCircuitTest.endedByViolation(circuit))
                .isEqualTo("RENDEZVOUS_ESTABLISHED: nobody waits for it");
    }

    @Test
    void aSecondAnswerEndsTheCircuit() throws Exception {
        OriginCircuit circuit = chain.build();
        CompletableFuture<RelayMessage> first = circuit.expect(RelayCommand.RENDEZVOUS_ESTABLISHED);
        chain.onLoop(() -> {
            chain.exit().say(0, ESTABLISHED);
            chain.exit().say(0, ESTABLISHED);
        });
        assertThat(first.join()).isEqualTo(ESTABLISHED);
        assertThat(OriginCircuitTest.endedByViolation(circuit))
                .isEqualTo("RENDEZVOUS_ESTABLISHED: nobody waits for it");
    }

    @Test
    void onlyTheLastRelayAnswers() throws Exception {
        OriginCircuit circuit = chain.build();
        CompletableFuture<RelayMessage> answer = circuit.expect(RelayCommand.RENDEZVOUS_ESTABLISHED);
        chain.onLoop(() -> chain.relay(2).say(0, ESTABLISHED));
        assertThat(OriginCircuitTest.endedByViolation(circuit)).startsWith("RENDEZVOUS_ESTABLISHED: came from hop 2");
        assertThatThrownBy(answer::join).hasCauseInstanceOf(Unreachable.class);
    }

    @Test
    void anAnswerIsNoStreams() throws Exception {
        OriginCircuit circuit = chain.build();
        circuit.messages(message -> {});
        chain.onLoop(() -> chain.exit().say(5, ESTABLISHED));
        assertThat(OriginCircuitTest.endedByViolation(circuit)).contains("for stream 5");
    }

    @Test
    void aRelaySaysNothingThatIsSaidToRelays() throws Exception {
        OriginCircuit circuit = chain.build();
        circuit.messages(message -> {});
        chain.onLoop(() -> chain.exit().say(0, ESTABLISH));
        assertThat(OriginCircuitTest.endedByViolation(circuit)).isEqualTo("ESTABLISH_RENDEZVOUS: came from a relay");
    }

    @Test
    void newsGoToWhoeverTakesThemUnlessTheyAreAnswers() throws Exception {
        OriginCircuit circuit = chain.build();
        List<RelayMessage> taken = new ArrayList<>();
        circuit.messages(taken::add);
        CompletableFuture<RelayMessage> answer = circuit.expect(RelayCommand.INTRO_ESTABLISHED);
        chain.onLoop(() -> {
            chain.exit().say(0, ESTABLISHED);
            chain.exit().say(0, OnionServiceMessage.IntroEstablished.SILENT);
            chain.exit().say(0, ESTABLISHED);
        });
        assertThat(answer.join()).isEqualTo(OnionServiceMessage.IntroEstablished.SILENT);
        assertThat(taken).containsExactly(ESTABLISHED, ESTABLISHED);
    }

    @Test
    void whatTheTakerRefusesEndsTheCircuit() throws Exception {
        OriginCircuit circuit = chain.build();
        circuit.messages(message -> {
            throw new ProtocolViolation("not now");
        });
        chain.onLoop(() -> chain.exit().say(0, ESTABLISHED));
        assertThat(OriginCircuitTest.endedByViolation(circuit)).isEqualTo("not now");
    }

    @Test
    void aRelayThatDoesNotAnswerIsGivenUpAndMayNotAnswerLater() throws Exception {
        chain.exit().follow((relay, stream, message) -> {});
        OriginCircuit circuit = chain.build();
        CompletableFuture<@Nullable Throwable> outcome = OriginCircuitTest.failureOf(
                () -> circuit.ask(ESTABLISH, RelayCommand.RENDEZVOUS_ESTABLISHED, PATIENCE));
        chain.time.awaitTimers(1);
        chain.time.pass(PATIENCE);
        assertThat(outcome.join())
                .isInstanceOf(Unreachable.class)
                .hasMessage("circuit 1: no RENDEZVOUS_ESTABLISHED for 60000 ms");
        chain.onLoop(() -> chain.exit().say(0, ESTABLISHED));
        assertThat(OriginCircuitTest.endedByViolation(circuit))
                .isEqualTo("RENDEZVOUS_ESTABLISHED: nobody waits for it");
    }

    @Test
    void whoWaitsHearsThatTheCircuitEnded() throws Exception {
        OriginCircuit circuit = chain.build();
        CompletableFuture<RelayMessage> before = circuit.expect(RelayCommand.RENDEZVOUS2);
        circuit.close();
        assertThatThrownBy(before::join).hasCauseInstanceOf(Unreachable.class);
        assertThatThrownBy(() -> circuit.expect(RelayCommand.RENDEZVOUS2).join())
                .hasCauseInstanceOf(Unreachable.class);
    }
}

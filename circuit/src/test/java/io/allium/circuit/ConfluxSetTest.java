package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Refused;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.cell.BeginFlags;
import io.allium.cell.ConfluxNonce;
import io.allium.cell.ConfluxTerms;
import io.allium.cell.ConfluxUx;
import io.allium.cell.DestroyReason;
import io.allium.cell.EndReason;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayMessage;
import io.allium.testing.SeededEntropy;
import io.allium.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our side of linked circuits, against exits that keep to the rules and such as don't. Each leg has a loop of its own. */
@Timeout(300)
class ConfluxSetTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<FakeChain> chains = List.of(new FakeChain(2, 3), new FakeChain(3, 3));
    private final List<LinkedBlockingQueue<RelayMessage>> heard =
            List.of(new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
    private final List<OriginCircuit> legs = new ArrayList<>();
    private final ConfluxSet set =
            new ConfluxSet(ConfluxUx.HIGH_THROUGHPUT, 1 << 20, chains.get(0).time, new SeededEntropy(7));

    /** An exit that answers LINK, and remembers what else it hears. */
    private FakeRelay.Script linking(int leg) {
        return (relay, streamId, message) -> {
            heard.get(leg).add(message);
            if (message instanceof RelayMessage.ConfluxLink link) {
                relay.say(
                        0,
                        new RelayMessage.ConfluxLinked(
                                ConfluxTerms.ofNewSet(link.terms().nonce(), ConfluxUx.MIN_LATENCY)));
            }
        };
    }

    private void link() throws Exception {
        for (int leg = 0; leg < 2; leg++) {
            chains.get(leg).exit().follow(linking(leg));
            OriginCircuit circuit = chains.get(leg).buildControlled(leg + 1);
            legs.add(circuit);
            set.join(circuit, PATIENCE);
            assertThat(hear(leg)).isInstanceOf(RelayMessage.ConfluxLink.class);
            assertThat(hear(leg)).isInstanceOf(RelayMessage.ConfluxLinkedAck.class);
        }
    }

    private RelayMessage hear(int leg) throws InterruptedException {
        RelayMessage message = heard.get(leg).poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("leg " + leg + " heard nothing");
        }
        return message;
    }

    /** The exit says something on a leg. */
    private void say(int leg, int streamId, RelayMessage message) {
        chains.get(leg).onLoop(() -> chains.get(leg).exit().say(streamId, message));
    }

    private OnionStream open() throws Exception {
        OnionStream stream = set.begin("example.com", 80, BeginFlags.NONE);
        legThatCarriedABegin();
        return stream;
    }

    /** The leg on which BEGIN was sent, once all that was sent has arrived. */
    private int legThatCarriedABegin() {
        chains.forEach(chain -> chain.onLoop(() -> {}));
        for (int leg = 0; leg < 2; leg++) {
            RelayMessage message = heard.get(leg).poll();
            if (message != null) {
                assertThat(message).isInstanceOf(RelayMessage.Begin.class);
                return leg;
            }
        }
        throw new AssertionError("no leg carried anything");
    }

    private static RelayMessage data(int... bytes) {
        byte[] data = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            data[i] = (byte) bytes[i];
        }
        return new RelayMessage.Data(data);
    }

    @AfterEach
    void nothingWentWrongAtTheRelays() {
        set.close();
        chains.forEach(FakeChain::close);
    }

    @Test
    void whatComesOnTwoLegsIsReadInOrder() throws Exception {
        link();
        OnionStream stream = open();
        int id = stream.streamId().value();
        say(1, 0, new RelayMessage.ConfluxSwitch(2));
        say(1, id, data(3, 4));
        say(0, id, RelayMessage.Connected.SILENT);
        say(0, id, data(1, 2));
        say(0, 0, new RelayMessage.ConfluxSwitch(1));
        say(0, id, data(5));
        say(0, id, new RelayMessage.End(EndReason.DONE));
        byte[] read = new byte[10];
        int count = 0;
        for (int n = stream.read(read, 0, 10); n > 0; n = stream.read(read, count, 10 - count)) {
            count += n;
        }
        assertThat(read).startsWith(1, 2, 3, 4, 5);
        assertThat(count).isEqualTo(5);
        assertThat(set.isOpen()).isTrue();
    }

    @Test
    void linkedWithAnotherNonceEndsTheCircuit() throws Exception {
        assertNotLinked("about another set", (relay, stream, message) -> {
            if (message instanceof RelayMessage.ConfluxLink link) {
                byte[] other = link.terms().nonce().bytes();
                other[ConfluxNonce.BYTES - 1] ^= 1; // the rest being equal, as in TROVE-2026-004
                relay.say(
                        0,
                        new RelayMessage.ConfluxLinked(
                                ConfluxTerms.ofNewSet(ConfluxNonce.of(other), ConfluxUx.MIN_LATENCY)));
            }
        });
    }

    @Test
    void linkedFromTheWrongHopEndsTheCircuit() throws Exception {
        assertNotLinked("came from hop 2", (relay, stream, message) -> {
            if (message instanceof RelayMessage.ConfluxLink link) {
                chains.get(0).relay(2).say(0, new RelayMessage.ConfluxLinked(link.terms()));
            }
        });
    }

    @Test
    void linkedThatClaimsToHaveSentSomethingEndsTheCircuit() throws Exception {
        assertNotLinked("begins at cell 5", (relay, stream, message) -> {
            if (message instanceof RelayMessage.ConfluxLink link) {
                relay.say(
                        0,
                        new RelayMessage.ConfluxLinked(
                                new ConfluxTerms(link.terms().nonce(), 5, 0, ConfluxUx.MIN_LATENCY)));
            }
        });
    }

    @Test
    void linkedThatClaimsToHaveReceivedSomethingEndsTheCircuit() throws Exception {
        assertNotLinked("has received cell 9", (relay, stream, message) -> {
            if (message instanceof RelayMessage.ConfluxLink link) {
                relay.say(
                        0,
                        new RelayMessage.ConfluxLinked(
                                new ConfluxTerms(link.terms().nonce(), 0, 9, ConfluxUx.MIN_LATENCY)));
            }
        });
    }

    private void assertNotLinked(String why, FakeRelay.Script exit) throws Exception {
        chains.get(0).exit().follow(exit);
        OriginCircuit circuit = chains.get(0).buildControlled(1);
        assertThatThrownBy(() -> set.join(circuit, PATIENCE)).isInstanceOf(Unreachable.class);
        assertThat(OriginCircuitTest.endedByViolation(circuit)).contains(why);
    }

    @Test
    void linkedThatNobodyAskedForEndsTheCircuit() throws Exception {
        chains.get(0).exit().follow((relay, stream, message) -> {});
        OriginCircuit circuit = chains.get(0).buildControlled(1);
        say(0, 0, new RelayMessage.ConfluxLinked(ConfluxTerms.ofNewSet(set.nonce(), ConfluxUx.MIN_LATENCY)));
        assertThat(OriginCircuitTest.endedByViolation(circuit)).contains("was not to be linked");
    }

    @Test
    void linkedThatComesWhenTheSetHasEndedIsNobodysFault() throws Exception {
        chains.get(0).exit().follow((relay, stream, message) -> {
            if (message instanceof RelayMessage.ConfluxLink link) {
                set.close();
                relay.say(0, new RelayMessage.ConfluxLinked(link.terms()));
            }
        });
        OriginCircuit circuit = chains.get(0).buildControlled(1);
        assertThatThrownBy(() -> set.join(circuit, PATIENCE)).isInstanceOf(Unreachable.class);
        assertThat(circuit.ended().get().reason()).isEqualTo(DestroyReason.FINISHED);
    }

    @Test
    void aSecondLinkedEndsTheSet() throws Exception {
        link();
        say(0, 0, new RelayMessage.ConfluxLinked(ConfluxTerms.ofNewSet(set.nonce(), ConfluxUx.MIN_LATENCY)));
        assertThat(OriginCircuitTest.endedByViolation(legs.get(0))).contains("a second time");
        assertThat(set.ended().get().reason()).isEqualTo(DestroyReason.PROTOCOL);
        assertThat(legs.get(1).isOpen()).isFalse();
    }

    @Test
    void anExitThatDoesNotAnswerLosesTheCircuit() throws Exception {
        chains.get(0).exit().follow((relay, stream, message) -> heard.get(0).add(message));
        OriginCircuit circuit = chains.get(0).buildControlled(1);
        CompletableFuture<Throwable> joining = OriginCircuitTest.failureOf(() -> set.join(circuit, PATIENCE));
        assertThat(hear(0)).isInstanceOf(RelayMessage.ConfluxLink.class);
        Waiting.until(() -> {
            chains.get(0).time.pass(PATIENCE);
            return joining.isDone();
        });
        assertThat(joining.join()).isInstanceOf(Unreachable.class).hasMessageContaining("was not linked in");
        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    void aCircuitWithoutCongestionControlIsNotLinked() throws Exception {
        OriginCircuit circuit = chains.get(0).build();
        assertThatThrownBy(() -> set.join(circuit, PATIENCE))
                .isInstanceOf(TorException.class)
                .hasMessageContaining("congestion control");
        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    void whatTheMiddleRelaySaysInSequenceEndsTheSet() throws Exception {
        link();
        int id = open().streamId().value();
        chains.get(0).onLoop(() -> chains.get(0).relay(2).say(id, RelayMessage.Connected.SILENT));
        assertThat(OriginCircuitTest.endedByViolation(legs.get(0))).contains("came from hop 2");
        assertThat(set.isOpen()).isFalse();
    }

    @Test
    void aSwitchFromTheMiddleRelayEndsTheSet() throws Exception {
        link();
        chains.get(0).onLoop(() -> chains.get(0).relay(2).say(0, new RelayMessage.ConfluxSwitch(1)));
        assertThat(OriginCircuitTest.endedByViolation(legs.get(0))).contains("came from hop 2");
        assertThat(set.isOpen()).isFalse();
    }

    @Test
    void aSwitchOnACircuitThatIsNotLinkedEndsIt() throws Exception {
        OriginCircuit circuit = chains.get(0).buildControlled(1);
        say(0, 0, new RelayMessage.ConfluxSwitch(1));
        assertThat(OriginCircuitTest.endedByViolation(circuit)).contains("not linked");
    }

    @Test
    void aSwitchWithAnAbsurdNumberEndsTheSet() throws Exception {
        link();
        say(0, 0, new RelayMessage.ConfluxSwitch(RelayMessage.ConfluxSwitch.SKIPPED_MAX));
        assertThat(OriginCircuitTest.endedByViolation(legs.get(0))).contains("skips 4294967295");
        assertThat(set.isOpen()).isFalse();
    }

    @Test
    void aSwitchWithoutDataEndsTheSet() throws Exception {
        link();
        say(0, 0, new RelayMessage.ConfluxSwitch(1));
        say(0, 0, new RelayMessage.ConfluxSwitch(1));
        assertThat(OriginCircuitTest.endedByViolation(legs.get(0))).contains("nothing between");
        assertThat(set.isOpen()).isFalse();
    }

    @Test
    void memoryForWhatComesOutOfOrderIsBounded() throws Exception {
        link();
        int id = open().streamId().value();
        say(0, 0, new RelayMessage.ConfluxSwitch(1));
        chains.get(0).onLoop(() -> {
            for (int i = 0; i < 3000 && set.isOpen(); i++) {
                chains.get(0).exit().say(id, new RelayMessage.Data(new byte[RelayCell.DATA_MAX]));
            }
        });
        assertThat(OriginCircuitTest.endedByViolation(legs.get(0))).contains("out of order");
        assertThat(set.isOpen()).isFalse();
    }

    @Test
    void whatWaitsForALegThatIsSilentWaitsNoLongerThanAMinute() throws Exception {
        link();
        int id = open().streamId().value();
        Duration half = ConfluxSet.STALL_LIMIT.dividedBy(2);
        say(1, 0, new RelayMessage.ConfluxSwitch(2));
        say(1, id, data(3));
        chains.get(0).time.pass(half);
        say(0, id, RelayMessage.Connected.SILENT); // one is still missing
        chains.get(0).time.pass(half.minusMillis(1));
        assertThat(set.isOpen()).isTrue();
        chains.get(0).time.pass(Duration.ofMillis(1));
        assertThat(set.ended().get().reason()).isEqualTo(DestroyReason.TIMEOUT);
    }

    @Test
    void whatWaitsAndIsDeliveredInTimeEndsNothing() throws Exception {
        link();
        int id = open().streamId().value();
        Duration half = ConfluxSet.STALL_LIMIT.dividedBy(2);
        say(1, 0, new RelayMessage.ConfluxSwitch(1));
        say(1, id, data(2));
        chains.get(0).time.pass(half);
        say(0, id, RelayMessage.Connected.SILENT);
        say(1, 0, new RelayMessage.ConfluxSwitch(1));
        say(1, id, data(4));
        chains.get(0).time.pass(half); // that one waits for half a minute only
        assertThat(set.isOpen()).isTrue();
        say(0, 0, new RelayMessage.ConfluxSwitch(1));
        say(0, id, data(3));
        chains.get(0).time.pass(ConfluxSet.STALL_LIMIT);
        assertThat(set.isOpen()).isTrue();
    }

    @Test
    void aStreamsSendmeEndsTheSet() throws Exception {
        link();
        int id = open().streamId().value();
        say(0, id, RelayMessage.SendMe.PLAIN);
        assertThat(set.ended().get().reason()).isEqualTo(DestroyReason.PROTOCOL);
    }

    @Test
    void messagesThatOnlyAClientSendsEndTheSet() throws Exception {
        link();
        say(0, 0, new RelayMessage.ConfluxLinkedAck());
        assertThat(OriginCircuitTest.endedByViolation(legs.get(0))).contains("came from a relay");
        assertThat(set.isOpen()).isFalse();
    }

    @Test
    void anIdleLegLeavesTheSetAlone() throws Exception {
        link();
        OnionStream stream = set.begin("example.com", 80, BeginFlags.NONE);
        int used = legThatCarriedABegin();
        chains.get(1 - used).onLoop(() -> chains.get(1 - used).destroy(DestroyReason.FINISHED));
        assertThat(legs.get(1 - used).isOpen()).isFalse();
        assertThat(set.isOpen()).isTrue();
        say(used, stream.streamId().value(), RelayMessage.Connected.SILENT);
        stream.awaitConnected(PATIENCE);
        assertThat(set.circuits()).containsExactly(legs.get(used));
    }

    @Test
    void theLegThatWeSendOnTakesTheSetWithIt() throws Exception {
        link();
        OnionStream stream = set.begin("example.com", 80, BeginFlags.NONE);
        int used = legThatCarriedABegin();
        chains.get(used).onLoop(() -> chains.get(used).destroy(DestroyReason.FINISHED));
        assertThat(set.isOpen()).isFalse();
        assertThat(stream.ended()).isPresent();
        assertThat(legs.get(1 - used).isOpen()).isFalse();
    }

    @Test
    void aLegIsNeverExtended() throws Exception {
        link();
        assertThatThrownBy(() -> legs.get(0).extend(chains.get(0).relay(2).target(true), PATIENCE))
                .isInstanceOf(Refused.class);
        assertThat(set.isOpen()).isTrue();
    }

    @Test
    void noStreamIsOpenedOnASetThatEnded() throws Exception {
        link();
        set.close();
        assertThatThrownBy(() -> set.begin("example.com", 80, BeginFlags.NONE)).isInstanceOf(Unreachable.class);
        assertThat(legs).noneMatch(OriginCircuit::isOpen);
    }
}

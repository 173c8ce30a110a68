package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.cell.ConfluxUx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfluxSequenceTest {
    private final List<Integer> delivered = new ArrayList<>();
    private ConfluxSequence<Integer> sequence = new ConfluxSequence<>(1 << 20);

    /** What travels on a leg: a message, or a SWITCH where {@code skipped} is there. */
    private record Cell(int message, OptionalLong skipped) {}

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void anyInterleavingOfTheLegsDeliversInOrder(int legCount) throws ProtocolViolation {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            delivered.clear();
            sequence = new ConfluxSequence<>(1 << 20);
            List<ArrayDeque<Cell>> wires = sent(random, legCount, 1 + random.nextInt(200));
            List<ConfluxSequence.Leg<Integer>> legs = new ArrayList<>();
            for (int i = 0; i < legCount; i++) {
                legs.add(sequence.add(0));
            }
            int total = 0;
            for (List<Integer> left = open(wires); !left.isEmpty(); left = open(wires)) {
                int at = left.get(random.nextInt(left.size()));
                Cell cell = wires.get(at).removeFirst();
                if (cell.skipped.isPresent()) {
                    sequence.switched(legs.get(at), cell.skipped.getAsLong());
                } else {
                    total++;
                    receive(legs.get(at), cell.message);
                }
            }
            assertThat(delivered)
                    .as("seed %d", seed)
                    .isEqualTo(IntStream.range(0, total).boxed().toList());
            assertThat(sequence.kept()).isZero();
            assertThat(sequence.delivered()).isEqualTo(total);
        }
    }

    private static List<Integer> open(List<ArrayDeque<Cell>> wires) {
        return IntStream.range(0, wires.size())
                .filter(i -> !wires.get(i).isEmpty())
                .boxed()
                .toList();
    }

    /** The other end's side of it, by the schedule that we use ourselves. */
    private static List<ArrayDeque<Cell>> sent(Random random, int legCount, int messages) throws ProtocolViolation {
        ConfluxSchedule<ConfluxScheduleTest.Leg> schedule = new ConfluxSchedule<>();
        List<ConfluxScheduleTest.Leg> legs = new ArrayList<>();
        List<ArrayDeque<Cell>> wires = new ArrayList<>();
        for (int i = 0; i < legCount; i++) {
            legs.add(new ConfluxScheduleTest.Leg(i));
            wires.add(new ArrayDeque<>());
            schedule.add(legs.get(i), 0, ConfluxUx.HIGH_THROUGHPUT);
        }
        for (int message = 0; message < messages; message++) {
            for (ConfluxScheduleTest.Leg each : legs) {
                each.room = random.nextInt(4) > 0;
                each.roundTrip = random.nextInt(5);
            }
            ConfluxScheduleTest.Leg leg = schedule.forMessage();
            ArrayDeque<Cell> wire = wires.get(legs.indexOf(leg));
            OptionalLong skipped = schedule.turnTo(leg);
            if (skipped.isPresent()) {
                wire.add(new Cell(-1, skipped));
            }
            wire.add(new Cell(message, OptionalLong.empty()));
            schedule.sent();
        }
        return wires;
    }

    private void receive(ConfluxSequence.Leg<Integer> leg, int message) throws ProtocolViolation {
        if (!sequence.arrived(leg)) {
            sequence.keep(leg, message, 498, 0);
            return;
        }
        delivered.add(message);
        for (Integer next = sequence.next(); next != null; next = sequence.next()) {
            delivered.add(next);
        }
    }

    @Test
    void memoryForWhatCameOutOfOrderIsBounded() throws ProtocolViolation {
        sequence = new ConfluxSequence<>(10 * (498 + ConfluxSequence.KEPT_OVERHEAD));
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        sequence.switched(leg, 1);
        for (int i = 0; i < 10; i++) {
            receive(leg, i);
        }
        assertThatThrownBy(() -> receive(leg, 10))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("out of order");
    }

    @Test
    void itsAgeIsThatOfWhatHasWaitedLongestOnAnyLeg() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> one = sequence.add(0);
        ConfluxSequence.Leg<Integer> other = sequence.add(0);
        sequence.switched(one, 2);
        sequence.switched(other, 1);
        assertThat(sequence.arrived(one)).isFalse();
        sequence.keep(one, 3, 498, 70);
        assertThat(sequence.arrived(other)).isFalse();
        sequence.keep(other, 2, 498, 50);
        assertThat(sequence.since()).isEqualTo(50);
        sequence.remove(other);
        assertThat(sequence.since()).isEqualTo(70);
    }

    @Test
    void emptyMessagesOutOfOrderAreCountedToo() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        sequence.switched(leg, 1);
        assertThatThrownBy(() -> {
                    for (int i = 0; i <= (1 << 20) / ConfluxSequence.KEPT_OVERHEAD; i++) {
                        assertThat(sequence.arrived(leg)).isFalse();
                        sequence.keep(leg, i, 0, 0);
                    }
                })
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void noConsensusAllowsMoreThanWeBear() throws ProtocolViolation {
        sequence = new ConfluxSequence<>(Integer.MAX_VALUE);
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        sequence.switched(leg, 1);
        assertThat(sequence.arrived(leg)).isFalse();
        assertThatThrownBy(() -> sequence.keep(leg, 0, (int) ConfluxSequence.KEPT_MAX, 0))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aSwitchWithAnAbsurdNumberEndsTheSet() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        assertThatThrownBy(() -> sequence.switched(leg, 0xffffffffL))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("skips 4294967295 cells");
        assertThatThrownBy(() -> sequence.switched(leg, ConfluxSequence.AHEAD_MAX + 1))
                .isInstanceOf(ProtocolViolation.class);
        sequence.switched(leg, ConfluxSequence.AHEAD_MAX);
    }

    @Test
    void aSwitchThatNoMessageFollowsEndsTheSet() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        ConfluxSequence.Leg<Integer> other = sequence.add(0);
        sequence.switched(leg, 0);
        sequence.switched(other, 0);
        assertThatThrownBy(() -> sequence.switched(leg, 31))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("nothing between");
    }

    @Test
    void aNumberThatWasDeliveredBeforeEndsTheSet() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        ConfluxSequence.Leg<Integer> other = sequence.add(0);
        receive(leg, 0);
        assertThatThrownBy(() -> receive(other, 0))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("cell 1 came where 1 were delivered");
    }

    @Test
    void aNumberThatCameOnTwoLegsEndsTheSet() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        ConfluxSequence.Leg<Integer> other = sequence.add(0);
        ConfluxSequence.Leg<Integer> third = sequence.add(0);
        sequence.switched(other, 1);
        receive(other, 1);
        sequence.switched(third, 1);
        receive(third, 1);
        assertThatThrownBy(() -> receive(leg, 0))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("on two legs");
    }

    @Test
    void aLegThatWouldBeginBeyondWhatArrivedIsRefused() {
        assertThatThrownBy(() -> sequence.add(1)).isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> sequence.add(Long.MAX_VALUE)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aLostLegThatNothingWasLostWithLeavesTheSet() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        ConfluxSequence.Leg<Integer> other = sequence.add(0);
        receive(leg, 0);
        assertThat(sequence.remove(other)).isTrue();
        receive(leg, 1);
        assertThat(delivered).containsExactly(0, 1);
    }

    @Test
    void aLostLegThatWasSentOnLastEndsTheSet() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        sequence.add(0);
        receive(leg, 0);
        assertThat(sequence.remove(leg)).isFalse();
    }

    @Test
    void aLostLegThatOthersAreAheadOfEndsTheSet() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        ConfluxSequence.Leg<Integer> other = sequence.add(0);
        receive(leg, 0);
        sequence.switched(other, 2); // of which the second is on its way
        receive(other, 2);
        assertThat(sequence.remove(leg)).isFalse();
    }

    @Test
    void aSwitchThatSkipsWhatALostLegDidNotBringEndsTheSet() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        ConfluxSequence.Leg<Integer> other = sequence.add(0);
        ConfluxSequence.Leg<Integer> third = sequence.add(0);
        assertThat(sequence.remove(leg)).isTrue();
        sequence.switched(other, 2); // the third may still bring them
        receive(other, 2);
        assertThatThrownBy(() -> sequence.switched(third, 1))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("the leg is lost");
    }

    @Test
    void aSwitchWhereTheLastOneWasDeliveredGoesOnAfterALoss() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        ConfluxSequence.Leg<Integer> other = sequence.add(0);
        ConfluxSequence.Leg<Integer> lost = sequence.add(0);
        receive(leg, 0);
        assertThat(sequence.remove(lost)).isTrue();
        sequence.switched(other, 1);
        receive(other, 1);
        assertThat(delivered).containsExactly(0, 1);
    }

    @Test
    void whatALostLegBroughtIsNoLongerCounted() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        sequence.add(0);
        sequence.switched(leg, 1);
        receive(leg, 1);
        assertThat(sequence.kept()).isPositive();
        assertThat(sequence.remove(leg)).isFalse();
        assertThat(sequence.kept()).isZero();
    }

    @Test
    void aSetThatEndedKeepsNothing() throws ProtocolViolation {
        ConfluxSequence.Leg<Integer> leg = sequence.add(0);
        sequence.switched(leg, 1);
        receive(leg, 1);
        sequence.clear();
        assertThat(sequence.kept()).isZero();
        assertThat(sequence.next()).isNull();
    }
}

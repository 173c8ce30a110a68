package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.cell.ConfluxUx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConfluxScheduleTest {
    /** A leg as the test wants it. */
    static final class Leg implements ConfluxSchedule.Leg {
        final int name;
        boolean room = true;
        long roundTrip;

        Leg(int name) {
            this.name = name;
        }

        @Override
        public boolean hasRoom() {
            return room;
        }

        @Override
        public long roundTrip() {
            return roundTrip;
        }
    }

    private final ConfluxSchedule<Leg> schedule = new ConfluxSchedule<>();
    private final Leg fast = new Leg(1);
    private final Leg slow = new Leg(2);

    private void linked(ConfluxUx desired) throws ProtocolViolation {
        fast.roundTrip = 10;
        slow.roundTrip = 20;
        schedule.add(slow, 0, desired);
        schedule.add(fast, 0, desired);
    }

    private void send(Leg leg, int count) throws ProtocolViolation {
        schedule.turnTo(leg);
        for (int i = 0; i < count; i++) {
            schedule.sent();
        }
    }

    @ParameterizedTest
    @EnumSource(ConfluxUx.class)
    void theFasterLegIsUsedWhileThereIsRoom(ConfluxUx desired) throws ProtocolViolation {
        linked(desired);
        assertThat(schedule.forData()).isSameAs(fast);
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_OPINION", "HIGH_THROUGHPUT"})
    void forThroughputTheSlowerLegIsUsedWhenTheFasterIsFull(ConfluxUx desired) throws ProtocolViolation {
        linked(desired);
        fast.room = false;
        assertThat(schedule.forData()).isSameAs(slow);
        slow.room = false;
        assertThat(schedule.forData()).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"MIN_LATENCY", "LOW_MEM_LATENCY", "LOW_MEM_THROUGHPUT"})
    void forLatencyDataWaitForTheFasterLeg(ConfluxUx desired) throws ProtocolViolation {
        linked(desired);
        fast.room = false;
        assertThat(schedule.forData()).isNull();
    }

    @Test
    void aLegThatHasBecomeSlowerIsLeft() throws ProtocolViolation {
        linked(ConfluxUx.MIN_LATENCY);
        fast.roundTrip = 30;
        assertThat(schedule.forData()).isSameAs(slow);
    }

    @Test
    void aLegThatWasNotMeasuredYetIsNotUsedForData() throws ProtocolViolation {
        schedule.add(slow, 0, ConfluxUx.HIGH_THROUGHPUT);
        schedule.add(fast, 0, ConfluxUx.HIGH_THROUGHPUT);
        assertThat(schedule.forData()).isNull();
        assertThat(schedule.forMessage()).isSameAs(slow);
        fast.roundTrip = 5;
        assertThat(schedule.forData()).isSameAs(fast);
        assertThat(schedule.forMessage()).isSameAs(fast);
    }

    @Test
    void whereAllLegsAreFullAMessageStaysOnTheCurrentOne() throws ProtocolViolation {
        linked(ConfluxUx.HIGH_THROUGHPUT);
        send(slow, 1);
        fast.room = false;
        slow.room = false;
        assertThat(schedule.forMessage()).isSameAs(slow);
    }

    @Test
    void aSwitchSaysHowManyCellsWentOverTheOtherLegs() throws ProtocolViolation {
        linked(ConfluxUx.HIGH_THROUGHPUT);
        assertThat(schedule.turnTo(fast)).isEmpty();
        send(fast, 10);
        assertThat(schedule.turnTo(slow)).hasValue(10);
        send(slow, 21);
        assertThat(schedule.turnTo(slow)).isEmpty();
        assertThat(schedule.turnTo(fast)).hasValue(21);
        assertThat(schedule.lastSent()).isEqualTo(31);
    }

    @Test
    void aLegThatClaimsToHaveReceivedWhatWasNotSentIsRefused() {
        assertThatThrownBy(() -> schedule.add(fast, 1, ConfluxUx.NO_OPINION)).isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> schedule.add(fast, Long.MAX_VALUE, ConfluxUx.NO_OPINION))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void theCurrentLegTakesTheSetWithIt() throws ProtocolViolation {
        linked(ConfluxUx.HIGH_THROUGHPUT);
        send(fast, 1);
        assertThat(schedule.remove(fast)).isFalse();
    }

    @Test
    void anIdleLegLeavesTheSetAlone() throws ProtocolViolation {
        linked(ConfluxUx.HIGH_THROUGHPUT);
        send(fast, 1);
        assertThat(schedule.remove(slow)).isTrue();
        assertThat(schedule.forData()).isSameAs(fast);
    }

    @Test
    void theLastLegTakesTheSetWithIt() throws ProtocolViolation {
        schedule.add(fast, 0, ConfluxUx.NO_OPINION);
        assertThat(schedule.remove(fast)).isFalse();
    }
}

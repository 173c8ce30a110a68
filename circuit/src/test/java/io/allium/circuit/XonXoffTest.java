package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.cell.RelayMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class XonXoffTest {
    private static final StreamFlowParameters PARAMETERS = StreamFlowParameters.DEFAULT;
    private static final int LIMIT = 500 * 488;
    private static final long MS = 1_000_000;
    private static final long SECOND = 1000 * MS;

    private final XonXoffIntake intake = new XonXoffIntake(PARAMETERS, StreamEnd.ORIGIN);
    private final XonXoffGate origin = new XonXoffGate(PARAMETERS, StreamEnd.ORIGIN);
    private final XonXoffGate exit = new XonXoffGate(PARAMETERS, StreamEnd.EXIT);

    @Test
    void aPauseIsAskedForOnceTooMuchWaitsForLongerThanAMoment() {
        assertThat(intake.arrived(LIMIT, 0)).isEmpty();
        assertThat(intake.arrived(LIMIT + 1, MS)).isEmpty();
        assertThat(intake.arrived(LIMIT + 1, 6 * MS)).isEmpty();
        assertThat(intake.arrived(LIMIT + 1, 6 * MS + 1)).containsExactly(new RelayMessage.Xoff());
        assertThat(intake.arrived(LIMIT + 1, 50 * MS)).isEmpty();
    }

    @Test
    void roomIsWhatGoesUntilTheGateCloses() throws ProtocolViolation {
        assertThat(exit.room(SECOND)).isEqualTo(Integer.MAX_VALUE);
        for (long rate : new long[] {1, 7, 100, 5000, 1_000_000}) {
            exit.xon(rate, SECOND);
            long now = SECOND;
            for (int i = 0; i < 10; i++) {
                now += 30 * MS * i;
                int room = exit.room(now);
                int sent = 0;
                while (exit.opensAt(now) <= now) {
                    exit.sent(498, now);
                    sent += 498;
                }
                assertThat(sent).as("%d at %d", rate, now).isBetween(room - 498, room + 498);
            }
        }
        exit.xoff();
        assertThat(exit.room(2 * SECOND)).isZero();
    }

    @Test
    void aMomentOfTooMuchIsForgiven() {
        intake.arrived(LIMIT + 1, MS);
        intake.arrived(LIMIT, 5 * MS);
        assertThat(intake.arrived(LIMIT + 1, 7 * MS)).isEmpty();
    }

    @Test
    void moreIsAskedForWhenAllIsDeliveredAtTheRateAtWhichThatWent() {
        askForAPause(0);
        List<RelayMessage> told = deliver(2 * LIMIT, 10_000, 0, 100 * MS); // 100 kB a second
        assertThat(told).containsExactly(new RelayMessage.Xon(100));
    }

    @Test
    void aRateThatChangesIsToldAnew() {
        askForAPause(0);
        deliver(2 * LIMIT, 10_000, 0, 100 * MS);
        List<RelayMessage> faster = deliver(4 * LIMIT, 10_000, 100 * SECOND, 10 * MS);
        assertThat(faster).isNotEmpty();
        assertThat(((RelayMessage.Xon) faster.getLast()).kilobytesPerSecond()).isGreaterThan(500);
    }

    @Test
    void whereNothingWaitsTheRateDoubles() {
        askForAPause(0);
        deliver(2 * LIMIT, 10_000, 0, 100 * MS);
        List<RelayMessage> told = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            told.addAll(intake.delivered(10_000, 0, 200 * SECOND + i));
        }
        assertThat(told).contains(new RelayMessage.Xon(200), new RelayMessage.Xon(400));
    }

    @Test
    void theRateDoublesAlsoWhereMuchComesAtOnceAndIsDeliveredInPieces() {
        askForAPause(0);
        deliver(2 * LIMIT, 10_000, 0, 100 * MS);
        List<RelayMessage> told = new ArrayList<>();
        for (int turn = 0; turn < 40; turn++) {
            told.addAll(intake.arrived(30_000, 200 * SECOND + turn * SECOND));
            told.addAll(intake.delivered(20_000, 10_000, 200 * SECOND + turn * SECOND + MS));
            told.addAll(intake.delivered(10_000, 0, 200 * SECOND + turn * SECOND + 2 * MS));
        }
        assertThat(told).contains(new RelayMessage.Xon(200), new RelayMessage.Xon(400));
    }

    @Test
    void aStreamThatWasNeverPausedIsToldNothing() {
        List<RelayMessage> told = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            told.addAll(intake.arrived(498, i * MS));
            told.addAll(intake.delivered(498, 0, i * MS + 1));
        }
        assertThat(told).isEmpty();
    }

    @Test
    void theGateIsClosedBetweenXoffAndXon() throws ProtocolViolation {
        exit.xoff();
        assertThat(exit.opensAt(7)).isEqualTo(StreamGate.NEVER);
        exit.xon(0, 8);
        assertThat(exit.opensAt(8)).isEqualTo(8);
    }

    @Test
    void theRateOfXonIsKept() throws ProtocolViolation {
        exit.xon(100, 0); // 100,000 bytes a second
        long now = 0;
        long sent = 0;
        while (now < 10 * SECOND) {
            now = Math.max(now, exit.opensAt(now));
            exit.sent(498, now);
            sent += 498;
        }
        assertThat(sent).isBetween(990_000L, 1_010_000L);
    }

    @Test
    void whoWasIdleDoesNotSaveUpMoreThanATenthOfASecond() throws ProtocolViolation {
        exit.xon(100, 0);
        long now = 60 * SECOND;
        int sent = 0;
        while (exit.opensAt(now) <= now) {
            exit.sent(498, now);
            sent += 498;
        }
        assertThat(sent).isBetween(10_000, 11_000);
    }

    @Test
    void anOriginTakesNoMoreXoffsThanItsBytesCanHaveCaused() throws ProtocolViolation {
        origin.sent(LIMIT, 0);
        origin.xoff();
        origin.xon(0, 0);
        assertThatThrownBy(origin::xoff)
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("XOFF: number 2 came where we had sent 244000 bytes");
    }

    @Test
    void anOriginTakesNoXonBeforeItHasSentAnything() {
        assertThatThrownBy(() -> origin.xon(0, 0)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aSecondXoffWithoutXonIsAViolation() throws ProtocolViolation {
        exit.xoff();
        assertThatThrownBy(exit::xoff).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aSendmeHasNoPlaceHere() {
        assertThatThrownBy(exit::sendme).isInstanceOf(ProtocolViolation.class);
    }

    private void askForAPause(long now) {
        intake.arrived(2 * LIMIT, now);
        assertThat(intake.arrived(2 * LIMIT, now + 6 * MS)).containsExactly(new RelayMessage.Xoff());
    }

    /** What is told while so many bytes that wait are delivered in such parts, one each so many nanoseconds. */
    private List<RelayMessage> deliver(int waiting, int part, long from, long each) {
        List<RelayMessage> told = new ArrayList<>();
        long now = from;
        for (int left = waiting; left > 0; left -= Math.min(part, left)) {
            now += each;
            told.addAll(intake.delivered(Math.min(part, left), left - Math.min(part, left), now));
        }
        return told;
    }

    @Test
    void bothEndsOfAnOnionServicesStreamAreOriginsToEachOther() {
        assertThat(StreamEnd.ONION.other()).isEqualTo(StreamEnd.ONION);
        StreamFlowParameters patient = new StreamFlowParameters(100, 900, 500, 25, 2);
        XonXoffGate onion = new XonXoffGate(patient, StreamEnd.ONION);
        onion.sent(100 * 488 - 1, 0);
        assertThatThrownBy(onion::xoff).isInstanceOf(ProtocolViolation.class).hasMessageStartingWith("XOFF: number 1");
    }
}

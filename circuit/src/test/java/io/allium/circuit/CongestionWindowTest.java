package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CongestionWindowTest {
    private static final CongestionParameters PARAMETERS = CongestionParameters.DEFAULT;

    private final ManualTime time = new ManualTime();
    private final RoundTripClock clock = new RoundTripClock(time);
    private final CongestionWindow window = new CongestionWindow(PARAMETERS, 31, clock);

    @Test
    void itBeginsWithFourSendmes() {
        assertThat(window.left()).isEqualTo(124);
        assertThat(window.inSlowStart()).isTrue();
    }

    @Test
    void everyIncrementIsReportedByASendme() {
        for (int cell = 1; cell <= 124; cell++) {
            assertThat(window.sent()).as("cell " + cell).isEqualTo(cell % 31 == 0);
        }
        assertThat(window.left()).isZero();
        assertThatThrownBy(window::sent).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSendmeForCellsThatWereNotSentIsAViolation() {
        send(30);
        assertThatThrownBy(() -> window.acknowledged(false))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("SENDME: acknowledges 31 cells where 30 were sent since the last one");
    }

    @Test
    void slowStartGrowsByAnIncrementForEachSendmeOfAFullWindow() throws ProtocolViolation {
        send(124);
        pass(100);
        for (int i = 1; i <= 3; i++) {
            window.acknowledged(false);
            assertThat(window.window()).isEqualTo(124 + 31 * i);
        }
        window.acknowledged(false); // what is in flight is little beside the window by now
        assertThat(window.window()).isEqualTo(217);
        assertThat(window.inFlight()).isZero();
    }

    @Test
    void aWindowThatIsNotUsedUpDoesNotGrow() throws ProtocolViolation {
        CongestionWindow wide = new CongestionWindow(startingWith(1000), 31, clock);
        for (int round = 0; round < 10; round++) {
            for (int cell = 0; cell < 31; cell++) {
                wide.sent();
            }
            pass(100);
            wide.acknowledged(false);
        }
        assertThat(wide.window()).isEqualTo(1000);
    }

    @Test
    void aQueueEndsSlowStartAtTheProductAndGamma() throws ProtocolViolation {
        CongestionWindow wide = new CongestionWindow(startingWith(1000), 31, clock);
        for (int cell = 0; cell < 62; cell++) {
            wide.sent();
        }
        pass(100);
        wide.acknowledged(false); // 100 ms is the least
        pass(400);
        wide.acknowledged(false); // 500 ms, averaged over two: (2 * 500 + 100) / 3

        assertThat(wide.inSlowStart()).isFalse();
        assertThat(wide.roundTrip()).isEqualTo(Duration.ofMillis(1100).toNanos() / 3);
        assertThat(wide.window()).isEqualTo(1000 * 300 / 1100 + PARAMETERS.gamma());
    }

    @Test
    void aBlockedChannelEndsSlowStart() throws ProtocolViolation {
        send(124);
        pass(100);
        window.acknowledged(true);
        assertThat(window.inSlowStart()).isFalse();
        assertThat(window.window()).isEqualTo(124 + PARAMETERS.gamma());
    }

    @Test
    void slowStartEndsAtItsMaximum() throws ProtocolViolation {
        CongestionWindow wide = new CongestionWindow(startingWith(4999), 31, clock);
        for (int cell = 0; cell < 4999; cell++) {
            wide.sent();
        }
        pass(100);
        wide.acknowledged(false);
        assertThat(wide.window()).isEqualTo(5000);
        assertThat(wide.inSlowStart()).isFalse();
    }

    @Test
    void aClockThatStandsStillDecidesNothing() throws ProtocolViolation {
        send(124);
        window.acknowledged(false);
        assertThat(window.window()).isEqualTo(124);
        assertThat(window.inFlight()).isEqualTo(93);
        assertThat(window.roundTrip()).isZero();
        assertThat(clock.isStalled()).isTrue();
    }

    @Test
    void aJumpOfTheClockIsNoRoundTrip() throws ProtocolViolation {
        settle();
        long before = window.roundTrip();
        send(31);
        time.pass(Duration.ofNanos(before).multipliedBy(5001));
        window.acknowledged(false);
        assertThat(window.roundTrip()).isEqualTo(before);
    }

    @Test
    void aRoundTripMuchShorterCountsUnlessTheClockWasSeenStandingStill() throws ProtocolViolation {
        settle();
        long before = window.roundTrip();
        send(62);
        clock.setStalled(true);
        time.pass(Duration.ofNanos(before / 6000));
        window.acknowledged(false);
        assertThat(window.roundTrip()).isEqualTo(before);
        clock.setStalled(false);
        window.acknowledged(false);
        assertThat(window.roundTrip()).isLessThan(before);
    }

    @Test
    void aLeastRoundTripThatWasNeverTrueAgainIsForgottenAtTheLeastWindow() throws ProtocolViolation {
        send(31);
        pass(1);
        window.acknowledged(false);
        for (int round = 0; round < 300; round++) {
            send(31);
            pass(200);
            window.acknowledged(true);
        }
        assertThat(window.window()).isEqualTo(PARAMETERS.windowMin());
        assertThat(window.leastRoundTrip()).isGreaterThan(Duration.ofMillis(150).toNanos());
    }

    @Test
    void itSettlesWhereALittleIsQueuedAtTheBottleneck() throws ProtocolViolation {
        for (long seed = 1; seed <= 5; seed++) {
            Bottleneck bottleneck = new Bottleneck(seed);
            bottleneck.run(200_000);
            int product = bottleneck.product();
            assertThat(bottleneck.window.inSlowStart()).as("seed " + seed).isFalse();
            assertThat(bottleneck.window.window())
                    .as("seed " + seed)
                    .isBetween(product, product + PARAMETERS.delta() + PARAMETERS.beta());
        }
    }

    @Test
    void itStaysWithinItsBoundsWhateverComes() throws ProtocolViolation {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            CongestionWindow any = new CongestionWindow(PARAMETERS, 31, clock);
            int due = 0;
            for (int step = 0; step < 20_000; step++) {
                if (any.left() > 0 && random.nextInt(3) > 0) {
                    due += any.sent() ? 1 : 0;
                } else if (due > 0) {
                    time.pass(Duration.ofNanos((long) Math.exp(random.nextDouble() * 25)));
                    any.acknowledged(random.nextInt(10) == 0);
                    due--;
                }
                assertThat(any.window()).as("seed " + seed).isBetween(31, CongestionWindow.WINDOW_MAX);
                assertThat(any.inFlight()).as("seed " + seed).isNotNegative();
            }
        }
    }

    /** A way with a least round trip and a rate, which one sender fills. */
    private static final class Bottleneck {
        private final ManualTime time = new ManualTime();
        private final CongestionWindow window = new CongestionWindow(PARAMETERS, 31, new RoundTripClock(time));
        private final long perCell;
        private final long way;
        private final ArrayDeque<Long> arriving = new ArrayDeque<>();
        private long busyUntil;

        Bottleneck(long seed) {
            Random random = new Random(seed);
            this.perCell = 20_000 + random.nextInt(200_000);
            this.way = 50_000_000L + random.nextInt(100_000_000);
        }

        int product() {
            return (int) (way / perCell);
        }

        void run(int cells) throws ProtocolViolation {
            int sent = 0;
            while (sent < cells) {
                while (window.left() > 0 && sent < cells) {
                    busyUntil = Math.max(busyUntil, time.nanos()) + perCell;
                    if (window.sent()) {
                        arriving.add(busyUntil + way);
                    }
                    sent++;
                }
                Long next = arriving.poll();
                if (next == null) {
                    return;
                }
                time.pass(Duration.ofNanos(Math.max(1, next - time.nanos())));
                window.acknowledged(false);
            }
        }
    }

    private void settle() throws ProtocolViolation {
        send(124);
        pass(100);
        window.acknowledged(true);
        window.acknowledged(false);
        window.acknowledged(false);
        window.acknowledged(false);
        assertThat(window.inSlowStart()).isFalse();
    }

    private void send(int cells) {
        for (int i = 0; i < cells; i++) {
            window.sent();
        }
    }

    private void pass(int milliseconds) {
        time.pass(Duration.ofMillis(milliseconds));
    }

    private static CongestionParameters startingWith(int cells) {
        CongestionParameters p = PARAMETERS;
        return new CongestionParameters(
                true,
                p.sendmeIncrement(),
                cells,
                p.windowMin(),
                p.windowMax(),
                p.step(),
                p.stepsEachWindow(),
                p.slowStartPercent(),
                p.slowStartCap(),
                p.slowStartMax(),
                p.fullGap(),
                p.fullMinPercent(),
                p.fullForWindow(),
                p.smoothingPercent(),
                p.smoothingMax(),
                p.smoothingSlowStart(),
                p.roundTripResetPercent(),
                p.alpha(),
                p.beta(),
                p.gamma(),
                p.delta());
    }
}

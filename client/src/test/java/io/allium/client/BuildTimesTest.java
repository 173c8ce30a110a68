package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.directory.Parameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BuildTimesTest {
    private static final long SEED = 20_261_121;

    private final List<CircuitEvents.BuildTimeout> told = new ArrayList<>();
    private final BuildTimes times = fresh(Optional.empty());

    private BuildTimes fresh(Optional<Duration> configured) {
        BuildTimes fresh = new BuildTimes(new SystemEntropy(), Log.NONE, told::add);
        fresh.configure(true, configured);
        return fresh;
    }

    @Test
    void aCurveFitsTheTimesItWasDrawnFrom() {
        Random random = new Random(SEED);
        int[] drawn = new int[1000];
        Arrays.setAll(drawn, i -> (int) (200 / Math.pow(1 - random.nextDouble(), 1 / 4.0)));
        BuildTimeCurve curve = BuildTimeCurve.fitting(drawn, 1).orElseThrow();

        assertThat(curve.xm()).isEqualTo(205);
        assertThat(curve.alpha()).isCloseTo(4, within(0.4));
        assertThat(curve.quantile(80)).isCloseTo(200 * Math.pow(5, 1 / 4.0), within(15.0));
    }

    /** By hand: the two fullest bins are [110, 120) with 3 and [100, 110) with 2, so that it begins at (3·115 + 2·105) / 5. */
    @Test
    void aCurveBeginsAtTheAverageOfTheFullestBinsAndThoseBelowCountAsItsBeginning() {
        int[] some = {101, 109, 110, 115, 119, 200, 222};
        BuildTimeCurve curve = BuildTimeCurve.fitting(some, 2).orElseThrow();

        assertThat(curve.xm()).isEqualTo(111);
        double logs = Math.log(115.0 / 111) + Math.log(119.0 / 111) + Math.log(200.0 / 111) + Math.log(222.0 / 111);
        assertThat(curve.alpha()).isCloseTo(7 / logs, within(1e-9));
    }

    @Test
    void ofBinsThatAreAsFullTheQuickerOnesCount() {
        assertThat(BuildTimeCurve.fitting(new int[] {305, 105, 205}, 2)
                        .orElseThrow()
                        .xm())
                .isEqualTo(155);
        assertThat(BuildTimeCurve.histogram(new int[] {1, 9, 10, 305})).isEqualTo(Map.of(5, 2, 15, 1, 305, 1));
    }

    @Test
    void noTimesHaveNoCurveAndEqualOnesEndAtItsBeginning() {
        assertThat(BuildTimeCurve.fitting(new int[0], 10)).isEmpty();
        assertThat(BuildTimeCurve.fitting(new int[] {105, 105}, 10)
                        .orElseThrow()
                        .quantile(80))
                .isEqualTo(105);
    }

    @Test
    void nothingIsComputedFromFewerThanAHundred() {
        reach(99, 200);
        assertThat(times.timeout(3)).isEqualTo(Duration.ofMinutes(1));
        assertThat(times.needsMore()).isTrue();
        assertThat(told).isEmpty();

        reach(1, 400);
        assertThat(times.needsMore()).isFalse();
        assertThat(times.timeout(3)).isLessThanOrEqualTo(Duration.ofMillis(400));
        assertThat(times.closing(3)).isEqualTo(Duration.ofMinutes(1));
        assertThat(told).singleElement().satisfies(last -> {
            assertThat(last.isComputed()).isTrue();
            assertThat(last.remembered()).isEqualTo(100);
            assertThat(last.quantile()).isEqualTo(0.8);
        });
    }

    @Test
    void itIsNotWaitedLongerThanTheLongestThatWasSeenNorShorterThanTheLeast() {
        reach(100, 1);
        assertThat(times.timeout(3)).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void longerCircuitsAreWaitedForByWhatTheirCellsPass() {
        reach(100, 300);
        long three = times.timeout(3).toMillis();

        assertThat(times.timeout(1)).isEqualTo(times.timeout(3));
        assertThat(times.timeout(4).toMillis()).isCloseTo(three * 10 / 6, within(1L));
        assertThat(times.timeout(5).toMillis()).isCloseTo(three * 15 / 6, within(1L));
    }

    @Test
    void aNetworkThatHasBecomeSlowerIsLearnedAnew() {
        reach(100, 200);
        told.clear();
        for (int i = 0; i < 17; i++) {
            times.tookTooLong(true);
        }
        times.tookTooLong(false); // says nothing: not even the guard answered
        assertThat(told).isEmpty();
        times.tookTooLong(true);

        assertThat(told).singleElement().satisfies(last -> {
            assertThat(last.isComputed()).isFalse();
            assertThat(last.remembered()).isZero();
            assertThat(last.timeoutMillis()).isEqualTo(60_000);
            assertThat(last.quantile()).isEqualTo(1);
            assertThat(last.timeoutRate()).isCloseTo(19 / 119.0, within(1e-9));
        });
        assertThat(times.needsMore()).isTrue();
        for (int i = 0; i < 18; i++) {
            times.tookTooLong(true);
        }
        assertThat(times.timeout(3)).as("on a network that is slower still").isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void circuitsInTimeBetweenTheSlowOnesKeepWhatIsLearned() {
        reach(100, 200);
        for (int i = 0; i < 100; i++) {
            times.tookTooLong(true);
            times.reachedThirdHop(Duration.ofMillis(100), false);
        }
        assertThat(told).allMatch(CircuitEvents.BuildTimeout::isComputed);
    }

    @Test
    void circuitsThatWereGivenUpTeachToo() {
        reach(100, 200);
        Duration before = times.timeout(3);
        for (int i = 0; i < 60; i++) {
            times.reachedThirdHop(Duration.ofMillis(900), true);
        }
        assertThat(times.timeout(3)).isGreaterThan(before);
    }

    @Test
    void aMachineThatSleptTeachesNothing() {
        times.reachedThirdHop(Duration.ofMillis(2 * 60_000 + 1001), false);
        assertThat(times.total()).isEmpty();
        times.reachedThirdHop(Duration.ofMillis(2 * 60_000 + 1000), false);
        assertThat(times.total()).containsExactly("1");
    }

    @Test
    void noMoreAreRememberedThanTheBoundAndTheOldestGo() {
        reach(BuildTimes.REMEMBERED, 205);
        reach(BuildTimes.REMEMBERED - 1, 195);

        assertThat(times.total()).containsExactly("1000");
        assertThat(times.lines()).containsExactly("195 999", "205 1");
    }

    @Test
    void whatIsSavedIsGoneOnWith() {
        Random random = new Random(SEED);
        for (int i = 0; i < 300; i++) {
            times.reachedThirdHop(Duration.ofMillis(100 + random.nextInt(400)), false);
        }
        BuildTimes next = fresh(Optional.empty());
        next.restore(times.lines());

        assertThat(next.lines()).isEqualTo(times.lines());
        assertThat(next.total()).containsExactly("300");
        assertThat(next.timeout(3).toMillis()).isCloseTo(times.timeout(3).toMillis(), within(20L));
    }

    @Test
    void garbledTimesAreLearnedAnew() {
        for (String garbled : List.of("205", "205 x", "-5 3", "205 1001", "205 1 1", "")) {
            times.restore(List.of("105 3", garbled));
            assertThat(times.total()).as(garbled).isEmpty();
        }
    }

    @Test
    void theUserOrTheNetworkMayKeepFromLearning() {
        reach(100, 200);
        times.follow(new Parameters(Map.of("cbtdisabled", 1)));
        assertThat(times.isLearning()).isFalse();
        assertThat(times.total()).isEmpty();
        assertThat(times.timeout(3)).isEqualTo(Duration.ofMinutes(1));

        BuildTimes fixed = fresh(Optional.of(Duration.ofSeconds(7)));
        fixed.configure(false, Optional.of(Duration.ofSeconds(7)));
        fixed.reachedThirdHop(Duration.ofMillis(100), false);
        assertThat(fixed.total()).isEmpty();
        assertThat(fixed.timeout(3)).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void theNetworkSaysWhereToBeginAndHowManyToWaitFor() {
        times.follow(new Parameters(Map.of("cbtinitialtimeout", 20_000, "cbtmincircs", 5)));
        assertThat(times.timeout(3)).isEqualTo(Duration.ofSeconds(20));
        reach(5, 200);
        assertThat(times.needsMore()).isFalse();
        assertThat(times.closing(3)).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void aControllerMayHaveThemForgotten() {
        reach(100, 200);
        times.forget();

        assertThat(times.total()).isEmpty();
        assertThat(told.getLast().isComputed()).isFalse();
        assertThat(CircuitText.buildTimeout(told.getLast()))
                .isEqualTo("RESET TOTAL_TIMES=0 TIMEOUT_MS=60000 XM=0 ALPHA=0.000000 CUTOFF_QUANTILE=1.000000"
                        + " TIMEOUT_RATE=0.000000 CLOSE_MS=60000 CLOSE_RATE=0.000000");
    }

    /** Circuits that take so long, none of which was given up. */
    private void reach(int count, int millis) {
        for (int i = 0; i < count; i++) {
            times.reachedThirdHop(Duration.ofMillis(millis), false);
        }
    }
}

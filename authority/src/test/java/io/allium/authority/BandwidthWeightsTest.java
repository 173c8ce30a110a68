package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.authority.BandwidthWeights.Totals;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BandwidthWeightsTest {
    private static final long SCALE = 10_000;

    @Test
    void whereNothingIsScarceDoublesAreSharedInThirds() {
        Map<String, Integer> weights = weights(new Totals(400, 100, 400, 100));
        assertThat(weights)
                .containsEntry("Wgd", 3333)
                .containsEntry("Wed", 3333)
                .containsEntry("Wmd", 3333);
        assertThat(weights.get("Wgg") + weights.get("Wmg")).isEqualTo(10_000);
    }

    @Test
    void veryScarceExitsGetAllDoubles() {
        Map<String, Integer> weights = weights(new Totals(600, 300, 50, 50));
        assertThat(weights).containsEntry("Wed", 10_000).containsEntry("Wgd", 0).containsEntry("Wmd", 0);
        assertThat(weights).containsEntry("Wmg", 2500).containsEntry("Wgg", 7500);
    }

    @Test
    void scarceGuardsAndExitsShareTheDoubles() {
        assertThat(weights(new Totals(100, 100, 250, 550)))
                .containsEntry("Wed", 1515)
                .containsEntry("Wgd", 4242)
                .containsEntry("Wmd", 4242);
    }

    @Test
    void doublesThatCannotHelpEnoughAllGoToTheScarcerPosition() {
        assertThat(weights(new Totals(300, 640, 10, 50)))
                .containsEntry("Wed", 10_000)
                .containsEntry("Wgd", 0)
                .containsEntry("Wee", 10_000);
    }

    @Test
    void aNetworkThatNothingCanBalanceHasNoWeights() {
        assertThat(BandwidthWeights.of(new Totals(10, 900, 10, 80), SCALE)).isEmpty();
    }

    @Test
    void weightsNeverLeaveTheirRange() {
        long seed = 20_261_121;
        Random random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            Totals totals = new Totals(
                    1 + random.nextInt(1000),
                    1 + random.nextInt(1000),
                    1 + random.nextInt(1000),
                    1 + random.nextInt(1000));
            Optional<BandwidthWeights> weights = BandwidthWeights.of(totals, SCALE);
            assertThat(weights.map(BandwidthWeights::asMap).map(Map::values).orElse(List.of()))
                    .as("seed %d, %s", seed, totals)
                    .allSatisfy(weight -> assertThat(weight).isBetween(0, 10_000));
        }
    }

    private static Map<String, Integer> weights(Totals totals) {
        return BandwidthWeights.of(totals, SCALE).orElseThrow().asMap();
    }
}

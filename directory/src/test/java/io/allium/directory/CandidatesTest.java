package io.allium.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.testing.SeededEntropy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    private final List<Relay> relays = relays();
    private final SeededEntropy entropy = new SeededEntropy(4);

    @Test
    void relaysAreDrawnByTheirWeight() {
        Candidates candidates =
                new Candidates(relays, relay -> relay == relays.get(2) ? 3 : relay == relays.get(5) ? 1 : 0);

        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 4000; i++) {
            counts.merge(candidates.draw(relay -> true, entropy).orElseThrow().nickname(), 1, Integer::sum);
        }

        assertThat(counts).hasSize(2);
        assertThat(counts.get(relays.get(2).nickname())).isBetween(2850, 3150);
    }

    @Test
    void onlyWhatIsWantedIsDrawnHoweverSeldomItIs() {
        Candidates candidates = new Candidates(relays, relay -> relay == relays.get(3) ? 1 : 1_000_000);

        for (int i = 0; i < 100; i++) {
            assertThat(candidates.draw(relay -> relay == relays.get(3), entropy))
                    .contains(relays.get(3));
        }
    }

    @Test
    void withoutWeightsEachIsAsLikelyAsAnother() {
        Candidates candidates = new Candidates(relays, relay -> 0);

        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 7000; i++) {
            counts.merge(candidates.draw(relay -> true, entropy).orElseThrow().nickname(), 1, Integer::sum);
        }

        assertThat(counts)
                .hasSize(7)
                .allSatisfy((name, count) -> assertThat(count).isBetween(850, 1150));
    }

    @Test
    void ofNothingNothingIsDrawn() {
        assertThat(new Candidates(List.of(), relay -> 1).draw(relay -> true, entropy))
                .isEmpty();
        assertThat(new Candidates(relays, relay -> 1).draw(relay -> false, entropy))
                .isEmpty();
    }

    private static List<Relay> relays() {
        try {
            return NetworkView.of(Samples.consensus().claimed().body(), List.of())
                    .relays();
        } catch (io.allium.base.Untrusted bug) {
            throw new AssertionError(bug);
        }
    }
}

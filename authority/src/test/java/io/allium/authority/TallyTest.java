package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class TallyTest {
    @Test
    void ofAnEvenNumberTheSmallerMiddleOneIsTheMedian() {
        assertThat(Tally.lowMedian(List.of(4, 1, 3, 2))).isEqualTo(2);
        assertThat(Tally.lowMedian(List.of(9, 1, 5))).isEqualTo(5);
        assertThat(Tally.lowMedian(List.of(7))).isEqualTo(7);
    }

    @Test
    void aTieGoesToTheLaterOpinion() {
        assertThat(Tally.mostFrequent(List.of("a", "b", "a", "b"), Comparator.naturalOrder()))
                .contains("b");
        assertThat(Tally.mostFrequent(List.of("a", "b", "a"), Comparator.naturalOrder()))
                .contains("a");
        assertThat(Tally.mostFrequent(List.<String>of(), Comparator.naturalOrder()))
                .isEmpty();
    }

    @Test
    void onlyWhatIsSaidMoreOftenThanTheCountIsFrequent() {
        List<String> said = List.of("c", "a", "b", "a", "c", "c");
        assertThat(Tally.saidMoreThan(1, said, Comparator.naturalOrder())).containsExactly("a", "c");
        assertThat(Tally.saidMoreThan(2, said, Comparator.naturalOrder())).containsExactly("c");
    }
}

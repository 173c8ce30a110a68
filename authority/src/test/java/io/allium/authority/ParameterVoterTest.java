package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParameterVoterTest {
    @Test
    void aParameterNeedsThreeVotesOrMoreThanHalfOfAllAuthorities() {
        List<Map<String, Integer>> two = List.of(Map.of("a", 1), Map.of("a", 3), Map.of(), Map.of());
        assertThat(ParameterVoter.agreed(two, 4)).isEmpty();
        assertThat(ParameterVoter.agreed(two, 3)).containsEntry("a", 1);
        List<Map<String, Integer>> three = List.of(Map.of("a", 1), Map.of("a", 3), Map.of("a", 7));
        assertThat(ParameterVoter.agreed(three, 9)).containsEntry("a", 3);
    }

    @Test
    void parametersAreSortedTogetherWithTheEqualsSign() {
        Map<String, Integer> vote = Map.of("ab", 1, "ab1", 2, "Ab", -3);
        assertThat(ParameterVoter.text(ParameterVoter.agreed(List.of(vote), 1))).isEqualTo("Ab=-3 ab1=2 ab=1");
    }
}

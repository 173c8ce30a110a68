package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConsensusMethodTest {
    @Test
    void theHighestMethodOfMoreThanTwoThirdsIsUsed() {
        List<Integer> old = List.of(32, 33);
        List<Integer> recent = List.of(32, 33, 34, 35);
        assertThat(ConsensusMethod.choose(List.of(recent, recent, recent, old))).isEqualTo(new ConsensusMethod(35));
        assertThat(ConsensusMethod.choose(List.of(recent, recent, old))).isEqualTo(new ConsensusMethod(33));
    }

    @Test
    void aMethodListedTwiceInOneVoteCountsOnce() {
        List<Integer> stuffed = List.of(32, 35, 35, 35);
        assertThat(ConsensusMethod.choose(List.of(stuffed, List.of(32), List.of(32))))
                .isEqualTo(new ConsensusMethod(32));
    }

    @Test
    void aMethodThatWeCannotComputeIsReplacedByOurNewest() {
        List<Integer> future = List.of(36);
        assertThat(ConsensusMethod.choose(List.of(future, future, future))).isEqualTo(ConsensusMethod.NEWEST);
    }
}

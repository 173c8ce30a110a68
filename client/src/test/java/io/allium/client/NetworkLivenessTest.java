package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkLivenessTest {
    private final List<Boolean> told = new ArrayList<>();
    private final NetworkLiveness liveness = new NetworkLiveness(told::add);

    @Test
    void theNetworkIsThereOnceARelayHasAnswered() {
        assertThat(liveness.isLive()).isFalse();
        liveness.failed(1);
        liveness.heard(5);
        liveness.heard(6);

        assertThat(liveness.isLive()).isTrue();
        assertThat(told).containsExactly(true);
    }

    @Test
    void threeFailuresInSilenceMeanThatItIsGone() {
        liveness.heard(5);
        liveness.failed(6);
        liveness.failed(7);
        assertThat(liveness.isLive()).isTrue();
        liveness.failed(8);

        assertThat(told).containsExactly(true, false);
        liveness.heard(20);
        assertThat(told).containsExactly(true, false, true);
    }

    @Test
    void aFailureWhileOthersAreAnsweredSaysNothing() {
        liveness.heard(5);
        for (int i = 0; i < 10; i++) {
            liveness.failed(5);
        }
        liveness.failed(6);
        liveness.failed(7);
        liveness.heard(8);
        liveness.failed(9);

        assertThat(told).containsExactly(true);
    }
}

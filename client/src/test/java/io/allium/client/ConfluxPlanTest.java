package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.netdoc.PortPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfluxPlanTest {
    private static final String ABLE = "Conflux=1 FlowCtrl=1-2 Relay=2-4";

    @Test
    void whereMostExitsCanThreeSetsOfTwoLegsAreReady() {
        ConfluxPlan plan = plan(0, 10, Map.of());
        assertThat(plan.prebuilt()).isEqualTo(3);
        assertThat(plan.setsMax()).isEqualTo(10);
        assertThat(plan.legs()).isEqualTo(2);
        assertThat(plan.launches()).isEqualTo(5);
    }

    @Test
    void whereFewExitsCanThereIsOneSet() {
        assertThat(plan(5, 5, Map.of()).prebuilt()).isOne();
        assertThat(plan(4, 6, Map.of()).prebuilt()).isEqualTo(3);
        assertThat(plan(4, 6, Map.of("cfx_low_exit_threshold", 9000)).prebuilt())
                .isOne();
    }

    @Test
    void whereNoExitCanThereIsNone() {
        assertThat(plan(10, 0, Map.of()).prebuilt()).isZero();
    }

    @Test
    void theConsensusSwitchesItOffAndTheConfigurationKnowsBetter() {
        Map<String, Integer> off = Map.of("cfx_enabled", 0);
        assertThat(plan(0, 10, off)).isEqualTo(ConfluxPlan.NONE);
        assertThat(plan(0, 10, off, Optional.of(true)).prebuilt()).isEqualTo(3);
        assertThat(plan(0, 10, Map.of(), Optional.of(false))).isEqualTo(ConfluxPlan.NONE);
    }

    @Test
    void withoutCongestionControlNothingIsLinked() {
        assertThat(plan(0, 10, Map.of("cc_alg", 0), Optional.of(true))).isEqualTo(ConfluxPlan.NONE);
    }

    @Test
    void setsWithoutLegsAreNone() {
        assertThat(plan(0, 10, Map.of("cfx_num_legs_set", 0))).isEqualTo(ConfluxPlan.NONE);
    }

    private static ConfluxPlan plan(int unable, int able, Map<String, Integer> parameters) {
        return plan(unable, able, parameters, Optional.empty());
    }

    private static ConfluxPlan plan(int unable, int able, Map<String, Integer> parameters, Optional<Boolean> enabled) {
        TestNetwork network = TestNetwork.of(5, unable).protocols(ABLE);
        for (int i = 0; i < able; i++) {
            network.exit(100 + i, PortPolicy.ACCEPT_ALL);
        }
        ClientOptions options = ClientOptions.builder(List.of(), List.of())
                .confluxEnabled(enabled)
                .build();
        return ConfluxPlan.of(network.view(parameters), options);
    }
}

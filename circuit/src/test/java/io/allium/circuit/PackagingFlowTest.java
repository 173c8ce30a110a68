package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.testing.SeededEntropy;
import org.junit.jupiter.api.Test;

class PackagingFlowTest {
    private static final byte[] DIGEST = new byte[20];

    @Test
    void eachIncrementOfFullCellsHasOneThatLeavesRoomForChance() throws ProtocolViolation {
        PackagingFlow flow = PackagingFlow.fixed(FlowParameters.DEFAULT, new SeededEntropy(1));
        for (int increment = 0; increment < 50; increment++) {
            int shortened = 0;
            for (int cell = 0; cell < 100; cell++) {
                int carried = flow.dataLimit(498);
                shortened += carried == 478 ? 1 : 0;
                assertThat(carried).isIn(478, 498);
                flow.sent(498 - carried, () -> DIGEST);
            }
            assertThat(shortened).isEqualTo(1);
            flow.acknowledged(1, DIGEST, false);
        }
    }

    @Test
    void aCellThatWasShortAnywayIsChanceEnough() {
        PackagingFlow flow = PackagingFlow.fixed(FlowParameters.DEFAULT, new SeededEntropy(2));
        flow.sent(100, () -> DIGEST);
        for (int cell = 1; cell < 100; cell++) {
            assertThat(flow.dataLimit(498)).isEqualTo(498);
            flow.sent(0, () -> DIGEST);
        }
    }

    @Test
    void aVersionBelowTheLeastAcceptedIsAViolation() {
        PackagingFlow strict = sentHundred(new FlowParameters(1000, 1, 1));
        assertThatThrownBy(() -> strict.acknowledged(0, new byte[0], false)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void versionZeroIsTakenWhereTheConsensusAllowsIt() throws ProtocolViolation {
        PackagingFlow lenient = sentHundred(new FlowParameters(1000, 1, 0));
        lenient.acknowledged(0, new byte[0], false);
        assertThat(lenient.left()).isEqualTo(1000);
    }

    @Test
    void anUnknownVersionIsAViolation() {
        PackagingFlow flow = sentHundred(FlowParameters.DEFAULT);
        assertThatThrownBy(() -> flow.acknowledged(2, DIGEST, false)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aFalseProofIsAViolation() {
        PackagingFlow flow = sentHundred(FlowParameters.DEFAULT);
        byte[] wrong = new byte[20];
        wrong[19] = 1;
        assertThatThrownBy(() -> flow.acknowledged(1, wrong, false)).isInstanceOf(ProtocolViolation.class);
    }

    private static PackagingFlow sentHundred(FlowParameters parameters) {
        PackagingFlow flow = PackagingFlow.fixed(parameters, new SeededEntropy(3));
        for (int i = 0; i < 100; i++) {
            flow.sent(498 - flow.dataLimit(498), () -> DIGEST);
        }
        assertThat(flow.left()).isEqualTo(900);
        return flow;
    }
}

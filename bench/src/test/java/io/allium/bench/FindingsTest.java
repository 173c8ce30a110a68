package io.allium.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FindingsTest {
    private static final Figure SPEED = new Figure("bulk", "speed", "MB/s", new Goal.AtLeastTimes(2));

    @Test
    void theTableHasTheMedianOfTheRunsAndSaysWhetherTheGoalIsReached() {
        Findings findings = new Findings();
        for (double value : new double[] {3, 1, 2}) {
            findings.add(SPEED, Implementation.C_TOR, value);
            findings.add(SPEED, Implementation.ALLIUM, value * 2);
        }

        assertThat(findings.median(SPEED, Implementation.C_TOR)).hasValue(2);
        assertThat(new Report(findings, "here").table()).contains("× 2.00").contains("reached");
    }

    @Test
    void whatWasNotMeasuredReachesNothing() {
        Findings findings = new Findings();
        findings.add(SPEED, Implementation.ALLIUM, 1);

        assertThat(new Report(findings, "here").table()).contains("speed").doesNotContain("reached", "not yet");
    }

    @Test
    void aQuantileIsTheSampleOfTheNearestRank() {
        double[] samples = new double[100];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = 100 - i;
        }

        assertThat(Findings.quantile(samples, 0.5)).isEqualTo(50);
        assertThat(Findings.quantile(samples, 0.99)).isEqualTo(99);
    }
}

package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnsentLimitTest {
    private final ManualTime time = new ManualTime();
    private final UnsentLimit limit = new UnsentLimit(time);

    @Test
    void aSlowLinkHoldsATenthOfASecondsWorth() {
        assertThat(limit.full()).isZero();
        assertThat(second(1_000_000)).isEqualTo(100_000);
        assertThat(second(1_100_000)).as("about the same").isZero();
        assertThat(second(1_500_000)).isEqualTo(150_000);
        assertThat(second(1000)).isEqualTo(UnsentLimit.MIN);
        assertThat(second(50_000_000)).isEqualTo(UnsentLimit.MAX);
    }

    @Test
    void aFastLinkIsLeftToTheKernel() {
        assertThat(limit.full()).isZero();
        for (int i = 0; i < 10; i++) {
            assertThat(second(50_000_000)).isZero();
        }
    }

    @Test
    void nobodyIsJudgedByLessThanASecond() {
        assertThat(limit.full()).isZero();
        limit.carried(10);
        time.pass(Duration.ofMillis(999));
        assertThat(limit.full()).isZero();
    }

    private int second(int bytes) {
        limit.carried(bytes);
        time.pass(Duration.ofSeconds(1));
        return limit.full();
    }
}

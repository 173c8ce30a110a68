package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ObservedBandwidthTest {
    private final ManualTime time = new ManualTime(Instant.EPOCH);
    private final ObservedBandwidth bandwidth = new ObservedBandwidth(time);

    @Test
    void onlyWhatIsSustainedForTenSecondsCounts() {
        bandwidth.carried(1_000_000);
        bandwidth.tick();
        assertThat(bandwidth.observed()).isEqualTo(100_000);
        for (int i = 0; i < 10; i++) {
            bandwidth.carried(500_000);
            bandwidth.tick();
        }
        assertThat(bandwidth.observed()).isEqualTo(550_000); // the best ten of the eleven
    }

    @Test
    void aPeakIsForgottenAfterFiveDays() {
        bandwidth.carried(1_000_000);
        bandwidth.tick();
        for (int day = 0; day < ObservedBandwidth.DAYS; day++) {
            assertThat(bandwidth.observed()).isEqualTo(100_000);
            for (int i = 0; i < ObservedBandwidth.SUSTAINED_SECONDS; i++) {
                bandwidth.tick();
            }
            time.pass(Duration.ofDays(1));
            bandwidth.tick();
        }
        assertThat(bandwidth.observed()).isZero();
    }
}

package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.client.StateFile;
import io.allium.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void theStateFileRemembersIt(@TempDir Path home) throws Exception {
        SystemDisk disk = new SystemDisk();
        Path file = home.resolve("state");
        StateFile state = StateFile.load(disk, file, time, Log.NONE, "Tor 0.4.9.11");
        bandwidth.carried(1_000_000);
        bandwidth.tick();
        bandwidth.save(state, time.now());
        state.save();
        assertThat(state.values("BWHistoryReadMaxima")).containsExactly("100000");
        assertThat(state.values("BWHistoryReadEnds")).containsExactly("1970-01-02 00:00:00");
        ObservedBandwidth again = new ObservedBandwidth(time);
        again.restore(StateFile.load(disk, file, time, Log.NONE, "Tor 0.4.9.11"));
        assertThat(again.observed()).isEqualTo(100_000);
    }
}

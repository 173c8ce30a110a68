package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.directory.Parameters;
import io.allium.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class IntroductionBucketTest {
    private final ManualTime time = new ManualTime(Instant.parse("2026-03-01T12:30:00Z"));

    @Test
    void aBurstPassesAndThenAsManyAsTheRate() {
        IntroductionBucket bucket = bucket(2, 5);
        assertThat(takes(bucket, 10)).isEqualTo(5);
        time.pass(Duration.ofMillis(400));
        assertThat(takes(bucket, 10)).isZero();
        time.pass(Duration.ofMillis(100));
        assertThat(takes(bucket, 10)).isEqualTo(1);
        time.pass(Duration.ofSeconds(2));
        assertThat(takes(bucket, 10)).isEqualTo(4);
    }

    @Test
    void itNeverHoldsMoreThanTheBurst() {
        IntroductionBucket bucket = bucket(Integer.MAX_VALUE, 3);
        time.pass(Duration.ofDays(1000));
        assertThat(takes(bucket, 10)).isEqualTo(3);
        time.pass(Duration.ofDays(1000));
        assertThat(takes(bucket, 10)).isEqualTo(3);
    }

    @Test
    void whereNothingIsSaidAllPass() {
        IntroductionBucket bucket = new IntroductionBucket(time, Optional::empty);
        assertThat(takes(bucket, 100_000)).isEqualTo(100_000);
    }

    @Test
    void theConsensusBoundsServicesThatSayNothingAndMayChangeItsMind() {
        AtomicReference<Parameters> consensus = new AtomicReference<>(Parameters.STANDARD);
        IntroductionBucket bucket = new IntroductionBucket(time, () -> IntroductionBucket.Rate.of(consensus.get()));
        assertThat(takes(bucket, 1000)).isEqualTo(1000);
        consensus.set(new Parameters(Map.of("HiddenServiceEnableIntroDoSDefense", 1)));
        assertThat(takes(bucket, 1000)).isEqualTo(200);
        time.pass(Duration.ofSeconds(1));
        assertThat(takes(bucket, 1000)).isEqualTo(25);
        consensus.set(new Parameters(Map.of(
                "HiddenServiceEnableIntroDoSDefense", 1,
                "HiddenServiceEnableIntroDoSRatePerSec", 1,
                "HiddenServiceEnableIntroDoSBurstPerSec", 2)));
        time.pass(Duration.ofSeconds(60));
        assertThat(takes(bucket, 1000)).isEqualTo(2);
    }

    private IntroductionBucket bucket(long perSecond, long burst) {
        return new IntroductionBucket(time, () -> Optional.of(new IntroductionBucket.Rate(perSecond, burst)));
    }

    private static int takes(IntroductionBucket bucket, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += bucket.take() ? 1 : 0;
        }
        return taken;
    }
}

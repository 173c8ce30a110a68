package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.channel.ChannelOptions.Rate;
import io.allium.testing.ManualTime;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final Duration REFILL = Duration.ofMillis(100);

    private final ManualTime time = new ManualTime();
    private Rate rate = new Rate(10_000, 25_000);
    private final TokenBucket bucket = bucket();

    private TokenBucket bucket() {
        return new TokenBucket(() -> rate, REFILL::toNanos, time);
    }

    @Test
    void aBucketIsFullAtFirstAndNeverFuller() {
        assertThat(bucket.tokens()).isEqualTo(25_000);
        time.pass(Duration.ofDays(30_000));
        assertThat(bucket.tokens()).isEqualTo(25_000);
    }

    @Test
    void itIsToppedUpAtEachIntervalAndNotBetween() {
        bucket.use(25_000);
        time.pass(Duration.ofMillis(99));
        assertThat(bucket.tokens()).isZero();
        time.pass(Duration.ofMillis(1));
        assertThat(bucket.tokens()).isEqualTo(1000);
        time.pass(Duration.ofMillis(250));
        assertThat(bucket.tokens()).isEqualTo(3000);
        time.pass(Duration.ofMillis(50));
        assertThat(bucket.tokens()).isEqualTo(4000);
    }

    @Test
    void whatWasUsedTooMuchIsPaidFirst() {
        bucket.use(27_500);
        time.pass(Duration.ofMillis(200));
        assertThat(bucket.tokens()).isEqualTo(-500);
        time.pass(Duration.ofMillis(100));
        assertThat(bucket.tokens()).isEqualTo(500);
    }

    @Test
    void aBucketIsLowWhereThereIsTooLittleAndForASecondAfterItWasEmpty() {
        assertThat(bucket.isLow(25_000)).isFalse();
        assertThat(bucket.isLow(25_001)).isTrue();
        bucket.use(24_999);
        assertThat(bucket.isLow(1)).isFalse();
        bucket.use(1);
        time.pass(Duration.ofMillis(900));
        assertThat(bucket.tokens()).isEqualTo(9000);
        assertThat(bucket.isLow(1)).isTrue();
        time.pass(Duration.ofMillis(100));
        assertThat(bucket.isLow(1)).isFalse();
        rate = Rate.UNLIMITED;
        assertThat(bucket.isLow(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void whateverIsUsedTheRateHolds() {
        long seed = Long.getLong("seed", new Random().nextLong());
        Random random = new Random(seed);
        long used = 0;
        for (int i = 0; i < 100_000; i++) {
            time.pass(Duration.ofMillis(random.nextInt(10)));
            int use = (int) Math.min(random.nextInt(3000), Math.max(0, bucket.tokens()));
            bucket.use(use);
            used += use;
            double seconds = time.nanos() / 1e9;
            assertThat(used).as("seed %d", seed).isLessThanOrEqualTo((long) (25_000 + 10_000 * seconds));
        }
        assertThat(used).as("seed %d", seed).isGreaterThan((long) (9_990 * (time.nanos() / 1e9)));
    }

    @Test
    void anotherRateHoldsAtOnce() {
        rate = new Rate(100, 200);
        assertThat(bucket.tokens()).isEqualTo(200);
        rate = Rate.UNLIMITED;
        assertThat(bucket.tokens()).isEqualTo(Long.MAX_VALUE);
        TokenBucket limitedLater = bucket();
        rate = new Rate(100, 200);
        assertThat(limitedLater.tokens()).as("full when it is limited").isEqualTo(200);
    }

    @Test
    void manyWhoShareABucketGetAPartEach() {
        TokenBucket own = new TokenBucket(() -> new Rate(1000, 3000), REFILL::toNanos, time);
        TokenBucket unlimited = new TokenBucket(() -> Rate.UNLIMITED, REFILL::toNanos, time);
        assertThat(new Meter(bucket, unlimited, unlimited, false, () -> true).allowance(65_536))
                .isEqualTo(25_000 / 8);
        assertThat(new Meter(unlimited, bucket, unlimited, false, () -> false).allowance(65_536))
                .isEqualTo(65_536);
        assertThat(new Meter(unlimited, bucket, own, false, () -> true).allowance(65_536))
                .isEqualTo(3000);
        assertThat(new Meter(bucket, bucket, own, true, () -> true).allowance(65_536))
                .isEqualTo(3000);
        bucket.use(25_000 - 700);
        assertThat(new Meter(bucket, unlimited, unlimited, false, () -> true).allowance(65_536))
                .isEqualTo(700);
        bucket.use(701);
        assertThat(new Meter(bucket, unlimited, unlimited, false, () -> true).allowance(65_536))
                .isZero();
    }
}

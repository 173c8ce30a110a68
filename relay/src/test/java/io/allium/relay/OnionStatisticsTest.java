package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Entropy;
import io.allium.crypto.Ed25519Identity;
import io.allium.testing.ManualTime;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class OnionStatisticsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final ManualTime time = new ManualTime(NOON);

    @Test
    void aDayIsRoundedUpAndBlurred() {
        OnionStatistics statistics = new OnionStatistics(time, middle(), true); // where chance adds nothing
        for (int i = 0; i < 1025; i++) {
            statistics.crossed();
        }
        for (int i = 0; i < 9; i++) {
            statistics.published(key(i));
            statistics.published(key(i));
        }
        time.pass(OnionStatistics.PERIOD.minusSeconds(1));
        statistics.round();
        assertThat(statistics.lines()).isEmpty();
        time.pass(Duration.ofSeconds(1));
        statistics.round();
        assertThat(statistics.lines())
                .containsExactly(
                        "hidserv-v3-stats-end 2026-03-02 12:00:00 (86400 s)",
                        "hidserv-rend-v3-relayed-cells 2048 delta_f=2048 epsilon=0.30 bin_size=1024",
                        "hidserv-dir-v3-onions-seen 16 delta_f=8 epsilon=0.30 bin_size=8");
        time.pass(OnionStatistics.PERIOD);
        statistics.round();
        assertThat(statistics.lines().get(1)).startsWith("hidserv-rend-v3-relayed-cells 0 ");
        assertThat(statistics.lines().get(2)).startsWith("hidserv-dir-v3-onions-seen 0 ");
    }

    @Test
    void theLastDayIsStillToldAfterARestart() {
        KeptInMemory memory = new KeptInMemory();
        OnionStatistics statistics = new OnionStatistics(time, middle(), true, memory);
        statistics.crossed();
        time.pass(OnionStatistics.PERIOD);
        statistics.round();
        time.pass(OnionStatistics.AGE_MAX);
        assertThat(new OnionStatistics(time, middle(), true, memory).lines())
                .hasSize(3)
                .isEqualTo(statistics.lines());
        assertThat(new OnionStatistics(time, middle(), false, memory).lines()).isEmpty();
        time.pass(Duration.ofSeconds(1));
        assertThat(new OnionStatistics(time, middle(), true, memory).lines()).isEmpty();
    }

    @Test
    void whatIsNotAsWeWriteItIsNotSigned() {
        KeptInMemory memory = new KeptInMemory();
        OnionStatistics statistics = new OnionStatistics(time, middle(), true, memory);
        time.pass(OnionStatistics.PERIOD);
        statistics.round();
        String good = memory.recall().orElseThrow();
        for (String bad : List.of(
                good + "router-signature\n", good.replace("2026-03-02", "2026-13-02"), good.replace("8", "x"), "")) {
            memory.keep(bad);
            assertThat(new OnionStatistics(time, middle(), true, memory).lines())
                    .isEmpty();
        }
        memory.keep(good);
        assertThat(new OnionStatistics(time, middle(), true, memory).lines()).hasSize(3);
    }

    private static final class KeptInMemory implements OnionStatistics.Memory {
        private Optional<String> kept = Optional.empty();

        @Override
        public Optional<String> recall() {
            return kept;
        }

        @Override
        public void keep(String figures) {
            kept = Optional.of(figures);
        }
    }

    @Test
    void whatComesBeforeTheFirstNoonDoesNotCount() {
        ManualTime morning = new ManualTime(NOON.minus(Duration.ofHours(5)));
        OnionStatistics statistics = new OnionStatistics(morning, middle(), true);
        statistics.crossed();
        statistics.published(key(1));
        morning.pass(Duration.ofHours(4));
        statistics.round();
        morning.pass(Duration.ofHours(25));
        statistics.round();
        assertThat(statistics.lines())
                .containsExactly(
                        "hidserv-v3-stats-end 2026-03-02 12:00:00 (86400 s)",
                        "hidserv-rend-v3-relayed-cells 0 delta_f=2048 epsilon=0.30 bin_size=1024",
                        "hidserv-dir-v3-onions-seen 0 delta_f=8 epsilon=0.30 bin_size=8");
    }

    @Test
    void whoDoesNotWantToTellDoesNot() {
        OnionStatistics statistics = new OnionStatistics(time, middle(), false);
        time.pass(OnionStatistics.PERIOD);
        statistics.round();
        assertThat(statistics.lines()).isEmpty();
    }

    @Test
    void noMoreThanSoManyServicesAreToldApart() {
        OnionStatistics statistics = new OnionStatistics(time, middle(), true);
        for (int i = 0; i < OnionStatistics.SERVICES_MAX + 1000; i++) {
            statistics.published(key(i));
        }
        time.pass(OnionStatistics.PERIOD);
        statistics.round();
        assertThat(statistics.lines().get(2)).startsWith("hidserv-dir-v3-onions-seen " + OnionStatistics.SERVICES_MAX);
    }

    /** Laplace's distribution: half of it is nearer to its middle than the natural logarithm of 2, and it has two sides. */
    @Test
    void theBlurIsAsWideAsItSays() {
        Random random = new Random(5);
        OnionStatistics statistics = new OnionStatistics(time, chance(random::nextBytes), true);
        List<Double> distances = new ArrayList<>();
        int below = 0;
        int days = 2000;
        for (int i = 0; i < days; i++) {
            time.pass(OnionStatistics.PERIOD);
            statistics.round();
            double noise = Double.parseDouble(statistics.lines().get(1).split(" ")[1]) / (2048 / 0.3);
            distances.add(Math.abs(noise));
            below += noise < 0 ? 1 : 0;
        }
        long near =
                distances.stream().filter(distance -> distance < Math.log(2)).count();
        assertThat(near).isBetween(days * 45L / 100, days * 55L / 100);
        assertThat(below).isBetween(days * 45 / 100, days * 55 / 100);
    }

    /** Chance that is exactly in the middle. */
    private static Entropy middle() {
        return chance(bytes -> bytes[1] = 0x10); // the highest of the 53 bits that a fraction has
    }

    private static Entropy chance(Consumer<byte[]> filling) {
        return new Entropy() {
            @Override
            public void fill(byte[] bytes) {
                filling.accept(bytes);
            }

            @Override
            public SecureRandom secureRandom() {
                throw new UnsupportedOperationException("nothing asks for it");
            }
        };
    }

    private static Ed25519Identity key(int number) {
        return Ed25519Identity.of(
                ByteBuffer.allocate(Ed25519Identity.LENGTH).putInt(number).array());
    }
}

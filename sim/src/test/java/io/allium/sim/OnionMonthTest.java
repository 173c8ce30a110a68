package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.LocalFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Onion services for {@code -Dsim.days=} simulated days; the month is {@code -Dsim.days=30}, and {@code -Dsim.full=true} has a larger network.
 * In two days time periods change with no shared random value known and with the first, and the value itself does.
 */
class OnionMonthTest {
    private static final long SEED = Long.getLong("sim.seed", 20_261_121);
    private static final int DAYS = Integer.getInteger("sim.days", 2);

    /** So that the time period that begins on the last noon is seen too. */
    private static final int HOURS_MORE = 2;

    /** The failures that are shown. */
    private static final int SHOWN_MAX = 20;

    private static final OnionMonth.Size SIZE =
            Boolean.getBoolean("sim.full") ? OnionMonth.Size.LARGE : OnionMonth.Size.SMALL;

    @Test
    void aServiceIsFoundAtEveryHourAndKeepsToItsGuards() throws IOException, LocalFailure {
        Simulation simulation = Simulation.of(SEED);
        OnionMonth month = OnionMonth.begin(simulation, SIZE);
        for (int hour = 1; hour < DAYS * 24 + HOURS_MORE && month.failures().size() < SHOWN_MAX; hour++) {
            month.hour(hour);
        }
        Path figures = Files.createDirectories(Path.of("target", "figures"));
        Files.writeString(figures.resolve("onion-month-" + SEED + ".txt"), month.summary());

        assertThat(month.failures()).as("seed %d: %s", SEED, month.summary()).isEmpty();
        assertThat(simulation.time().nanos())
                .isGreaterThan(Duration.ofDays(DAYS).minusHours(1).toNanos());
    }
}

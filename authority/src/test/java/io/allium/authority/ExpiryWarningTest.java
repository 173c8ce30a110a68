package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.testing.RecordedLog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpiryWarningTest {
    private static final Instant END = Instant.parse("2027-03-01T00:00:00Z");

    private final ExpiryWarning warning = new ExpiryWarning();
    private final RecordedLog log = new RecordedLog();

    @Test
    void thereIsNothingToSayWhileThereIsTime() {
        assertThat(during(Duration.ofDays(90), Duration.ofDays(30).plusSeconds(1)))
                .isEmpty();
    }

    @Test
    void inTheLastMonthTheOperatorIsToldEveryFiveDays() {
        assertThat(during(Duration.ofDays(30), Duration.ofDays(7).plusHours(1)))
                .hasSize(5)
                .startsWith("WARN Your v3 authority certificate expires in 30 days; Generate a new one soon.")
                .endsWith("WARN Your v3 authority certificate expires in 10 days; Generate a new one soon.");
    }

    @Test
    void inTheLastWeekEveryDay() {
        assertThat(during(Duration.ofDays(7), Duration.ofDays(1).plusHours(1)))
                .hasSize(6)
                .endsWith("WARN Your v3 authority certificate expires in 2 days; Generate a new one soon.");
    }

    @Test
    void onTheLastDayEveryHourAndSoOn() {
        assertThat(during(Duration.ofDays(1), Duration.ofMinutes(10)))
                .hasSize(24)
                .startsWith("WARN Your v3 authority certificate expires in 24 hours; Generate a new one NOW.");
        log.lines().clear();
        assertThat(during(Duration.ZERO, Duration.ofHours(-5)))
                .contains("ERR Your v3 authority certificate has expired. Generate a new one NOW.")
                .hasSizeBetween(5, 6);
    }

    /** What is said while there is so much left, and then so little, asked every ten minutes. */
    private List<String> during(Duration from, Duration to) {
        for (Instant now = END.minus(from); !now.isAfter(END.minus(to)); now = now.plus(Duration.ofMinutes(10))) {
            warning.look(END, now, log);
        }
        return log.lines();
    }
}

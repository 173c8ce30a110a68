package io.allium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimePeriodTest {
    /** rend-spec-v3 2.2.1 has the first, C tor's tests the others. */
    @Test
    void theExampleOfTheSpecificationIsPeriod16903() {
        assertThat(number("2016-04-13T11:15:01Z")).isEqualTo(16903);
        assertThat(number("2016-04-13T11:59:59Z")).isEqualTo(16903);
        assertThat(number("2016-04-13T12:00:00Z")).isEqualTo(16904);
        assertThat(number("1973-05-20T01:50:33Z")).isEqualTo(1234);
    }

    @Test
    void aPeriodEndsWhereTheNextStarts() {
        TimePeriod period = TimePeriod.containing(Instant.parse("2016-04-13T11:00:00Z"), 1440);
        assertThat(period.start()).isEqualTo("2016-04-12T12:00:00Z");
        assertThat(period.end()).isEqualTo("2016-04-13T12:00:00Z");
        assertThat(period.next().start()).isEqualTo(period.end());
        assertThat(period.next().previous()).isEqualTo(period);
        assertThat(TimePeriod.containing(period.end(), 1440)).isEqualTo(period.next());
        assertThat(period).isLessThan(period.next());
    }

    /** Votes every 10 seconds: periods of 24 of them, which begin 12 of them late. */
    @Test
    void aTestNetworkHasShortPeriods() {
        Duration offset = Duration.ofSeconds(120);
        TimePeriod midnight = TimePeriod.containing(Instant.parse("2016-04-13T00:00:00Z"), 4, offset);
        assertThat(midnight.end()).isEqualTo("2016-04-13T00:02:00Z");
        TimePeriod after = TimePeriod.containing(Instant.parse("2016-04-13T00:02:00Z"), 4, offset);
        assertThat(after).isEqualTo(midnight.next());
        assertThat(after.end()).isEqualTo("2016-04-13T00:06:00Z");
    }

    @Test
    void noTimeIsBeforeTheFirstPeriod() {
        assertThat(number("1970-01-01T00:00:00Z")).isZero();
        assertThat(number("1969-07-20T20:17:00Z")).isZero();
    }

    @Test
    void aPeriodHasALength() {
        assertThatThrownBy(() -> new TimePeriod(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TimePeriod(-1, 1440)).isInstanceOf(IllegalArgumentException.class);
    }

    private static long number(String time) {
        return TimePeriod.containing(Instant.parse(time), TimePeriod.LENGTH_DEFAULT)
                .number();
    }
}

package io.allium.control;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/**
 * How the control protocol writes times, in UTC unless said. Pure functions.
 *
 * @spec control-spec 2.4
 */
public final class ControlTime {
    private ControlTime() {}

    /** {@code 2026-11-20 23:00:00}. */
    public static String seconds(Instant time) {
        return seconds(time, ZoneOffset.UTC);
    }

    /** {@code 2026-11-20T23:00:00}, as the clocks of that zone show it. */
    public static String joined(Instant time, ZoneId zone) {
        return seconds(time, zone).replace(' ', 'T');
    }

    /** The same as {@link #seconds(Instant)} as the clocks of that zone show it. */
    public static String seconds(Instant time, ZoneId zone) {
        LocalDateTime at = LocalDateTime.ofInstant(time, zone);
        return at.toLocalDate() + " " + two(at.getHour()) + ":" + two(at.getMinute()) + ":" + two(at.getSecond());
    }

    /** {@code 2026-11-20T23:00:00.123456}. */
    public static String precise(Instant time) {
        String micros = Integer.toString(1_000_000 + time.get(ChronoField.MICRO_OF_SECOND))
                .substring(1);
        return seconds(time).replace(' ', 'T') + "." + micros;
    }

    private static String two(int value) {
        return (value < 10 ? "0" : "") + value;
    }
}

package io.allium.control;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/**
 * How the control protocol writes times, in UTC. Pure functions.
 *
 * @spec control-spec 2.4
 */
public final class ControlTime {
    private ControlTime() {}

    /** {@code 2026-11-20 23:00:00}. */
    public static String seconds(Instant time) {
        LocalDateTime at = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
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

package io.allium.netdoc;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Times as directory documents write them: {@code YYYY-MM-DD HH:MM:SS}, UTC, whole seconds. */
public final class Timestamps {
    private Timestamps() {}

    public static String text(Instant time) {
        LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(19);
        digits(text, utc.getYear(), 4);
        digits(text.append('-'), utc.getMonthValue(), 2);
        digits(text.append('-'), utc.getDayOfMonth(), 2);
        digits(text.append(' '), utc.getHour(), 2);
        digits(text.append(':'), utc.getMinute(), 2);
        digits(text.append(':'), utc.getSecond(), 2);
        return text.toString();
    }

    /** The time that the text says; an {@link IllegalArgumentException} if it says none. */
    public static Instant parse(String text) {
        if (text.length() != 19 || text.charAt(10) != ' ') {
            throw new IllegalArgumentException("'" + text + "' is not a time");
        }
        return parse(text.substring(0, 10), text.substring(11));
    }

    static Instant parse(String date, String time) {
        if (date.length() != 10 || time.length() != 8) {
            throw new IllegalArgumentException("not YYYY-MM-DD HH:MM:SS");
        }
        expect(date, 4, '-');
        expect(date, 7, '-');
        expect(time, 2, ':');
        expect(time, 5, ':');
        int year = number(date, 0, 4);
        int hour = number(time, 0, 2);
        int minute = number(time, 3, 5);
        int second = number(time, 6, 8);
        if (year < 1970 || hour > 23 || minute > 59 || second > LEAP_SECOND) {
            throw new IllegalArgumentException("no such time");
        }
        try {
            long day =
                    LocalDate.of(year, number(date, 5, 7), number(date, 8, 10)).toEpochDay();
            return Instant.ofEpochSecond(day * 86_400 + hour * 3600L + minute * 60L + second);
        } catch (DateTimeException noSuchDay) {
            throw new IllegalArgumentException("no such day", noSuchDay);
        }
    }

    private static void expect(String text, int at, char mark) {
        if (text.charAt(at) != mark) {
            throw new IllegalArgumentException("not YYYY-MM-DD HH:MM:SS");
        }
    }

    private static int number(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw new IllegalArgumentException("not a digit");
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }

    private static void digits(StringBuilder text, int value, int width) {
        String number = Integer.toString(value);
        text.repeat('0', width - number.length()).append(number);
    }

    /** C tor accepts a leap second. */
    private static final int LEAP_SECOND = 60;
}

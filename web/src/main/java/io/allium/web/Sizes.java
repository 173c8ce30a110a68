package io.allium.web;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people say them, in powers of a thousand. */
public final class Sizes {
    private static final String UNITS = "kMGT";
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,6})\\s*([kMGT]?)B?", Pattern.CASE_INSENSITIVE);

    private Sizes() {}

    /** Such as {@code 3.1 MB}. */
    public static String text(long bytes) {
        if (bytes < 1000) {
            return bytes + " bytes";
        }
        double size = bytes;
        int unit = -1;
        while (size >= 999.5 && unit < UNITS.length() - 1) {
            size /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, size < 9.95 ? "%.1f %sB" : "%.0f %sB", size, UNITS.charAt(unit));
    }

    /** Reads {@code 500MB}, {@code 2 GB} or a number of bytes; nothing where it is none of these. */
    public static OptionalLong parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long size = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2);
        for (int i = 0;
                i <= UNITS.toLowerCase(Locale.ROOT).indexOf(unit.toLowerCase(Locale.ROOT)) && !unit.isEmpty();
                i++) {
            size *= 1000;
        }
        return OptionalLong.of(size);
    }
}

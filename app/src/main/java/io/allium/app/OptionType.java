package io.allium.app;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types of a torrc's values, under the names that {@code GETINFO config/names} gives them. */
enum OptionType {
    BOOLEAN("Boolean", "0 or 1"),
    BOOLEAN_AUTO("Boolean+Auto", "0, 1 or auto"),
    INTEGER("Integer", "a whole number from 0 to 2147483647"),
    LONG_INTEGER("Integer", "a whole number from 0 to 18446744073709551615"),
    SIGNED_INTEGER("SignedInteger", "a whole number"),
    FLOAT("Float", "a number"),
    DATA_SIZE("DataSize", "a size such as 20 MB or 512 KBytes, less than 8388608 TB"),
    TIME_INTERVAL("TimeInterval", "a time such as 10 minutes or 2 hours, at most 2147483647 seconds"),
    TIME_MSEC_INTERVAL("TimeMsecInterval", "a time such as 100 msec or 1 second, at most 2147483647 msec"),
    STRING("String", "text"),
    FILENAME("Filename", "the name of a file"),
    COMMA_LIST("CommaList", "a list separated by commas"),
    ROUTER_LIST("RouterList", "a list of relays separated by commas"),
    LINE_LIST("LineList", "text"),
    DEPENDENT("Dependent", "text");

    /** A number, a fraction of any length allowed, and an optional unit. */
    private static final Pattern QUANTITY =
            Pattern.compile("(-?(?:0*[0-9]{1,19}(?:\\.[0-9]*)?|\\.[0-9]+))\\s*([A-Za-z]*)");

    private static final Map<String, Long> SECONDS = Map.of(
            "", 1L, "second", 1L, "minute", 60L, "hour", 3600L, "day", 86400L, "week", 604800L, "month", 2629728L);
    private static final Map<String, Long> MILLISECONDS = Map.of(
            "",
            1L,
            "msec",
            1L,
            "millisecond",
            1L,
            "second",
            1000L,
            "minute",
            60_000L,
            "hour",
            3_600_000L,
            "day",
            86_400_000L,
            "week",
            604_800_000L);
    /** Powers of two, as everywhere in Tor; a bit is an eighth of a byte. */
    private static final Map<Character, Long> MULTIPLES =
            Map.of('k', 1L << 10, 'm', 1L << 20, 'g', 1L << 30, 't', 1L << 40);

    private static final Pattern SIZE_UNIT =
            Pattern.compile("(?:|bytes?|b|m|(?:kilo|mega|giga|tera)(?:bytes?|bits?)|[kmgt](?:b|bytes?|bits?))");

    private final String label;
    private final String expected;

    OptionType(String label, String expected) {
        this.label = label;
        this.expected = expected;
    }

    String label() {
        return label;
    }

    /** What a value must look like, for an error message. */
    String expected() {
        return expected;
    }

    /** Whether several lines add up rather than the last one counting. */
    boolean isList() {
        return this == LINE_LIST || this == DEPENDENT;
    }

    /** What an option of this type has when a controller sets it to nothing; absent where that is no value at all. */
    Optional<String> nothing() {
        return switch (this) {
            case BOOLEAN,
                    BOOLEAN_AUTO,
                    INTEGER,
                    LONG_INTEGER,
                    SIGNED_INTEGER,
                    FLOAT,
                    DATA_SIZE,
                    TIME_INTERVAL,
                    TIME_MSEC_INTERVAL -> canonical("0");
            case COMMA_LIST, ROUTER_LIST -> Optional.of("");
            case STRING, FILENAME, LINE_LIST, DEPENDENT -> Optional.empty();
        };
    }

    /** The value as GETCONF and --dump-config write it, units resolved; nothing if it is not of this type. */
    Optional<String> canonical(String value) {
        String text = value.strip();
        return switch (this) {
            case BOOLEAN -> Optional.of(text).filter(t -> t.equals("0") || t.equals("1"));
            case BOOLEAN_AUTO ->
                Optional.of(text.toLowerCase(Locale.ROOT))
                        .filter(t -> t.equals("0") || t.equals("1") || t.equals("auto"));
            case INTEGER -> whole(text, 0, Integer.MAX_VALUE);
            case LONG_INTEGER -> unsigned(text);
            case SIGNED_INTEGER -> whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case FLOAT -> number(text);
            case DATA_SIZE -> size(text);
            case TIME_INTERVAL -> quantity(text, SECONDS, Integer.MAX_VALUE);
            case TIME_MSEC_INTERVAL -> quantity(text, MILLISECONDS, Integer.MAX_VALUE);
            case COMMA_LIST, ROUTER_LIST ->
                Optional.of(Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(item -> !item.isEmpty())
                        .collect(Collectors.joining(",")));
            case STRING, FILENAME, LINE_LIST, DEPENDENT -> Optional.of(value);
        };
    }

    private static Optional<String> whole(String text, long least, long most) {
        if (!text.matches("[+-]?[0-9]{1,10}")) {
            return Optional.empty();
        }
        long value = Long.parseLong(text);
        return value < least || value > most ? Optional.empty() : Optional.of(Long.toString(value));
    }

    /** In 64 bits. */
    private static Optional<String> unsigned(String text) {
        try {
            return Optional.of(Long.toUnsignedString(Long.parseUnsignedLong(text)));
        } catch (NumberFormatException noSuchNumber) {
            return Optional.empty();
        }
    }

    private static Optional<String> number(String text) {
        return text.matches("-?[0-9]{1,15}(\\.[0-9]{0,15})?")
                ? Optional.of(String.format(Locale.ROOT, "%f", Double.parseDouble(text)))
                : Optional.empty();
    }

    private static Optional<String> size(String text) {
        Matcher parts = QUANTITY.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String unit = parts.group(2).toLowerCase(Locale.ROOT);
        if (!SIZE_UNIT.matcher(unit).matches()) {
            return Optional.empty();
        }
        boolean multiple = !unit.isEmpty() && unit.charAt(0) != 'b';
        long factor = multiple ? MULTIPLES.getOrDefault(unit.charAt(0), 1L) : 1L;
        return times(parts.group(1), unit.contains("bit") ? factor / 8 : factor, Long.MAX_VALUE);
    }

    private static Optional<String> quantity(String text, Map<String, Long> units, long most) {
        Matcher parts = QUANTITY.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String unit = parts.group(2).toLowerCase(Locale.ROOT);
        Long factor = units.get(unit.endsWith("s") ? unit.substring(0, unit.length() - 1) : unit);
        return factor == null ? Optional.empty() : times(parts.group(1), factor, most);
    }

    /** The product where it is from 0 to {@code most}; whole numbers are multiplied exactly, others as C tor does. */
    private static Optional<String> times(String number, long factor, long most) {
        BigDecimal product = number.contains(".")
                ? new BigDecimal(Double.parseDouble(number) * factor)
                : new BigDecimal(number).multiply(BigDecimal.valueOf(factor));
        boolean fits = product.signum() >= 0 && product.compareTo(BigDecimal.valueOf(most)) <= 0;
        return fits ? Optional.of(Long.toString(product.longValue())) : Optional.empty();
    }
}

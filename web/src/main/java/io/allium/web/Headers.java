package io.allium.web;

import io.allium.base.ProtocolViolation;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The header fields of a request or a response, in their order; names without regard to case. Immutable. */
public final class Headers {
    /** No fields. */
    public static final Headers NONE = new Headers(List.of());

    /** RFC 9110, 5.6.2. */
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** RFC 9110, 5.5: no control character but the tab. */
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

    private record Field(String name, String value) {}

    private final List<Field> fields;

    private Headers(List<Field> fields) {
        this.fields = List.copyOf(fields);
    }

    /**
     * Reads a request's fields, one a line. Whatever two servers could read differently is refused: folded lines, blanks
     * around a name, control characters.
     */
    static Headers parse(List<String> lines) throws ProtocolViolation {
        List<Field> fields = new ArrayList<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon <= 0 || !NAME.matcher(line.substring(0, colon)).matches()) {
                throw new ProtocolViolation("a header line has no name that is one");
            }
            String value = line.substring(colon + 1).strip();
            if (!VALUE.matcher(value).matches()) {
                throw new ProtocolViolation("a header has a control character in its value");
            }
            fields.add(new Field(line.substring(0, colon), value));
        }
        return new Headers(fields);
    }

    /**
     * These and one more.
     *
     * @throws IllegalArgumentException for a value that would be more than one header: whoever makes one of a visitor's
     *     words must have encoded them
     */
    public Headers with(String name, String value) {
        if (!NAME.matcher(name).matches() || !VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException(name + ": no header has this value");
        }
        List<Field> more = new ArrayList<>(fields);
        more.add(new Field(name, value));
        return new Headers(more);
    }

    /** These and all of others. */
    Headers with(Headers others) {
        List<Field> more = new ArrayList<>(fields);
        more.addAll(others.fields);
        return new Headers(more);
    }

    /** The first value of that name. */
    public Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    /** All values of that name. */
    List<String> all(String name) {
        return fields.stream()
                .filter(field -> field.name.equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    /** Whether a list of words separated by commas has this one, without regard to case. */
    boolean lists(String name, String word) {
        return all(name).stream()
                .flatMap(value -> List.of(value.split(",")).stream())
                .anyMatch(each -> each.strip().equalsIgnoreCase(word));
    }

    /** The first value of that name as a time, if it is one. */
    Optional<Instant> time(String name) {
        return first(name).flatMap(Headers::parseTime);
    }

    void writeTo(StringBuilder out) {
        for (Field field : fields) {
            out.append(field.name).append(": ").append(field.value).append("\r\n");
        }
    }

    static String text(Instant time) {
        return time.atOffset(ZoneOffset.UTC).format(DATE);
    }

    static Optional<Instant> parseTime(String text) {
        try {
            return Optional.of(
                    ZonedDateTime.parse(text, DATE.withZone(ZoneOffset.UTC)).toInstant());
        } catch (DateTimeParseException notOne) {
            return Optional.empty();
        }
    }
}

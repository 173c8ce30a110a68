package io.allium.directory;

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

/** The header lines of an HTTP message, in their order; names without regard to case. Immutable. */
public final class HttpHeaders {
    /** No headers. */
    public static final HttpHeaders NONE = new HttpHeaders(List.of());

    private static final DateTimeFormatter RFC_1123 =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private record Line(String name, String value) {}

    private final List<Line> lines;

    private HttpHeaders(List<Line> lines) {
        this.lines = List.copyOf(lines);
    }

    /** These and one more. The value must not hold a line end: this is for values of our own making. */
    public HttpHeaders with(String name, String value) {
        if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
            throw new IllegalArgumentException(name + ": a header value has no line end");
        }
        List<Line> more = new ArrayList<>(lines);
        more.add(new Line(name, value));
        return new HttpHeaders(more);
    }

    /** These and one more that holds a time. */
    public HttpHeaders with(String name, Instant time) {
        return with(name, time.atOffset(ZoneOffset.UTC).format(RFC_1123));
    }

    /** The first value of that name. */
    public Optional<String> first(String name) {
        return lines.stream()
                .filter(line -> line.name.equalsIgnoreCase(name))
                .map(Line::value)
                .findFirst();
    }

    /** The first value of that name as a time, if it is one. */
    public Optional<Instant> time(String name) {
        return first(name).flatMap(HttpHeaders::parseTime);
    }

    static HttpHeaders parse(List<String> text) throws ProtocolViolation {
        List<Line> lines = new ArrayList<>();
        for (String line : text) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new ProtocolViolation("HTTP: header line without a name");
            }
            lines.add(new Line(
                    line.substring(0, colon).strip(), line.substring(colon + 1).strip()));
        }
        return new HttpHeaders(lines);
    }

    void writeTo(StringBuilder out) {
        for (Line line : lines) {
            out.append(line.name).append(": ").append(line.value).append("\r\n");
        }
    }

    private static Optional<Instant> parseTime(String text) {
        try {
            return Optional.of(
                    ZonedDateTime.parse(text, RFC_1123.withZone(ZoneOffset.UTC)).toInstant());
        } catch (DateTimeParseException notOne) {
            return Optional.empty();
        }
    }
}

package io.allium.control;

import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a controller hears to a command, or of an event: at least one line, each with a code. Immutable.
 *
 * @spec control-spec 2.3
 */
public record ControlAnswer(List<Line> lines) {
    /**
     * One line.
     *
     * @param code three digits
     * @param separator a blank on the last line, a minus on those before it, a plus where data follows
     * @param text what stands behind the code
     * @param data the lines that follow it, each with a line feed, without the dots that the protocol adds; empty otherwise
     */
    public record Line(int code, char separator, String text, String data) {
        public boolean hasData() {
            return separator == '+';
        }
    }

    public ControlAnswer {
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("an answer without lines");
        }
        lines = List.copyOf(lines);
    }

    /** The code of the last line, which counts. */
    public int code() {
        return lines.getLast().code();
    }

    /** The text of the first line. */
    public String text() {
        return lines.getFirst().text();
    }

    public boolean isEvent() {
        return code() == ControlReply.EVENT;
    }

    /** Whether what was asked for was done. */
    public boolean isPositive() {
        return code() / 100 == 2;
    }

    /** This answer, unless it says no: then the message is what it says, behind the code. */
    public ControlAnswer orRefused() throws Refused {
        if (isPositive()) {
            return this;
        }
        String sentence = lines.stream().map(Line::text).collect(Collectors.joining("; "));
        throw new Refused(Refused.Kind.GENERAL, code() + " " + sentence);
    }

    /** What stands behind {@code key=} on one of the lines, or as data below it. */
    public String value(String key) throws ProtocolViolation {
        for (Line line : lines) {
            if (line.text().startsWith(key + "=")) {
                return line.hasData() ? line.data() : line.text().substring(key.length() + 1);
            }
        }
        throw new ProtocolViolation("the answer says nothing of " + key);
    }
}

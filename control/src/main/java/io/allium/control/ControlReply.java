package io.allium.control;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a controller hears: lines with a code, of which the last one has a blank behind it. Confined to whoever made it.
 *
 * @spec control-spec 2.3
 */
public final class ControlReply {
    public static final int OK = 250;
    public static final int SYNTAX_ERROR = 500;
    public static final int OUT_OF_ROOM = 451;
    public static final int UNRECOGNIZED_COMMAND = 510;
    public static final int BAD_ARGUMENT = 512;
    public static final int BAD_SYNTAX = 513;
    public static final int AUTHENTICATION_REQUIRED = 514;
    public static final int BAD_AUTHENTICATION = 515;
    public static final int DUPLICATE = 550;
    public static final int FAILED = 551;
    public static final int UNRECOGNIZED = 552;
    public static final int INVALID = 553;
    public static final int INVALID_DESCRIPTOR = 554;
    public static final int EVENT = 650;

    /**
     * How long several values together may be; a single one is told whatever its length. All that is worth asking for at once, the
     * consensus and every microdescriptor, is half as much. An answer is copied some times on its way out, and a heap of some
     * hundred megabytes has to hold that.
     */
    static final int VALUES_MAX = 16 * 1024 * 1024;

    private record Line(int code, String text, boolean block) {}

    private final List<Line> lines = new ArrayList<>();
    private long length;
    private boolean closing;
    private Runnable afterwards = () -> {};

    public static ControlReply ok() {
        return of(OK, "OK");
    }

    public static ControlReply of(int code, String text) {
        return new ControlReply().line(code, text);
    }

    public ControlReply line(int code, String text) {
        return add(new Line(code, oneLine(text), false));
    }

    /** A line and a block of data behind it; it cannot stand last. */
    static ControlReply document(int code, String text, String data) {
        ControlReply reply = new ControlReply();
        reply.lines.add(new Line(code, oneLine(text) + "\r\n" + block(data), true));
        return reply;
    }

    /** What a command hears whose arguments are too few or too many: {@code exactly one}, {@code at least 2}. */
    public static ControlReply wantsArguments(ControlCommand command, String howMany) {
        return of(BAD_ARGUMENT, "Bad arguments to " + command.written() + ": Need " + howMany + " argument(s)");
    }

    /** What a command hears that takes fewer arguments. */
    public static ControlReply takesAtMost(ControlCommand command, int arguments) {
        return of(
                BAD_ARGUMENT,
                "Bad arguments to " + command.written() + ": Cannot accept more than " + arguments + " argument(s)");
    }

    /** What a command hears whose keywords, or the quoted strings behind them, cannot be read. */
    public static ControlReply unreadableArguments(ControlCommand command) {
        return of(BAD_ARGUMENT, "Bad arguments to " + command.written() + ": Cannot parse keyword argument(s)");
    }

    /** {@code key=value}, as a block where the value has several lines. It cannot stand last. */
    public ControlReply value(String key, String value) {
        if (value.indexOf('\n') < 0) {
            return line(OK, key + "=" + value);
        }
        return add(new Line(OK, key + "=\r\n" + block(value), true));
    }

    private ControlReply add(Line line) {
        lines.add(line);
        length += line.text().length();
        return this;
    }

    /** Whether its lines are several and too long together. Whoever collects them as a controller wants asks after each. */
    public boolean isTooLong() {
        return lines.size() > 1 && length > VALUES_MAX;
    }

    /** What a controller hears that asked for so much. */
    public static ControlReply tooLong() {
        return of(FAILED, "These values are too long for one answer");
    }

    /** Done once the reply is on its way, so that a controller hears it even if we end. */
    public ControlReply afterwards(Runnable action) {
        afterwards = action;
        return this;
    }

    Runnable afterwards() {
        return afterwards;
    }

    /** After it the connection is closed. */
    public ControlReply andClose() {
        closing = true;
        return this;
    }

    boolean isClosing() {
        return closing;
    }

    byte[] toBytes() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            char separator = line.block() ? '+' : i == lines.size() - 1 ? ' ' : '-';
            text.append(line.code()).append(separator).append(line.text()).append("\r\n");
        }
        return ControlText.bytes(text.toString());
    }

    @Override
    public String toString() {
        return new String(toBytes(), StandardCharsets.UTF_8);
    }

    /** Lines ended as the protocol wants, dots at their beginnings doubled, and the dot that ends them. */
    private static String block(String value) {
        StringBuilder text = new StringBuilder(value.length() + 16);
        for (String line : value.split("\r?\n")) {
            text.append(line.startsWith(".") ? "." : "").append(line).append("\r\n");
        }
        return text.append('.').toString();
    }

    private static String oneLine(String text) {
        return text.replace("\r", "").replace('\n', ' ');
    }
}

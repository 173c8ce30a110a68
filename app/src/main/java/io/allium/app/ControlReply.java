package io.allium.app;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a controller hears: lines with a code, of which the last one has a blank behind it. Confined to whoever made it.
 *
 * @spec control-spec 2.3
 */
final class ControlReply {
    static final int OK = 250;
    static final int UNRECOGNIZED_COMMAND = 510;
    static final int BAD_ARGUMENT = 512;
    static final int BAD_SYNTAX = 513;
    static final int AUTHENTICATION_REQUIRED = 514;
    static final int BAD_AUTHENTICATION = 515;
    static final int FAILED = 551;
    static final int UNRECOGNIZED = 552;
    static final int INVALID = 553;
    static final int EVENT = 650;

    private record Line(int code, String text, boolean block) {}

    private final List<Line> lines = new ArrayList<>();
    private boolean closing;
    private Runnable afterwards = () -> {};

    static ControlReply ok() {
        return of(OK, "OK");
    }

    static ControlReply of(int code, String text) {
        return new ControlReply().line(code, text);
    }

    ControlReply line(int code, String text) {
        lines.add(new Line(code, oneLine(text), false));
        return this;
    }

    /** {@code key=value}, as a block where the value has several lines. It cannot stand last. */
    ControlReply value(String key, String value) {
        if (value.indexOf('\n') < 0) {
            return line(OK, key + "=" + value);
        }
        lines.add(new Line(OK, key + "=\r\n" + block(value), true));
        return this;
    }

    /** Done once the reply is on its way, so that a controller hears it even if we end. */
    ControlReply afterwards(Runnable action) {
        afterwards = action;
        return this;
    }

    Runnable afterwards() {
        return afterwards;
    }

    /** After it the connection is closed. */
    ControlReply andClose() {
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
        return text.toString().getBytes(StandardCharsets.UTF_8);
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

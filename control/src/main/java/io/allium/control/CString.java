package io.allium.control;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Strings in double quotes with the escapes of C, as torrc files and the control protocol write them. */
public final class CString {
    private CString() {}

    /**
     * Where the quoted string that begins at {@code from} ends, just behind its closing quote; -1 if it is not
     * closed on its line or has an escape that C does not know, or that is no byte but zero.
     */
    public static int end(String text, int from) {
        int at = from + 1;
        while (at < text.length()) {
            switch (text.charAt(at)) {
                case '"' -> {
                    return at + 1;
                }
                case '\n' -> {
                    return -1;
                }
                case '\\' -> {
                    int length = escapeLength(text, at + 1);
                    if (length < 0) {
                        return -1;
                    }
                    at += 1 + length;
                }
                default -> at++;
            }
        }
        return -1;
    }

    /** The text of a quoted string that {@link #end} found whole. Its escapes stand for bytes, as {@link ControlText} has them. */
    public static String unescape(String quoted) {
        byte[] source = ControlText.bytes(quoted);
        ByteArrayOutputStream text = new ByteArrayOutputStream(source.length);
        String ascii = new String(source, StandardCharsets.ISO_8859_1); // a character for each byte
        int at = 1;
        while (at < source.length - 1) {
            if (source[at] != '\\') {
                text.write(source[at++]);
                continue;
            }
            int length = escapeLength(ascii, at + 1);
            text.write(meaning(ascii.substring(at + 1, at + 1 + length)));
            at += 1 + length;
        }
        return ControlText.of(text.toByteArray());
    }

    /** Puts a text into quotes, so that {@link #unescape} gives it back and its bytes stay on one line of ASCII. */
    public static String quote(String text) {
        byte[] source = ControlText.bytes(text);
        StringBuilder quoted = new StringBuilder(source.length + 2).append('"');
        for (byte each : source) {
            char c = (char) (each & 0xff);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c >= ' ' && c < 0x7f) {
                        quoted.append(c);
                    } else {
                        quoted.append(String.format("\\%03o", (int) c));
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    /** How many characters follow the backslash, or -1. */
    private static int escapeLength(String text, int at) {
        if (at >= text.length()) {
            return -1;
        }
        char c = text.charAt(at);
        if (c == 'x' || c == 'X') {
            boolean hex = at + 2 < text.length() && isHex(text.charAt(at + 1)) && isHex(text.charAt(at + 2));
            return hex && !text.startsWith("00", at + 1) ? 3 : -1;
        }
        if (isOctal(c)) {
            int length = 1;
            while (length < 3 && at + length < text.length() && isOctal(text.charAt(at + length))) {
                length++;
            }
            int value = Integer.parseInt(text, at, at + length, 8);
            return value > 0 && value <= 0xff ? length : -1;
        }
        return "nrt\"\\'".indexOf(c) >= 0 ? 1 : -1;
    }

    private static char meaning(String escape) {
        return switch (escape.charAt(0)) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'x', 'X' -> (char) Integer.parseInt(escape.substring(1), 16);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> (char) Integer.parseInt(escape, 8);
            default -> escape.charAt(0);
        };
    }

    private static boolean isHex(char c) {
        return Character.digit(c, 16) >= 0 && c < 0x80;
    }

    private static boolean isOctal(char c) {
        return c >= '0' && c <= '7';
    }
}

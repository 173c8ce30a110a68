package io.allium.control;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Bytes as text and back, with nothing lost. What people write in torrc files and commands is UTF-8, and what is not stays what it
 * was: a byte that is no part of UTF-8 is a character of its own, the half of a surrogate pair that never stands alone in text
 * (U+DC80 to U+DCFF, as in Python's {@code surrogateescape}). So everything between reading and writing is plain text.
 */
public final class ControlText {
    private static final char STRAYS = '\udc00';
    private static final int FIRST_STRAY = STRAYS + 0x80;
    private static final int LAST_STRAY = STRAYS + 0xff;

    private ControlText() {}

    /** What these bytes say. */
    public static String of(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.indexOf('\ufffd') < 0
                ? text
                : withStrays(bytes); // that character stands for what is wrong, or for itself
    }

    private static String withStrays(byte[] bytes) {
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        for (CoderResult met = utf8.decode(rest, text, true); met.isError(); met = utf8.decode(rest, text, true)) {
            for (int i = 0; i < met.length(); i++) {
                text.put((char) (STRAYS + (rest.get() & 0xff)));
            }
        }
        return text.flip().toString();
    }

    /** The bytes that said this. */
    public static byte[] bytes(String text) {
        int stray = nextStray(text, 0);
        if (stray == text.length()) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
        int from = 0;
        for (; stray < text.length(); stray = nextStray(text, from)) {
            bytes.writeBytes(text.substring(from, stray).getBytes(StandardCharsets.UTF_8));
            bytes.write(text.charAt(stray));
            from = stray + 1;
        }
        bytes.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    /** Whether its bytes are UTF-8. */
    public static boolean isUtf8(String text) {
        return nextStray(text, 0) == text.length();
    }

    /** Whether it is one of ASCII's blanks, which alone are blanks to C tor. */
    static boolean isBlank(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    /** The text without the blanks around it. */
    static String strip(String text) {
        int from = 0;
        while (from < text.length() && isBlank(text.charAt(from))) {
            from++;
        }
        return stripEnd(text.substring(from));
    }

    /** The text without the blanks behind it. */
    static String stripEnd(String text) {
        int to = text.length();
        while (to > 0 && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(0, to);
    }

    private static int nextStray(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)) {
                i++; // the other half belongs to it
            } else if (c >= FIRST_STRAY && c <= LAST_STRAY) {
                return i;
            }
        }
        return text.length();
    }
}

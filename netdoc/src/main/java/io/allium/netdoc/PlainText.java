package io.allium.netdoc;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads what is written just as authorities write it: short lines of printable ASCII with one blank between arguments. A
 * step that finds anything else fails, and so do all after it, with values that mean nothing; whoever reads looks once, at
 * the end, whether one {@link #failed}, and if so reads the same again with {@link Lexer} and {@link Schema}, which know
 * all that is allowed and say what is wrong.
 *
 * <p>A client reads a directory of thousands just after its start, while the JVM still interprets. What counts then is how
 * few steps are taken: some loops over bytes instead of items, arguments, sections and their strings. Confined to one
 * reading.
 *
 * @spec dir-spec 1.2
 */
final class PlainText {
    private final byte[] source;
    private final int limit;
    private int at;
    private int lines;
    private boolean failed;
    private byte[] timeText = NEVER;
    private Instant time = Instant.EPOCH;

    PlainText(byte[] source, int limit) {
        this.source = source;
        this.limit = limit;
    }

    /** Begins at this place, as if nothing had failed. */
    void begin(int place) {
        at = place;
        lines = 0;
        failed = false;
    }

    boolean failed() {
        return failed;
    }

    /** What was read is not plain. */
    void fail() {
        failed = true;
    }

    /** The place behind what was read. */
    int at() {
        return at;
    }

    /** How many lines were read since {@link #begin}. */
    int lines() {
        return lines;
    }

    boolean isAtEnd() {
        return at == limit;
    }

    /** Whether this comes next. */
    boolean sees(byte[] word) {
        return limit - at >= word.length && Arrays.equals(source, at, at + word.length, word, 0, word.length);
    }

    /** Passes over this, which must come next; a newline in it is its last byte. */
    void expect(byte[] word) {
        if (failed || !sees(word)) {
            failed = true;
            return;
        }
        at += word.length;
        if (word[word.length - 1] == '\n') {
            lines++;
        }
    }

    /** Passes over a line if it is the same as one that was read before. */
    boolean repeats(Slice line) {
        int length = line.length();
        if (failed
                || limit - at < length
                || !Arrays.equals(source, at, at + length, line.array(), line.offset(), line.offset() + length)) {
            return false;
        }
        at += length;
        lines++;
        return true;
    }

    /** The rest of the line, its newline included. */
    Slice line() {
        int end = at;
        int last = Math.min(limit, at + MAX_LINE);
        while (end < last && source[end] >= ' ' && source[end] < DELETE) {
            end++;
        }
        if (failed || end == last || source[end] != '\n') {
            failed = true;
            return Slice.empty();
        }
        Slice line = new Slice(source, at, end + 1 - at);
        at = end + 1;
        lines++;
        return line;
    }

    /** Letters and digits up to the next blank, which is passed over too. */
    String nickname() {
        int end = at;
        int last = Math.min(limit, at + Nicknames.MAX_LENGTH + 1);
        while (end < last && isLetterOrDigit(source[end])) {
            end++;
        }
        if (failed || end == at || end == last || source[end] != ' ') {
            failed = true;
            return "";
        }
        String name = new String(source, at, end - at, StandardCharsets.ISO_8859_1);
        at = end + 1;
        return name;
    }

    /** Decimal digits that make a number up to {@code most}, and {@code mark} behind them. */
    int number(int most, char mark) {
        long value = number();
        if (failed || value > most || at == limit || source[at] != mark) {
            failed = true;
            return 0;
        }
        at++;
        lines += mark == '\n' ? 1 : 0;
        return (int) value;
    }

    /** Decimal digits, up to what fits 32 bits. */
    long number() {
        long value = 0;
        int end = at;
        while (end < limit && end - at < MAX_DIGITS && source[end] >= '0' && source[end] <= '9') {
            value = value * 10 + (source[end] - '0');
            end++;
        }
        failed |= end == at || value > 0xffff_ffffL;
        at = end;
        return value;
    }

    /** Four numbers with dots between them, and a blank. */
    byte[] ipv4() {
        byte[] address = new byte[4];
        for (int i = 0; i < address.length; i++) {
            int from = at;
            address[i] = (byte) number(255, i < address.length - 1 ? '.' : ' ');
            failed |= at - from > 4; // three digits and what follows them
        }
        return address;
    }

    /** {@code YYYY-MM-DD HH:MM:SS}; most often the same as the last. */
    Instant time() {
        int end = at + TIME_LENGTH;
        if (failed || end > limit) {
            failed = true;
        } else if (!Arrays.equals(source, at, end, timeText, 0, timeText.length)) {
            try {
                time = Timestamps.parse(new String(source, at, TIME_LENGTH, StandardCharsets.ISO_8859_1));
                timeText = Arrays.copyOfRange(source, at, end);
            } catch (IllegalArgumentException notATime) {
                failed = true;
            }
        }
        at = failed ? at : end;
        return time;
    }

    /** So many bytes in base64 without padding. */
    byte[] base64(int length) {
        int end = at + (length * 8 + 5) / 6;
        byte[] decoded = new byte[length];
        if (failed || end > limit) {
            failed = true;
            return decoded;
        }
        int bits = 0;
        int count = 0;
        int filled = 0;
        for (int i = at; i < end; i++) {
            int value = VALUES[source[i] & 0xff];
            if (value < 0) {
                failed = true;
                return decoded;
            }
            bits = bits << 6 | value;
            count += 6;
            if (count >= 8) {
                count -= 8;
                decoded[filled++] = (byte) (bits >> count);
            }
        }
        failed = (bits & (1 << count) - 1) != 0; // such bits are for a decoder to judge
        at = end;
        return decoded;
    }

    /** Passes over lines of base64 with their padding, up to the first hyphen. */
    void base64Lines() {
        int last = Math.min(limit, at + MAX_OBJECT);
        int digits = 0;
        int padding = 0;
        int end = at;
        while (end < last && source[end] != '-') {
            byte b = source[end++];
            if (b == '\n') {
                lines++;
            } else if (b == '=') {
                padding++;
            } else {
                digits++;
                failed |= VALUES[b & 0xff] < 0 || padding > 0;
            }
        }
        failed |= end == last || end == at || source[end - 1] != '\n' || padding > 2 || (digits + padding) % 4 != 0;
        at = end;
    }

    /** The words of a line behind its keyword, as {@link Item#arguments} splits them. */
    static List<String> words(Slice line, int keyword) {
        byte[] array = line.array();
        int end = line.offset() + line.length() - 1;
        List<String> words = new ArrayList<>();
        int from = line.offset() + keyword;
        for (int i = from; i <= end; i++) {
            if (i == end || array[i] == ' ') {
                if (i > from) {
                    words.add(new String(array, from, i - from, StandardCharsets.ISO_8859_1));
                }
                from = i + 1;
            }
        }
        return words;
    }

    /** The text of a line behind its keyword, without the newline. */
    static String rest(Slice line, int keyword) {
        return new String(
                line.array(), line.offset() + keyword, line.length() - keyword - 1, StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean isLetterOrDigit(byte b) {
        return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z';
    }

    private static byte[] values() {
        byte[] values = new byte[256];
        Arrays.fill(values, (byte) -1);
        String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < digits.length(); i++) {
            values[digits.charAt(i)] = (byte) i;
        }
        return values;
    }

    /** Of each byte as a digit of base64, or -1. */
    private static final byte[] VALUES = values();

    /** Of the lines of relays, a family's is the longest by far; what is longer is not plain. */
    private static final int MAX_LINE = 16 * 1024;

    /** Several times what the base64 of an RSA key takes. */
    private static final int MAX_OBJECT = 2 * 1024;

    /** More than any number here has. */
    private static final int MAX_DIGITS = 11;

    private static final int TIME_LENGTH = 19;
    private static final byte DELETE = 0x7f;
    private static final byte[] NEVER = {};
}

package io.allium.netdoc;

import io.allium.base.Untrusted;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of directory documents into {@link Item}s. One array may hold many documents one after the other; where
 * one ends is the {@link Schema}'s business. Nothing is copied but the objects, which are decoded. Confined to the
 * parser that reads from it.
 *
 * <p>Refused are NUL and CR, text that is no UTF-8, a keyword of other than letters, digits and hyphens, a last line
 * without its newline, an object whose end is missing or whose content is no base64, and lines and objects longer than
 * C tor takes. An {@code opt} line is an item like any other; no schema knows it, so that it is ignored.
 *
 * @spec dir-spec 1.2
 */
public final class Lexer {
    private final byte[] source;
    private final int limit;
    private final String[] keywords = new String[KEYWORDS];
    private int at;
    private int line = 1;
    private @Nullable Item next;

    public Lexer(byte[] source) {
        this(Slice.of(source));
    }

    public Lexer(Slice slice) {
        source = slice.array();
        at = slice.offset();
        limit = slice.offset() + slice.length();
    }

    /** The next item, which stays the next one; null after the last. */
    public @Nullable Item peek() throws Untrusted {
        if (next == null && skipEmptyLines()) {
            next = readItem();
        }
        return next;
    }

    public boolean hasNext() throws Untrusted {
        return peek() != null;
    }

    public Item next() throws Untrusted {
        Item item = peek();
        if (item == null) {
            throw new NoSuchElementException("no item after the last");
        }
        next = null;
        return item;
    }

    /**
     * Goes on at the first line after {@code start} that begins with this keyword, so that one bad document does not
     * cost its neighbours.
     *
     * @param start where the bad document begins
     * @param startLine the number of its first line
     */
    void resume(int start, int startLine, String keyword) {
        byte[] word = keyword.getBytes(StandardCharsets.US_ASCII);
        next = null;
        at = start;
        line = startLine;
        do {
            int newline = newline(at, limit);
            at = newline < 0 ? limit : newline + 1;
            line++;
        } while (at < limit && !startsWithKeyword(word));
    }

    /** Goes on at {@code place}, where a line begins, which is so many lines after {@link #position}. */
    void skipTo(int place, int lines) {
        line = line() + lines;
        next = null;
        at = place;
    }

    /** Where reading would go on: just past the last item taken. */
    int position() {
        return next == null ? at : next.start();
    }

    /** The number of the line at {@link #position}. */
    int line() {
        return next == null ? line : next.line();
    }

    /** Passes over empty lines; whether anything follows them. */
    boolean skipEmptyLines() {
        if (next != null) {
            return true;
        }
        while (at < limit && source[at] == '\n') {
            at++;
            line++;
        }
        return at < limit;
    }

    byte[] source() {
        return source;
    }

    /** The same bytes, for who reads them as plain text. */
    PlainText plain() {
        return new PlainText(source, limit);
    }

    private Item readItem() throws Untrusted {
        int start = at;
        int number = line;
        int lineEnd = readLine();
        int keywordEnd = keywordEnd(start, lineEnd, number);
        int arguments = keywordEnd;
        while (arguments < lineEnd && Item.isBlank(source[arguments])) {
            arguments++;
        }
        Item item = new Item(source, keyword(start, keywordEnd), number, start, arguments, lineEnd, at);
        if (startsWith(at, limit, BEGIN)) {
            readObject(item);
        }
        return item;
    }

    /** Passes over a line and gives the place of its newline. */
    private int readLine() throws Untrusted {
        int end = newline(at, Math.min(limit, at + MAX_LINE));
        if (end < 0) {
            throw wrong(limit - at > MAX_LINE ? "longer than " + MAX_LINE + " bytes" : "ends without a newline");
        }
        boolean ascii = true;
        for (int i = at; i < end; i++) {
            byte b = source[i];
            if (b == 0 || b == '\r') {
                throw wrong(b == 0 ? "holds a NUL" : "holds a carriage return");
            }
            ascii &= b > 0;
        }
        if (!ascii && !isUtf8(at, end)) {
            throw wrong("is no UTF-8");
        }
        at = end + 1;
        line++;
        return end;
    }

    private int keywordEnd(int start, int lineEnd, int number) throws Untrusted {
        int end = source[start] == '@' ? start + 1 : start;
        int first = end;
        while (end < lineEnd && isKeyword(source[end])) {
            end++;
        }
        if (end == first || source[first] == '-' || (end < lineEnd && !Item.isBlank(source[end]))) {
            throw new Untrusted("line " + number + ": does not begin with a keyword");
        }
        return end;
    }

    private void readObject(Item item) throws Untrusted {
        String label = label(BEGIN, item);
        int from = at;
        byte[] collected = new byte[OBJECT_EXPECTED];
        int length = 0;
        while (!startsWith(at, limit, END)) {
            if (at >= limit || at - from > MAX_OBJECT || startsWith(at, limit, DASHES)) {
                throw item.bad("the end of its object is missing");
            }
            int lineStart = at;
            int count = readLine() - lineStart;
            if (length + count > collected.length) {
                collected = Arrays.copyOf(collected, Math.max(2 * collected.length, length + count));
            }
            System.arraycopy(source, lineStart, collected, length, count);
            length += count;
        }
        if (!label(END, item).equals(label)) {
            throw item.bad("its object ends as another than it began");
        }
        try {
            byte[] decoded = Base64.getDecoder().decode(Arrays.copyOf(collected, length));
            item.attach(label, decoded, at);
        } catch (IllegalArgumentException notBase64) {
            throw item.bad("its object is not base64");
        }
    }

    /** Reads {@code -----BEGIN label-----} or its counterpart. */
    private String label(byte[] mark, Item item) throws Untrusted {
        int from = at + mark.length;
        int end = readLine();
        int to = end - DASHES.length;
        if (to <= from || !startsWith(to, end, DASHES)) {
            throw item.bad("its object is not framed as one");
        }
        return new String(source, from, to - from, StandardCharsets.UTF_8);
    }

    /** The same string for the same keyword, so that a long document does not make a million of them. */
    private String keyword(int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + source[i];
        }
        int slot = (hash ^ hash >>> 7) & (KEYWORDS - 1);
        String known = keywords[slot];
        if (known == null || !matches(known, from, to)) {
            known = new String(source, from, to - from, StandardCharsets.US_ASCII);
            keywords[slot] = known;
        }
        return known;
    }

    private boolean matches(String word, int from, int to) {
        if (word.length() != to - from) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (word.charAt(i - from) != source[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean startsWithKeyword(byte[] word) {
        return startsWith(at, limit, word)
                && (at + word.length == limit
                        || source[at + word.length] == '\n'
                        || Item.isBlank(source[at + word.length]));
    }

    private boolean startsWith(int from, int to, byte[] what) {
        return to - from >= what.length && Arrays.equals(source, from, from + what.length, what, 0, what.length);
    }

    private int newline(int from, int to) {
        for (int i = from; i < to; i++) {
            if (source[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private boolean isUtf8(int from, int to) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(source, from, to - from));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    private Untrusted wrong(String why) {
        return new Untrusted("line " + line + ": " + why);
    }

    private static boolean isKeyword(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '-';
    }

    /** MAX_LINE_LENGTH of C tor. */
    static final int MAX_LINE = 128 * 1024;

    /** MAX_UNPARSED_OBJECT_SIZE of C tor. */
    static final int MAX_OBJECT = 128 * 1024;

    /** Most objects are a key, a signature or a certificate. */
    private static final int OBJECT_EXPECTED = 512;

    /** A power of two well above the number of keywords in any document. */
    private static final int KEYWORDS = 256;

    private static final byte[] DASHES = "-----".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BEGIN = "-----BEGIN ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "-----END ".getBytes(StandardCharsets.US_ASCII);
}

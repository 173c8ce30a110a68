package io.allium.netdoc;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A keyword, its arguments and perhaps an object: the unit that all directory documents are made of. Knows where in the
 * source it stands, and reads its arguments as what they must be; when one is not, the {@link Untrusted} names line and
 * keyword. Confined to the parser that reads it.
 *
 * @spec dir-spec 1.2
 */
public final class Item {
    private final byte[] source;
    private final String keyword;
    private final int line;
    private final int start;
    private final int argumentsFrom;
    private final int lineEnd;
    private int end;
    private @Nullable String objectLabel;
    private byte[] object = NOTHING;
    private @Nullable List<String> arguments;

    Item(byte[] source, String keyword, int line, int start, int argumentsFrom, int lineEnd, int end) {
        this.source = source;
        this.keyword = keyword;
        this.line = line;
        this.start = start;
        this.argumentsFrom = argumentsFrom;
        this.lineEnd = lineEnd;
        this.end = end;
    }

    void attach(String label, byte[] decoded, int endOfObject) {
        objectLabel = label;
        object = decoded;
        end = endOfObject;
    }

    public String keyword() {
        return keyword;
    }

    public boolean is(String word) {
        return keyword.equals(word);
    }

    /** Whether this is an {@code @annotation}, which is a note of whoever stored the document and no part of it. */
    public boolean isAnnotation() {
        return keyword.charAt(0) == '@';
    }

    /** The number of the keyword line, from 1. */
    public int line() {
        return line;
    }

    /** Where the keyword begins in the source. */
    public int start() {
        return start;
    }

    /** Just past the keyword. */
    public int keywordEnd() {
        return start + keyword.length();
    }

    /** Just past the newline of the keyword line, where an object would begin. */
    public int lineEnd() {
        return Math.min(lineEnd + 1, source.length);
    }

    /** Just past the item's last newline, its object included. */
    public int end() {
        return end;
    }

    /** The label of the object, such as {@code RSA PUBLIC KEY}, or null if there is none. */
    public @Nullable String objectLabel() {
        return objectLabel;
    }

    /** The decoded object; empty if there is none. */
    public byte[] object() {
        return object;
    }

    public List<String> arguments() {
        List<String> known = arguments;
        if (known == null) {
            known = List.copyOf(split());
            arguments = known;
        }
        return known;
    }

    public int count() {
        return arguments().size();
    }

    /** The argument at {@code index}, from 0. */
    public String argument(int index) throws Untrusted {
        List<String> all = arguments();
        if (index >= all.size()) {
            throw bad("has " + all.size() + " arguments, needs " + (index + 1));
        }
        return all.get(index);
    }

    /** All after the keyword and the blanks that follow it, up to the end of the line. */
    public String rest() {
        return new String(source, argumentsFrom, lineEnd - argumentsFrom, StandardCharsets.UTF_8);
    }

    /** Like {@link #rest}, as bytes in place. */
    Slice restSlice() {
        return new Slice(source, argumentsFrom, lineEnd - argumentsFrom);
    }

    /** The keyword line as it stands, without its newline. */
    public String text() {
        return new String(source, start, lineEnd - start, StandardCharsets.UTF_8);
    }

    /** A decimal number between the bounds. */
    public long number(int index, long least, long most) throws Untrusted {
        return number(argument(index), least, most);
    }

    /** A decimal number that stands in one of the arguments. */
    long number(String text, long least, long most) throws Untrusted {
        int digits = text.startsWith("-") ? 1 : 0;
        if (text.length() == digits || text.length() > MAX_DIGITS) {
            throw bad("'" + text + "' is not a number");
        }
        for (int i = digits; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                throw bad("'" + text + "' is not a number");
            }
        }
        long value = Long.parseLong(text);
        if (value < least || value > most) {
            throw bad(text + " is not between " + least + " and " + most);
        }
        return value;
    }

    public int port(int index) throws Untrusted {
        return (int) number(index, 0, 0xffff);
    }

    public InetAddress ipv4(int index) throws Untrusted {
        String text = argument(index);
        if (text.indexOf(':') >= 0) {
            throw bad("'" + text + "' is not an IPv4 address");
        }
        try {
            return Endpoint.parseAddress(text);
        } catch (IllegalArgumentException notAnAddress) {
            throw bad("'" + text + "' is not an IPv4 address");
        }
    }

    public Endpoint endpoint(int index) throws Untrusted {
        try {
            return Endpoint.parse(argument(index));
        } catch (IllegalArgumentException notAnEndpoint) {
            throw bad("'" + argument(index) + "' is not an address and port");
        }
    }

    /** The two arguments {@code YYYY-MM-DD HH:MM:SS}, the first of them at {@code index}; UTC. */
    public Instant time(int index) throws Untrusted {
        try {
            return Timestamps.parse(argument(index), argument(index + 1));
        } catch (IllegalArgumentException notATime) {
            throw bad("'" + argument(index) + " " + argument(index + 1) + "' is not a time");
        }
    }

    /** So many bytes in base64, with or without its padding. */
    public byte[] base64(int index, int length) throws Untrusted {
        return base64(argument(index), length);
    }

    byte[] base64(String text, int length) throws Untrusted {
        try {
            byte[] decoded = Base64.getDecoder().decode(text);
            if (decoded.length == length) {
                return decoded;
            }
        } catch (IllegalArgumentException notBase64) {
            throw bad("'" + text + "' is not base64");
        }
        throw bad("'" + text + "' is not " + length + " bytes");
    }

    /** So many bytes in hexadecimal of either case. */
    public byte[] hex(int index, int length) throws Untrusted {
        return hex(argument(index), length);
    }

    byte[] hex(String text, int length) throws Untrusted {
        try {
            if (text.length() == 2 * length) {
                return HexFormat.of().parseHex(text);
            }
        } catch (IllegalArgumentException notHex) {
            throw bad("'" + text + "' is not hexadecimal");
        }
        throw bad("'" + text + "' is not " + length + " bytes in hexadecimal");
    }

    /** The error to throw when something about this item is wrong: {@code "line 7, published: 'x' is not a time"}. */
    public Untrusted bad(String why) {
        return new Untrusted("line " + line + ", " + abbreviated(keyword) + ": " + abbreviated(why));
    }

    /** A line may hold a hundred thousand bytes, which no log shall repeat. */
    private static String abbreviated(String text) {
        return text.length() <= QUOTED_MAX ? text : text.substring(0, QUOTED_MAX) + "…";
    }

    @Override
    public String toString() {
        return "line " + line + ", " + keyword;
    }

    private List<String> split() {
        List<String> words = new ArrayList<>();
        int at = argumentsFrom;
        while (at < lineEnd) {
            int from = at;
            while (at < lineEnd && !isBlank(source[at])) {
                at++;
            }
            words.add(new String(source, from, at - from, StandardCharsets.UTF_8));
            while (at < lineEnd && isBlank(source[at])) {
                at++;
            }
        }
        return words;
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** Room for whatever arguments honest documents have. */
    private static final int QUOTED_MAX = 500;

    /** Every number of this length fits a long. */
    private static final int MAX_DIGITS = 18;

    private static final byte[] NOTHING = {};
}

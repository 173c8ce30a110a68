package io.allium.sim;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What web servers of a simulation serve: bytes of which each line of 64 says which page it belongs to and where it
 * stands there, so that whoever reads sees at once what is lost, doubled or out of place. Each line begins with the same
 * words, which nobody but server and reader may ever see. Immutable.
 */
final class Page {
    /** What an eavesdropper looks for. */
    static final byte[] MARKER = "plain text seen\n".getBytes(StandardCharsets.US_ASCII);

    /** How far the marker may be moved on when it ends in this byte and does not fit. */
    private static final int[] SKIP = skips();

    private static final int LINE = 64;
    private static final int NUMBER = 16; // a long in hex
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final long id;
    private final int length;

    /** A page is a function of its number and its length. */
    Page(long id, int length) {
        this.id = id;
        this.length = length;
    }

    int length() {
        return length;
    }

    /** Its path on a server. */
    String path() {
        return "/" + Long.toHexString(id) + "/" + length;
    }

    /** The page that a path names. */
    static Page at(String path) {
        String[] parts = path.split("/", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("no page is at " + path);
        }
        return new Page(Long.parseUnsignedLong(parts[1], 16), Integer.parseInt(parts[2]));
    }

    /** The bytes of it from {@code offset} on, at most {@code count}. */
    byte[] bytes(int offset, int count) {
        int end = Math.min(length, offset + count);
        int first = offset / LINE;
        int lines = (end + LINE - 1) / LINE - first;
        byte[] text = new byte[Math.max(0, lines) * LINE];
        for (int i = 0; i < lines; i++) {
            line(text, i * LINE, first + i);
        }
        byte[] part = new byte[Math.max(0, end - offset)];
        System.arraycopy(text, offset - first * LINE, part, 0, part.length);
        return part;
    }

    /** Whether a line of any page can be read somewhere in these bytes: Horspool's search for what lines begin with. */
    static boolean isReadableIn(byte[] bytes) {
        int last = MARKER.length - 1;
        int at = last;
        while (at < bytes.length) {
            int same = 0;
            while (same <= last && bytes[at - same] == MARKER[last - same]) {
                same++;
            }
            if (same > last) {
                return true;
            }
            at += SKIP[bytes[at] & 0xff];
        }
        return false;
    }

    private static int[] skips() {
        int[] skips = new int[256];
        Arrays.fill(skips, MARKER.length);
        for (int i = 0; i < MARKER.length - 1; i++) {
            skips[MARKER[i]] = MARKER.length - 1 - i;
        }
        return skips;
    }

    private void line(byte[] into, int at, long number) {
        System.arraycopy(MARKER, 0, into, at, MARKER.length);
        hex(into, at + NUMBER, id);
        hex(into, at + 2 * NUMBER, number);
        hex(into, at + 3 * NUMBER, (id + number) * 0x9e3779b97f4a7c15L); // so that no two lines are alike in their ends
    }

    private static void hex(byte[] into, int at, long value) {
        for (int i = 0; i < NUMBER; i++) {
            into[at + i] = DIGITS[(int) (value >>> 4 * (NUMBER - 1 - i)) & 0xf];
        }
    }
}

package io.allium.netdoc;

import io.allium.base.Untrusted;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The lines of a text, numbered from 1 as editors do. Immutable as long as nobody writes to the array. */
final class TextLines {
    private static final int NEWLINE = '\n';

    private final byte[] text;
    private final int[] starts; // of each line, and where one more would begin

    private TextLines(byte[] text, int[] starts) {
        this.text = text;
        this.starts = starts;
    }

    /** Every line must end as lines do, the last one too. */
    static TextLines of(Slice document) throws Untrusted {
        byte[] text = document.offset() == 0 && document.length() == document.array().length
                ? document.array()
                : document.bytes();
        if (text.length > 0 && text[text.length - 1] != NEWLINE) {
            throw new Untrusted("the last line has no end");
        }
        int[] starts = new int[text.length / 16 + 2];
        int count = 1;
        for (int i = 0; i < text.length; i++) {
            if (text[i] == NEWLINE) {
                if (count == starts.length) {
                    starts = Arrays.copyOf(starts, 2 * count);
                }
                starts[count++] = i + 1;
            }
        }
        return new TextLines(text, Arrays.copyOf(starts, count));
    }

    int count() {
        return starts.length - 1;
    }

    /** The bytes of the lines from {@code first} to {@code last}, with their ends; none if it is one less. */
    Slice range(int first, int last) {
        int from = starts[first - 1];
        return new Slice(text, from, starts[last] - from);
    }

    /** How many bytes a line has, without its end. */
    int length(int line) {
        return starts[line] - starts[line - 1] - 1;
    }

    /** A line without its end. */
    String line(int line) {
        return new String(text, starts[line - 1], length(line), StandardCharsets.ISO_8859_1);
    }

    boolean is(int line, String wanted) {
        return length(line) == wanted.length() && beginsWith(line, wanted);
    }

    boolean beginsWith(int line, String prefix) {
        if (length(line) < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (text[starts[line - 1] + i] != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a line here is the same as one there. */
    boolean same(int line, TextLines other, int there) {
        return Arrays.equals(
                text, starts[line - 1], starts[line], other.text, other.starts[there - 1], other.starts[there]);
    }
}

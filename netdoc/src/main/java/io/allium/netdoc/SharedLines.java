package io.allium.netdoc;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The values of lines that many relays share, each made once. Confined to one reading.
 *
 * @param <T> the value
 */
final class SharedLines<T> {
    private final byte[] keyword;
    private final Map<Slice, T> known = new HashMap<>(); // looked up, never iterated
    private final Function<Slice, T> make;
    private @Nullable Slice last;
    private @Nullable T lastValue;

    /** @param make takes the line with its newline and gives its value */
    SharedLines(String keyword, Function<Slice, T> make) {
        this.keyword = PlainText.bytes(keyword + " ");
        this.make = make;
    }

    /** The value of the next line if it has the keyword, or {@code otherwise}. */
    T read(PlainText text, T otherwise) {
        Slice before = last;
        T value = lastValue;
        if (before != null && value != null && text.repeats(before)) {
            return value;
        }
        if (!text.sees(keyword)) {
            return otherwise;
        }
        Slice line = text.line();
        if (text.failed() || isBlankAfter(line)) {
            text.fail();
            return otherwise;
        }
        T found = known.computeIfAbsent(line, make);
        last = line;
        lastValue = found;
        return found;
    }

    /** More blanks after the keyword belong to it. */
    private boolean isBlankAfter(Slice line) {
        return line.array()[line.offset() + keyword.length] == ' ';
    }
}

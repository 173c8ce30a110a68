package io.allium.control;

import io.allium.base.ProtocolViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The arguments {@code Key}, {@code Key=value} and {@code Key="value"} of a command. */
public final class ControlWords {
    /** One of them. */
    public record Word(String key, Optional<String> value) {
        /** Whether this is its key, which controllers write in letters of either case. */
        public boolean is(String name) {
            return key.equalsIgnoreCase(name);
        }

        /** The value; empty where there is none. */
        public String text() {
            return value.orElse("");
        }
    }

    private ControlWords() {}

    public static List<Word> parse(String arguments) throws ProtocolViolation {
        List<Word> words = new ArrayList<>();
        int at = 0;
        while (at < arguments.length()) {
            if (isBetween(arguments.charAt(at))) {
                at++;
                continue;
            }
            int begin = at;
            while (at < arguments.length() && !isBetween(arguments.charAt(at)) && arguments.charAt(at) != '=') {
                at++;
            }
            String key = arguments.substring(begin, at);
            if (!isPlain(key)) {
                throw new ProtocolViolation("a key must be plain ASCII");
            }
            if (at == arguments.length() || isBetween(arguments.charAt(at))) {
                words.add(new Word(key, Optional.empty()));
                continue;
            }
            int end = valueEnd(arguments, at + 1);
            String value = arguments.substring(at + 1, end);
            words.add(new Word(key, Optional.of(value.startsWith("\"") ? CString.unescape(value) : value)));
            at = end;
        }
        return words;
    }

    /** Whether it is plain ASCII without quotes, as keys must be, and values that are not quoted as a whole. */
    static boolean isPlain(String word) {
        return word.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\'');
    }

    private static int valueEnd(String arguments, int from) throws ProtocolViolation {
        if (from < arguments.length() && arguments.charAt(from) == '"') {
            int end = CString.end(arguments, from);
            if (end < 0) {
                throw new ProtocolViolation("a quoted string does not end");
            }
            return end; // as with C tor, the next word may begin right here
        }
        int end = from;
        while (end < arguments.length() && !isBetween(arguments.charAt(end))) {
            end++;
        }
        return end;
    }

    /** Whether it stands between arguments: C tor takes every blank but the form feed so. */
    private static boolean isBetween(char c) {
        return ControlText.isBlank(c) && c != '\f';
    }
}

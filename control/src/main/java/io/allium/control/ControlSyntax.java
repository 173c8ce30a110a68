package io.allium.control;

import io.allium.base.ProtocolViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a command's arguments look like: so many words, and behind them perhaps {@code Key=value} and flags. Immutable.
 *
 * @param least how many words there must be
 * @param most how many there may be
 * @param behind what may follow these words
 * @param known the only keys that may follow, in capitals; empty where any may, which then do nothing unless they are asked for
 * @spec control-spec 2.3
 */
public record ControlSyntax(int least, int most, Behind behind, Set<String> known) {
    /** What may follow the words. */
    public enum Behind {
        NOTHING,
        /** {@code Key=value}. */
        KEYWORDS,
        /** {@code Key=value}, or a word alone. */
        FLAGS
    }

    /** So many words and nothing behind them. */
    public static ControlSyntax words(int least, int most) {
        return new ControlSyntax(least, most, Behind.NOTHING, Set.of());
    }

    /** The same, and each further argument is {@code Key=value}. */
    public ControlSyntax withKeywords() {
        return new ControlSyntax(least, most, Behind.KEYWORDS, Set.of());
    }

    /** The same with these keys alone, which are given in capitals. */
    public ControlSyntax withKeywords(Set<String> keys) {
        return new ControlSyntax(least, most, Behind.KEYWORDS, Set.copyOf(keys));
    }

    /** The same, and each further argument is {@code Key=value} or a word alone. */
    public ControlSyntax withFlags() {
        return new ControlSyntax(least, most, Behind.FLAGS, Set.of());
    }

    /**
     * The arguments of a command that has these.
     *
     * @throws ControlRefusal where they look otherwise: what C tor says of it
     */
    public ControlArguments of(ControlCommand command) throws ControlRefusal {
        try {
            return read(command);
        } catch (ProtocolViolation malformed) {
            String name = (command.data().isEmpty() ? "" : "+") + command.name();
            throw new ControlRefusal(
                    ControlReply.BAD_ARGUMENT, "Bad arguments to " + name + ": " + malformed.getMessage());
        }
    }

    /** @throws ProtocolViolation where they look otherwise; the message is what C tor says of it */
    ControlArguments read(ControlCommand command) throws ProtocolViolation {
        List<String> words = new ArrayList<>();
        String arguments = command.arguments();
        int at = 0;
        while (at < arguments.length() && words.size() < most) {
            int space = arguments.indexOf(' ', at);
            int end = space < 0 ? arguments.length() : space;
            String word = ControlText.strip(arguments.substring(at, end));
            if (!word.isEmpty()) {
                words.add(word);
            }
            at = Math.min(end + 1, arguments.length());
        }
        String rest = ControlText.strip(arguments.substring(at));
        if (words.size() < least) {
            throw new ProtocolViolation("Need at least " + least + " argument(s)");
        }
        if (rest.isEmpty()) {
            return new ControlArguments(words, List.of());
        }
        if (behind == Behind.NOTHING) {
            throw new ProtocolViolation("Cannot accept more than " + most + " argument(s)");
        }
        return new ControlArguments(words, keywords(rest));
    }

    private List<ControlWords.Word> keywords(String rest) throws ProtocolViolation {
        List<ControlWords.Word> keywords = new ArrayList<>();
        for (String argument : rest.split("\\s+")) {
            int equals = argument.indexOf('=');
            String key = equals < 0 ? argument : argument.substring(0, equals);
            String value = argument.substring(key.length() + (equals < 0 ? 0 : 1));
            boolean plain = ControlWords.isPlain(key) && ControlWords.isPlain(value);
            if (key.isEmpty() || !plain || equals < 0 && behind != Behind.FLAGS) {
                throw new ProtocolViolation("Cannot parse keyword argument(s)");
            }
            if (!known.isEmpty() && !known.contains(key.toUpperCase(Locale.ROOT))) {
                throw new ProtocolViolation("Unrecognized keyword argument " + CString.quote(key));
            }
            keywords.add(new ControlWords.Word(key, equals < 0 ? Optional.empty() : Optional.of(value)));
        }
        return keywords;
    }
}

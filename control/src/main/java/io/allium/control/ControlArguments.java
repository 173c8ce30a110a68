package io.allium.control;

import java.util.List;
import java.util.Optional;

/**
 * A command's arguments as its {@link ControlSyntax} has them. Immutable.
 *
 * @param words those that stand for themselves, as many as the syntax wants
 * @param keywords what follows them, in its order
 */
public record ControlArguments(List<String> words, List<ControlWords.Word> keywords) {
    public ControlArguments {
        words = List.copyOf(words);
        keywords = List.copyOf(keywords);
    }

    public String word(int index) {
        return words.get(index);
    }

    /** The value of the first argument with this key, whatever its case. */
    public Optional<String> keyword(String key) {
        return keywords.stream()
                .filter(word -> word.key().equalsIgnoreCase(key))
                .findFirst()
                .flatMap(ControlWords.Word::value);
    }

    /** Whether this word stands there, whatever its case. */
    public boolean hasFlag(String flag) {
        return keywords.stream()
                .anyMatch(word ->
                        word.key().equalsIgnoreCase(flag) && word.value().isEmpty());
    }
}

package io.allium.app;

import io.allium.base.TorException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What GETINFO can be asked, each key with its answer and a line that explains it. Built once, then only read.
 *
 * @spec control-spec 3.9
 */
final class GetInfo {
    /** Gives the answer when it is asked for. */
    interface Answer {
        String get() throws TorException, InterruptedException;
    }

    /** The same for keys that share a beginning. */
    interface PrefixAnswer {
        /** The answer for the rest of the key, or nothing if there is no such key. */
        Optional<String> get(String rest) throws TorException, InterruptedException;
    }

    private record Key(String explanation, PrefixAnswer answer) {}

    private final Map<String, Key> keys = new TreeMap<>();

    GetInfo key(String name, String explanation, Answer answer) {
        keys.put(name, new Key(explanation, rest -> Optional.of(answer.get())));
        return this;
    }

    /** All keys that begin with {@code prefix}, which ends with a slash. */
    GetInfo prefix(String prefix, String explanation, PrefixAnswer answer) {
        keys.put(prefix + "*", new Key(explanation, answer));
        return this;
    }

    /**
     * The value of a key, or nothing if it is unknown.
     *
     * @throws TorException where the key is known and has no value now
     */
    Optional<String> answer(String name) throws TorException, InterruptedException {
        Key exact = name.endsWith("*") ? null : keys.get(name);
        if (exact != null) {
            return exact.answer().get("");
        }
        for (int slash = name.lastIndexOf('/'); slash >= 0; slash = name.lastIndexOf('/', slash - 1)) {
            Key prefix = keys.get(name.substring(0, slash + 1) + "*");
            if (prefix != null) {
                return prefix.answer().get(name.substring(slash + 1));
            }
        }
        return Optional.empty();
    }

    /** What {@code info/names} answers. */
    String names() {
        return keys.entrySet().stream()
                .map(key -> key.getKey() + " -- " + key.getValue().explanation() + "\n")
                .collect(Collectors.joining());
    }
}

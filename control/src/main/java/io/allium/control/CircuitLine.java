package io.allium.control;

import io.allium.base.ProtocolViolation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A circuit as a controller is told of it. Immutable.
 *
 * @param path its relays, the guard first; those that it has reached
 * @param fields what else is said, by its keyword, in the order in which it is
 * @spec control-spec 4.1.1
 */
public record CircuitLine(String id, Status status, List<Hop> path, Map<String, String> fields) {
    /** How far it has come. */
    public enum Status {
        LAUNCHED,
        BUILT,
        GUARD_WAIT,
        EXTENDED,
        FAILED,
        CLOSED,
        /** A word that we don't know. */
        OTHER;

        static Status named(String word) {
            return Arrays.stream(values())
                    .filter(status -> status.name().equals(word))
                    .findFirst()
                    .orElse(OTHER);
        }
    }

    /**
     * A relay on its path.
     *
     * @param fingerprint in capitals, without a dollar sign
     */
    public record Hop(String fingerprint, Optional<String> nickname) {
        static Hop parse(String text) throws ProtocolViolation {
            if (!text.matches("\\$[0-9A-Fa-f]{40}([~=].*)?")) {
                throw new ProtocolViolation("no relay of a path: " + CString.quote(text));
            }
            Optional<String> nickname = text.length() > 42 ? Optional.of(text.substring(42)) : Optional.empty();
            return new Hop(text.substring(1, 41), nickname);
        }
    }

    public CircuitLine {
        path = List.copyOf(path);
        fields = LineFields.copy(fields);
    }

    /** Reads a line of {@code circuit-status}, or what stands behind the name of the event. */
    public static CircuitLine parse(String line) throws ProtocolViolation {
        String[] words = line.split(" ", 4);
        if (words.length < 2) {
            throw new ProtocolViolation("a circuit without a status: " + CString.quote(line));
        }
        boolean hasPath = words.length > 2 && words[2].startsWith("$");
        List<Hop> path = new ArrayList<>();
        if (hasPath) {
            for (String hop : words[2].split(",", -1)) {
                path.add(Hop.parse(hop));
            }
        }
        int skipped = words[0].length() + 1 + words[1].length() + (hasPath ? words[2].length() + 1 : 0);
        return new CircuitLine(words[0], Status.named(words[1]), path, LineFields.parse(line.substring(skipped)));
    }

    public Optional<String> field(String keyword) {
        return Optional.ofNullable(fields.get(keyword));
    }

    /** What it is for: {@code GENERAL}, {@code HS_CLIENT_REND} …; empty where that is not said. */
    public String purpose() {
        return field("PURPOSE").orElse("");
    }

    /** The last relay of its path. */
    public Optional<Hop> end() {
        return path.isEmpty() ? Optional.empty() : Optional.of(path.getLast());
    }
}

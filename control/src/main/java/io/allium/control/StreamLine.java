package io.allium.control;

import io.allium.base.ProtocolViolation;
import java.util.Map;
import java.util.Optional;

/**
 * A stream as a controller is told of it. Immutable.
 *
 * @param status {@code NEW}, {@code SENTCONNECT}, {@code SUCCEEDED}, {@code CLOSED} …
 * @param circuit the circuit that it is attached to
 * @param target where to, as {@code host:port}
 * @param fields what else is said, by its keyword, in the order in which it is
 * @spec control-spec 4.1.2
 */
public record StreamLine(
        String id, String status, Optional<String> circuit, String target, Map<String, String> fields) {
    private static final String UNATTACHED = "0";
    private static final int WORDS = 4;

    public StreamLine {
        fields = LineFields.copy(fields);
    }

    /** Reads a line of {@code stream-status}, or what stands behind the name of the event. */
    public static StreamLine parse(String line) throws ProtocolViolation {
        String[] words = line.split(" ", WORDS + 1);
        if (words.length < WORDS) {
            throw new ProtocolViolation("a stream without status, circuit and target: " + CString.quote(line));
        }
        Optional<String> circuit = words[2].equals(UNATTACHED) ? Optional.empty() : Optional.of(words[2]);
        String rest = words.length > WORDS ? words[WORDS] : "";
        return new StreamLine(words[0], words[1], circuit, words[3], LineFields.parse(rest));
    }

    public Optional<String> field(String keyword) {
        return Optional.ofNullable(fields.get(keyword));
    }
}

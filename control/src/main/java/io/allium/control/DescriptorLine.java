package io.allium.control;

import io.allium.base.ProtocolViolation;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of an onion service's descriptor, as a controller is told of it. Immutable.
 *
 * @param action {@code CREATED}, {@code UPLOAD}, {@code UPLOADED}, {@code REQUESTED}, {@code RECEIVED}, {@code FAILED} …
 * @param service the service's address without {@code .onion}; {@code UNKNOWN} where it is not known
 * @param directory the relay that has it or is asked for it; {@code UNKNOWN} where there is none
 * @param descriptor the blinded key that it is stored under
 * @param fields what else is said, by its keyword, in the order in which it is
 * @spec control-spec 4.1.25
 */
public record DescriptorLine(
        String action, String service, String directory, Optional<String> descriptor, Map<String, String> fields) {
    private static final int WORDS = 4;

    public DescriptorLine {
        fields = LineFields.copy(fields);
    }

    /** Reads what stands behind the name of the event. */
    static DescriptorLine parse(String text) throws ProtocolViolation {
        String[] words = text.split(" ", WORDS + 1);
        if (words.length < WORDS) {
            throw new ProtocolViolation("a descriptor without action, service and directory: " + CString.quote(text));
        }
        String rest = words.length > WORDS ? words[WORDS] : "";
        String first = rest.split(" ", 2)[0];
        Optional<String> descriptor =
                first.isEmpty() || first.indexOf('=') >= 0 ? Optional.empty() : Optional.of(first);
        return new DescriptorLine(words[0], words[1], words[3], descriptor, LineFields.parse(rest));
    }

    public Optional<String> field(String keyword) {
        return Optional.ofNullable(fields.get(keyword));
    }
}

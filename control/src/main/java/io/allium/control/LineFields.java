package io.allium.control;

import io.allium.base.ProtocolViolation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The {@code KEYWORD=value} at the end of lines about circuits and streams. Pure functions. */
final class LineFields {
    private LineFields() {}

    /** Words without a value are passed over, as control-spec wants of what we don't know. */
    static Map<String, String> parse(String text) throws ProtocolViolation {
        Map<String, String> fields = new LinkedHashMap<>();
        for (ControlWords.Word word : ControlWords.parse(text)) {
            word.value().ifPresent(value -> fields.put(word.key(), value));
        }
        return fields;
    }

    /** An unmodifiable copy that keeps the order. */
    static Map<String, String> copy(Map<String, String> fields) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }
}

package io.allium.directory;

import java.util.Map;
import java.util.TreeMap;

/** The {@code params} of one consensus. Immutable. */
public final class Parameters {
    /** Every parameter has its standard value: there is no consensus. */
    public static final Parameters STANDARD = new Parameters(Map.of());

    private final Map<String, Integer> listed;

    public Parameters(Map<String, Integer> listed) {
        this.listed = new TreeMap<>(listed);
    }

    /** The value, within its bounds. */
    public int get(Parameter parameter) {
        Integer value = listed.get(parameter.name());
        return value == null ? parameter.standard() : parameter.clamp(value);
    }

    /** Whether the value is not 0. */
    public boolean isOn(Parameter parameter) {
        return get(parameter) != 0;
    }
}

package io.allium.control;

import java.util.List;

/**
 * One command of a controller. Immutable.
 *
 * @param name in capitals
 * @param arguments the rest of its line
 * @param data the block that followed a command with {@code +}; empty otherwise
 */
public record ControlCommand(String name, String arguments, String data) {
    /** The arguments as words; quoted strings are not looked at. */
    public List<String> words() {
        return arguments.isBlank() ? List.of() : List.of(arguments.strip().split("\\s+"));
    }
}

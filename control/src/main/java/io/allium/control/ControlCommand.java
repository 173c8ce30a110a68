package io.allium.control;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One command of a controller. Immutable.
 *
 * @param name in capitals
 * @param arguments the rest of its line
 * @param data the block that followed a command with {@code +}; empty otherwise
 * @param written the name as the controller wrote it, with the sign that a block follows
 */
public record ControlCommand(String name, String arguments, String data, String written) {
    /** Those that are nothing without a block, as all others are nothing with one. */
    private static final Set<String> OF_DATA = Set.of("LOADCONF", "POSTDESCRIPTOR", "HSPOST");

    /** One that has a block if that has any content. */
    public ControlCommand(String name, String arguments, String data) {
        this(name, arguments, data, (data.isEmpty() ? "" : "+") + name);
    }

    /** The arguments as words, between which a space stands, be there other blanks or none; quoted strings are not looked at. */
    public List<String> words() {
        return Stream.of(arguments.split(" "))
                .map(ControlText::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Whether it has a block exactly if it needs one. */
    boolean isWhole() {
        return written.startsWith("+") == OF_DATA.contains(name);
    }
}

package io.allium.netdoc;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The flags of a relay: those that we know, and the names of any others, which authorities may yet agree on. Immutable;
 * in the order of their names.
 */
public final class FlagSet {
    private static final FlagSet NONE = new FlagSet(List.of());

    private final List<String> names;
    private final int known;

    private FlagSet(List<String> names) {
        int bits = 0;
        for (String name : names) {
            RouterFlag flag = RouterFlag.named(name);
            bits |= flag == null ? 0 : bit(flag);
        }
        this.names = names;
        this.known = bits;
    }

    public static FlagSet none() {
        return NONE;
    }

    /** The flags of these names; their order and repetitions don't matter. */
    public static FlagSet ofNames(Collection<String> names) {
        return new FlagSet(List.copyOf(new TreeSet<>(names)));
    }

    public static FlagSet of(RouterFlag... flags) {
        TreeSet<String> names = new TreeSet<>();
        for (RouterFlag flag : flags) {
            names.add(flag.text());
        }
        return new FlagSet(List.copyOf(names));
    }

    public boolean has(RouterFlag flag) {
        return (known & bit(flag)) != 0;
    }

    @SuppressWarnings("EnumOrdinal") // the bits live in memory alone, where the order of the flags does not change
    private static int bit(RouterFlag flag) {
        return 1 << flag.ordinal();
    }

    /** Sorted, without repetitions. */
    public List<String> names() {
        return names;
    }

    /** The names with a space between them, as in an {@code s} line. */
    public String text() {
        return String.join(" ", names);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FlagSet that && names.equals(that.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return text();
    }
}

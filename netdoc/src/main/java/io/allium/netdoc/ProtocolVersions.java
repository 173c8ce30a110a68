package io.allium.netdoc;

import io.allium.base.Untrusted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which versions of which subprotocols a relay speaks, as in {@code Cons=1-2 Link=4-5}. A version is between 0 and 63,
 * so that a protocol's versions are the bits of a long. Immutable; written in the order of the names.
 *
 * @spec tor-spec 9
 */
public final class ProtocolVersions {
    private static final ProtocolVersions NONE = new ProtocolVersions(new TreeMap<>());

    private final SortedMap<String, Long> versions;

    private ProtocolVersions(SortedMap<String, Long> versions) {
        this.versions = Collections.unmodifiableSortedMap(versions);
    }

    public static ProtocolVersions none() {
        return NONE;
    }

    /** Reads {@code Name=1-3,5 Other=2}; an entry without versions is kept as one that supports none. */
    public static ProtocolVersions parse(String text) throws Untrusted {
        TreeMap<String, Long> versions = new TreeMap<>();
        for (String entry : text.split(" ")) {
            if (!entry.isEmpty()) {
                parseEntry(entry, versions);
            }
        }
        return versions.isEmpty() ? NONE : new ProtocolVersions(versions);
    }

    /** Like {@link #parse}, for text that the program itself contains. */
    public static ProtocolVersions of(String text) {
        try {
            return parse(text);
        } catch (Untrusted malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }

    /** From the bits of each protocol's versions. */
    public static ProtocolVersions ofBits(SortedMap<String, Long> versions) {
        return versions.isEmpty() ? NONE : new ProtocolVersions(new TreeMap<>(versions));
    }

    public boolean isEmpty() {
        return versions.isEmpty();
    }

    /** Whether version {@code version} of protocol {@code name} is among them. */
    public boolean supports(String name, int version) {
        return version >= 0 && version <= MAX_VERSION && (bits(name) & 1L << version) != 0;
    }

    /** Whether this version of the protocol, or any later one, is among them. */
    public boolean supportsFrom(String name, int version) {
        return version >= 0 && version <= MAX_VERSION && bits(name) >>> version != 0;
    }

    /** Whether all that {@code required} lists is among them. */
    public boolean contains(ProtocolVersions required) {
        return required.minus(this).isEmpty();
    }

    /** What is in this one and not in the other: what a relay lacks. */
    public ProtocolVersions minus(ProtocolVersions other) {
        TreeMap<String, Long> left = new TreeMap<>();
        versions.forEach((name, bits) -> {
            long remaining = bits & ~other.bits(name);
            if (remaining != 0) {
                left.put(name, remaining);
            }
        });
        return ofBits(left);
    }

    /** The protocols and, as bits, their versions. */
    public SortedMap<String, Long> bits() {
        return versions;
    }

    /** As a {@code proto} or {@code pr} line writes it, shortest and sorted. */
    public String text() {
        List<String> entries = new ArrayList<>();
        versions.forEach((name, bits) -> entries.add(name + "=" + ranges(bits)));
        return String.join(" ", entries);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProtocolVersions that && versions.equals(that.versions);
    }

    @Override
    public int hashCode() {
        return versions.hashCode();
    }

    @Override
    public String toString() {
        return text();
    }

    private long bits(String name) {
        Long bits = versions.get(name);
        return bits == null ? 0 : bits;
    }

    private static void parseEntry(String entry, SortedMap<String, Long> into) throws Untrusted {
        int equals = entry.indexOf('=');
        if (equals <= 0) {
            throw new Untrusted("'" + entry + "' is not NAME=VERSIONS");
        }
        String name = entry.substring(0, equals);
        if (name.length() > MAX_NAME || !isName(name)) {
            throw new Untrusted("'" + name + "' is not the name of a protocol");
        }
        String list = entry.substring(equals + 1);
        long bits = 0;
        for (String range : list.isEmpty() ? new String[0] : list.split(",", -1)) {
            bits |= parseRange(range, entry);
        }
        into.merge(name, bits, (before, more) -> before | more);
    }

    private static long parseRange(String range, String entry) throws Untrusted {
        int dash = range.indexOf('-');
        int low = version(dash < 0 ? range : range.substring(0, dash), entry);
        int high = dash < 0 ? low : version(range.substring(dash + 1), entry);
        if (low > high) {
            throw new Untrusted("'" + entry + "': a range ends before it begins");
        }
        return -1L >>> (MAX_VERSION - (high - low)) << low;
    }

    private static int version(String text, String entry) throws Untrusted {
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || value > MAX_VERSION) {
                throw new Untrusted("'" + entry + "': '" + text + "' is not a version");
            }
            value = value * 10 + (c - '0');
        }
        if (text.isEmpty() || value > MAX_VERSION) {
            throw new Untrusted("'" + entry + "': '" + text + "' is not a version from 0 to " + MAX_VERSION);
        }
        return value;
    }

    private static boolean isName(String name) {
        return name.chars()
                .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-');
    }

    private static String ranges(long bits) {
        List<String> ranges = new ArrayList<>();
        for (int low = 0; low <= MAX_VERSION; low++) {
            if ((bits & 1L << low) != 0) {
                int high = low;
                while (high < MAX_VERSION && (bits & 1L << high + 1) != 0) {
                    high++;
                }
                ranges.add(low == high ? Integer.toString(low) : low + "-" + high);
                low = high;
            }
        }
        return String.join(",", ranges);
    }

    /** Versions above this are no longer allowed (proposal 346). */
    public static final int MAX_VERSION = 63;

    /** MAX_PROTOCOL_NAME_LENGTH of C tor. */
    private static final int MAX_NAME = 100;
}

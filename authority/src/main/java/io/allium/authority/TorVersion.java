package io.allium.authority;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A version of Tor, such as {@code 0.4.9.11} or {@code 0.4.8.0-alpha-dev}, in the order in which they were released.
 *
 * @spec version-spec 2
 */
public record TorVersion(int major, int minor, int micro, int stage, int patch, String tag)
        implements Comparable<TorVersion> {
    private static final int PRE = 0;
    private static final int RC = 1;
    private static final int RELEASE = 2;

    private static final Pattern FORM = Pattern.compile(
            "([0-9]{1,9})\\.([0-9]{1,9})(?:\\.([0-9]{1,9})(?:(\\.|pre|rc)([0-9]{1,9}))?)?(?:[-.]?([^\\s]*))?(?:\\s.*)?");

    private static final Comparator<TorVersion> RELEASED = Comparator.comparingInt(TorVersion::major)
            .thenComparingInt(TorVersion::minor)
            .thenComparingInt(TorVersion::micro)
            .thenComparingInt(TorVersion::stage)
            .thenComparingInt(TorVersion::patch)
            .thenComparing(TorVersion::tag);

    /** Version texts ascending, with or without {@code Tor} before them; what is no version comes last, in byte order. */
    static final Comparator<String> TEXT_ORDER = TorVersion::compareTexts;

    /** Reads a version, with or without {@code Tor} before it. */
    public static Optional<TorVersion> parse(String text) {
        String bare = text.regionMatches(true, 0, "Tor ", 0, 4) ? text.substring(4) : text;
        Matcher parts = FORM.matcher(bare);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return Optional.of(new TorVersion(
                Integer.parseInt(parts.group(1)),
                Integer.parseInt(parts.group(2)),
                number(parts.group(3)),
                stage(parts.group(4)),
                number(parts.group(5)),
                parts.group(6) == null ? "" : parts.group(6)));
    }

    /**
     * The version in a descriptor's platform line, {@code Tor 0.4.9.11 on Linux}; absent for other software and for what
     * cannot be read.
     */
    public static Optional<TorVersion> ofPlatform(String platform) {
        return platform.startsWith("Tor ") ? parse(platform.substring(4).strip()) : Optional.empty();
    }

    @Override
    public int compareTo(TorVersion other) {
        return RELEASED.compare(this, other);
    }

    private static int compareTexts(String a, String b) {
        Optional<TorVersion> first = parse(a);
        Optional<TorVersion> second = parse(b);
        if (first.isPresent() && second.isPresent()) {
            return first.get().compareTo(second.get());
        }
        if (first.isEmpty() && second.isEmpty()) {
            return a.compareTo(b);
        }
        return first.isPresent() ? -1 : 1;
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static int stage(@Nullable String mark) {
        if ("pre".equals(mark)) {
            return PRE;
        }
        return "rc".equals(mark) ? RC : RELEASE;
    }
}

package io.allium.app;

import io.allium.authority.TorVersion;
import java.util.List;
import java.util.Optional;

/**
 * How a version stands to those that the directory authorities recommend. Immutable.
 *
 * @spec dir-spec 3.4.1
 */
record VersionAdvice(String version, List<String> recommended) {
    /** How it stands, as C tor tells it. */
    enum Standing {
        RECOMMENDED,
        /** The authorities recommend none. */
        NO_OPINION,
        NEW,
        NEW_IN_SERIES,
        OBSOLETE,
        UNRECOMMENDED
    }

    VersionAdvice {
        recommended = List.copyOf(recommended);
    }

    Standing standing() {
        TorVersion mine = TorVersion.parse(version).orElseThrow();
        List<TorVersion> others = recommended.stream()
                .flatMap(text -> TorVersion.parse(text).stream())
                .toList();
        if (recommended.isEmpty()) {
            return Standing.NO_OPINION;
        }
        if (others.contains(mine)) {
            return Standing.RECOMMENDED;
        }
        boolean newer = others.stream().anyMatch(other -> other.compareTo(mine) > 0);
        boolean older = others.stream().anyMatch(other -> other.compareTo(mine) < 0);
        boolean series = others.stream().anyMatch(other -> sameSeries(mine, other));
        boolean newerInSeries = others.stream().anyMatch(other -> sameSeries(mine, other) && other.compareTo(mine) > 0);
        if (series && !newerInSeries && newer) {
            return Standing.NEW_IN_SERIES;
        }
        if (newer != older) {
            return newer ? Standing.OBSOLETE : Standing.NEW;
        }
        return Standing.UNRECOMMENDED;
    }

    /** What to tell the operator; nothing where all is well or nobody has an opinion. */
    Optional<String> text() {
        String list =
                ", according to the directory authorities. Recommended versions are: " + String.join(",", recommended);
        return switch (standing()) {
            case RECOMMENDED, NO_OPINION -> Optional.empty();
            case NEW ->
                Optional.of("This version of Tor (" + version + ") is newer than any recommended version" + list);
            case NEW_IN_SERIES ->
                Optional.of("This version of Tor (" + version + ") is newer than any recommended version in its series"
                        + list);
            case OBSOLETE -> Optional.of("Please upgrade! This version of Tor (" + version + ") is obsolete" + list);
            case UNRECOMMENDED ->
                Optional.of("Please upgrade! This version of Tor (" + version + ") is not recommended" + list);
        };
    }

    /** How it stands in the words of the control protocol's event DANGEROUS_VERSION. */
    String reason() {
        return switch (standing()) {
            case NEW, NEW_IN_SERIES -> "NEW";
            case OBSOLETE -> "OBSOLETE";
            case RECOMMENDED, NO_OPINION, UNRECOMMENDED -> "UNRECOMMENDED";
        };
    }

    private static boolean sameSeries(TorVersion one, TorVersion other) {
        return one.major() == other.major() && one.minor() == other.minor() && one.micro() == other.micro();
    }
}

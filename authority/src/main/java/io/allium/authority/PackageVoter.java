package io.allium.authority;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Recommended packages, which no authority lists any more: kept for methods before 34, that all compute the same.
 *
 * @spec dir-spec 3.8
 */
final class PackageVoter {
    /** Fewer authorities that list a version of a package are none. */
    private static final int ENOUGH = 3;

    private PackageVoter() {}

    /**
     * The lines that more than half of those list verbatim who list that version of that package.
     *
     * @param opinions the package lines of each vote, without their keyword
     */
    static List<String> agreed(List<List<String>> opinions) {
        Map<String, List<String>> byVersion = new TreeMap<>();
        for (List<String> opinion : opinions) {
            lastOfEach(opinion)
                    .forEach((version, line) -> byVersion
                            .computeIfAbsent(version, v -> new ArrayList<>())
                            .add(line));
        }
        List<String> agreed = new ArrayList<>();
        for (List<String> lines : byVersion.values()) {
            if (lines.size() >= ENOUGH) {
                agreed.addAll(Tally.saidMoreThan(lines.size() / 2, lines, Comparator.naturalOrder()));
            }
        }
        agreed.sort(null);
        return agreed;
    }

    private static Map<String, String> lastOfEach(List<String> lines) {
        Map<String, String> last = new TreeMap<>();
        for (String line : lines) {
            int name = line.indexOf(' ');
            int version = name < 0 ? -1 : line.indexOf(' ', name + 1);
            if (version > 0) {
                last.put(line.substring(0, version), line);
            }
        }
        return last;
    }
}

package io.allium.authority;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The network's parameters: for each that enough authorities set, the low median of what they set it to.
 *
 * @spec dir-spec 3.8
 */
final class ParameterVoter {
    /** So many votes are enough, however many authorities there are (proposal 178). */
    private static final int ENOUGH = 3;

    /** Parameters are sorted as {@code keyword=value}, so that {@code ab1} comes before {@code ab}. */
    static final Comparator<String> ORDER = Comparator.comparing(keyword -> keyword + "=");

    private ParameterVoter() {}

    /**
     * The agreed parameters in the order of the params line.
     *
     * @param authorities how many there are, whether they voted or not
     */
    static SortedMap<String, Integer> agreed(List<? extends Map<String, Integer>> opinions, int authorities) {
        SortedMap<String, List<Integer>> values = new TreeMap<>(ORDER);
        for (Map<String, Integer> opinion : opinions) {
            opinion.forEach((keyword, value) ->
                    values.computeIfAbsent(keyword, k -> new ArrayList<>()).add(value));
        }
        SortedMap<String, Integer> agreed = new TreeMap<>(ORDER);
        values.forEach((keyword, said) -> {
            if (said.size() > authorities / 2 || said.size() >= ENOUGH) {
                agreed.put(keyword, Tally.lowMedian(said));
            }
        });
        return agreed;
    }

    /** {@code keyword=value} pairs with spaces between. */
    static String text(SortedMap<String, Integer> parameters) {
        List<String> pairs = new ArrayList<>();
        parameters.forEach((keyword, value) -> pairs.add(keyword + "=" + value));
        return String.join(" ", pairs);
    }
}

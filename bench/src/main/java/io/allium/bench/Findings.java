package io.allium.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What was measured so far, in the order in which it was first met. Confined to the main thread. */
final class Findings {
    private final Map<Figure, Map<Implementation, List<Double>>> values = new LinkedHashMap<>();
    private final Map<String, Map<Implementation, double[]>> distributions = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    void add(Figure figure, Implementation implementation, double value) {
        values.computeIfAbsent(figure, first -> new EnumMap<>(Implementation.class))
                .computeIfAbsent(implementation, first -> new ArrayList<>())
                .add(value);
    }

    /** All samples of something that is drawn as a distribution; kept sorted, and joined to those of earlier runs. */
    void addDistribution(String what, Implementation implementation, double[] samples) {
        distributions
                .computeIfAbsent(what, first -> new EnumMap<>(Implementation.class))
                .merge(implementation, sorted(samples), (earlier, more) -> sorted(joined(earlier, more)));
    }

    /**
     * Whose processor time a load took, beside the figures: as long as the generator's share is small, they are of the
     * networks.
     */
    void addShares(String scenario, Implementation implementation, Load load) {
        note(String.format(
                Locale.ROOT,
                "%s, %s: the generator had %.0f %% of all processor time. Relays' threads: %s. Client's threads: %s.",
                scenario,
                implementation.title(),
                load.generatorShare() * 100,
                load.relayThreads(),
                load.clientThreads()));
    }

    void fail(String scenario, String why) {
        failures.add(scenario + ": " + why);
    }

    /** Something that a reader of the figures should know. */
    void note(String note) {
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    List<Figure> figures() {
        return List.copyOf(values.keySet());
    }

    /** The runs' values in their order. */
    List<Double> values(Figure figure, Implementation implementation) {
        return values.getOrDefault(figure, Map.of()).getOrDefault(implementation, List.of());
    }

    /** The median of the runs, or nothing where it was not measured. */
    OptionalDouble median(Figure figure, Implementation implementation) {
        double[] sorted = sorted(values(figure, implementation).stream()
                .mapToDouble(Double::doubleValue)
                .toArray());
        if (sorted.length == 0) {
            return OptionalDouble.empty();
        }
        int middle = sorted.length / 2;
        return OptionalDouble.of(sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }

    Map<String, Map<Implementation, double[]>> distributions() {
        return distributions;
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    /** The value below which {@code share} of the samples lie, by the nearest rank. */
    static double quantile(double[] samples, double share) {
        double[] sorted = sorted(samples);
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }

    private static double[] sorted(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    private static double[] joined(double[] first, double[] second) {
        double[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}

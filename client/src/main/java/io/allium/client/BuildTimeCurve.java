package io.allium.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The Pareto curve whose tail is like that of the times that circuits took to build. Immutable.
 *
 * @param xm where the curve begins, in milliseconds
 * @param alpha how steeply it falls; infinite where all times lie at its beginning
 * @spec path-spec 2.4.1, 2.4.3
 */
record BuildTimeCurve(int xm, double alpha) {
    /** Times are told apart no finer than this, in milliseconds. */
    static final int BIN = 10;

    /** No curve: nothing is known. */
    static final BuildTimeCurve NONE = new BuildTimeCurve(0, 0);

    /** How many times there are in each bin, by the number of milliseconds in its middle. */
    static Map<Integer, Integer> histogram(int[] times) {
        Map<Integer, Integer> bins = new TreeMap<>();
        for (int millis : times) {
            bins.merge(millis / BIN * BIN + BIN / 2, 1, Integer::sum);
        }
        return bins;
    }

    /**
     * The curve that fits best.
     *
     * @param times in milliseconds, at least 1 each
     * @param modes of how many of the fullest bins the average is where the curve begins
     * @return nothing where there are no times
     */
    static Optional<BuildTimeCurve> fitting(int[] times, int modes) {
        int xm = xm(times, modes);
        if (xm == 0) {
            return Optional.empty();
        }
        double logs = Arrays.stream(times)
                .mapToDouble(millis -> Math.log(Math.max(xm, millis)))
                .sum();
        double above = logs - times.length * Math.log(xm);
        return Optional.of(new BuildTimeCurve(xm, above > 0 ? times.length / above : Double.POSITIVE_INFINITY));
    }

    private static int xm(int[] times, int modes) {
        List<Map.Entry<Integer, Integer>> bins =
                new ArrayList<>(histogram(times).entrySet());
        bins.sort(Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()));
        long sum = 0;
        long count = 0;
        for (Map.Entry<Integer, Integer> bin : bins.subList(0, Math.min(modes, bins.size()))) {
            sum += (long) bin.getKey() * bin.getValue();
            count += bin.getValue();
        }
        return count == 0 ? 0 : (int) (sum / count);
    }

    /** The time in milliseconds that {@code percent} of all circuits take no longer than; below 100. */
    double quantile(int percent) {
        return xm / Math.pow(1 - percent / 100.0, 1 / alpha);
    }
}

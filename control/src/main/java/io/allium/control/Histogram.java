package io.allium.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often something was how large. Safe from any thread. */
public final class Histogram {
    /**
     * What was observed until now.
     *
     * @param upTo for each bound, the smallest first, how many were no larger
     * @param sum of all that was observed
     */
    public record Observed(Map<Long, Long> upTo, long count, long sum) {}

    private final long[] bounds;
    private final LongAdder[] counts; // one for each range, and the last for what is above all bounds
    private final LongAdder sum = new LongAdder();

    /** @param bounds the ends of the ranges, the smallest first */
    public Histogram(long... bounds) {
        this.bounds = bounds.clone();
        this.counts = new LongAdder[bounds.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** It was so large once. */
    public void observe(long size) {
        int range = 0;
        while (range < bounds.length && size > bounds[range]) {
            range++;
        }
        counts[range].increment();
        sum.add(size);
    }

    /** What was observed until now; what comes just now may be in one figure and not yet in another. */
    public Observed observed() {
        Map<Long, Long> upTo = new LinkedHashMap<>();
        long count = 0;
        for (int i = 0; i < bounds.length; i++) {
            count += counts[i].sum();
            upTo.put(bounds[i], count);
        }
        return new Observed(upTo, count + counts[bounds.length].sum(), sum.sum());
    }
}

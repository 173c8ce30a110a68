package io.allium.crypto;

import java.util.Arrays;

/**
 * Finds the pairs of a layer whose lower 15 bits add up to zero, by sorting positions into a bucket for each value of these bits.
 * Confined to its solver.
 */
final class EquixBuckets {
    /** How many bits each layer makes zero. */
    static final int BITS = 15;

    private static final int BUCKETS = 1 << BITS;
    private static final int MASK = BUCKETS - 1;

    /**
     * How many of a bucket are looked at, which has two on average. Weak functions may have all in one, whose pairs would be two
     * thousand millions.
     */
    private static final int BUCKET_MAX = 32;

    /** Where each bucket begins in {@link #order}; the next one's beginning is its end. */
    private final int[] begins = new int[BUCKETS + 2];

    private final char[] order = new char[EquixLayer.SUMS_MAX];

    /**
     * Adds to {@code above} each pair whose sum has zeros in its lower 15 bits, which are left away, and then wherever {@code zeros} has
     * bits; until it is full.
     */
    void pair(long[] sums, int size, EquixLayer above, int zeros) {
        sort(sums, size);
        above.clear();
        pairWithin(sums, 0, above, zeros);
        for (int bucket = 1; bucket < BUCKETS / 2; bucket++) {
            pairAcross(sums, bucket, BUCKETS - bucket, above, zeros);
        }
        pairWithin(sums, BUCKETS / 2, above, zeros);
    }

    /** Counts, adds the counts up, and puts each position where its bucket has come to. */
    private void sort(long[] sums, int size) {
        Arrays.fill(begins, 0);
        for (int i = 0; i < size; i++) {
            begins[((int) sums[i] & MASK) + 2]++;
        }
        for (int i = 2; i < begins.length; i++) {
            begins[i] += begins[i - 1];
        }
        for (int i = 0; i < size; i++) {
            order[begins[((int) sums[i] & MASK) + 1]++] = (char) i;
        }
    }

    private void pairWithin(long[] sums, int bucket, EquixLayer above, int zeros) {
        int end = end(bucket);
        for (int i = begins[bucket]; i < end; i++) {
            for (int j = i + 1; j < end; j++) {
                add(sums, order[i], order[j], above, zeros);
            }
        }
    }

    private void pairAcross(long[] sums, int bucket, int opposite, EquixLayer above, int zeros) {
        int from = begins[opposite];
        int to = end(opposite);
        int end = end(bucket);
        for (int i = begins[bucket]; i < end; i++) {
            for (int j = from; j < to; j++) {
                add(sums, order[i], order[j], above, zeros);
            }
        }
    }

    private int end(int bucket) {
        return Math.min(begins[bucket + 1], begins[bucket] + BUCKET_MAX);
    }

    private static void add(long[] sums, int left, int right, EquixLayer above, int zeros) {
        long sum = sums[left] + sums[right] >>> BITS;
        if ((sum & zeros) == 0 && !above.isFull()) {
            above.add(sum, left, right);
        }
    }
}

package io.allium.crypto;

/**
 * One layer of Wagner's algorithm: sums, without the bits that are known to be zero, and which two sums of the layer below each was made
 * of. Confined to its solver.
 */
final class EquixLayer {
    /**
     * As many as there are hashes, and as many as there are pairs in a layer on average. What is more is left out, which costs one
     * solution in some hundred, and keeps positions within 16 bits; a weak function could have millions of pairs.
     */
    static final int SUMS_MAX = 1 << 16;

    private final long[] sums;
    private final int[] pairs;
    private int size;

    /** A layer of pairs that keeps its sums in an array of {@link #SUMS_MAX}, and as many pairs at most as it is told. */
    EquixLayer(long[] sums, int pairsMax) {
        this.sums = sums;
        pairs = new int[pairsMax];
    }

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == pairs.length;
    }

    /** Positions in the layer below are of 16 bits. */
    void add(long sum, int left, int right) {
        sums[size] = sum;
        pairs[size++] = left << Character.SIZE | right;
    }

    long[] sums() {
        return sums;
    }

    int left(int at) {
        return pairs[at] >>> Character.SIZE;
    }

    int right(int at) {
        return pairs[at] & Character.MAX_VALUE;
    }
}

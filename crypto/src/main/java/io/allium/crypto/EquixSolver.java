package io.allium.crypto;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds solutions of Equi-X as Wagner's algorithm does: of 65,536 hashes it takes the pairs whose sums have 15 zeros at their end, of these
 * the pairs whose sums have 30, and of these those that have 60. On average a challenge has two solutions. Takes 1.9 MB once, and next to
 * nothing for each challenge. Confined to its caller.
 *
 * @spec hspow-spec v1-equix
 */
final class EquixSolver {
    /** A good function has some two; more than this come of weak ones, and there is no use in so many. */
    static final int SOLUTIONS_MAX = 8;

    private static final int HASHES = EquixLayer.SUMS_MAX;

    private final HashXRuntime runtime;
    private final HashX function = new HashX();
    private final HashXLanes lanes = new HashXLanes();
    private final EquixBuckets buckets = new EquixBuckets();
    private final long[] hashes = new long[HASHES];
    private final EquixLayer quarters = new EquixLayer(new long[EquixLayer.SUMS_MAX], EquixLayer.SUMS_MAX);
    private final EquixLayer halves = new EquixLayer(hashes, EquixLayer.SUMS_MAX); // nobody looks at the hashes then
    private final EquixLayer wholes = new EquixLayer(new long[SOLUTIONS_MAX], SOLUTIONS_MAX);

    EquixSolver(HashXRuntime runtime) {
        this.runtime = runtime;
    }

    /** Up to {@value #SOLUTIONS_MAX} solutions; none where the challenge has no function. */
    List<EquixSolution> solve(byte[] challenge) {
        if (!function.reseed(challenge)) {
            return List.of();
        }
        hashAll();
        buckets.pair(hashes, HASHES, quarters, 0);
        buckets.pair(quarters.sums(), quarters.size(), halves, 0);
        buckets.pair(halves.sums(), halves.size(), wholes, (1 << EquixBuckets.BITS) - 1);
        List<EquixSolution> solutions = new ArrayList<>(wholes.size());
        for (int i = 0; i < wholes.size(); i++) {
            solutions.add(solution(i));
        }
        return solutions;
    }

    private void hashAll() {
        switch (runtime) {
            case AUTOMATIC, INTERPRETED -> {
                for (int i = 0; i < HASHES; i += HashXLanes.LANES) {
                    lanes.hash(function, i, hashes, i);
                }
            }
            case COMPILED -> function.compile().hashAll(hashes);
        }
    }

    /** Climbs down to the hashes, whose positions are their inputs. */
    private EquixSolution solution(int at) {
        char[] indices = new char[EquixSolution.INDICES];
        half(wholes.left(at), indices, 0);
        half(wholes.right(at), indices, 4);
        EquixTree.order(indices, 0, 4);
        return EquixSolution.ofIndices(indices);
    }

    private void half(int position, char[] indices, int at) {
        quarter(halves.left(position), indices, at);
        quarter(halves.right(position), indices, at + 2);
        EquixTree.order(indices, at, 2);
    }

    private void quarter(int position, char[] indices, int at) {
        indices[at] = (char) quarters.left(position);
        indices[at + 1] = (char) quarters.right(position);
        EquixTree.order(indices, at, 1);
    }
}

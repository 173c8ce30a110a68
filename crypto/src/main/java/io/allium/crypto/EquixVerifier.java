package io.allium.crypto;

/**
 * Tells whether something solves a puzzle of Equi-X: that the HashX function of a challenge gives eight indices hashes whose sum is zero in
 * its lower 60 bits, and, to prove that they were found in the way that costs memory, that each quarter's sum is zero in 15 and each
 * half's in 30. May be used for any number of challenges without taking memory. Confined to its caller.
 *
 * @spec hspow-spec v1-equix
 */
final class EquixVerifier {
    private static final long QUARTER = (1L << 15) - 1;
    private static final long HALF = (1L << 30) - 1;
    private static final long WHOLE = (1L << 60) - 1;

    private final HashX function = new HashX();

    /** False also where the challenge has no function. Hashes are made only as long as all sums are right. */
    boolean verify(byte[] challenge, EquixSolution solution) {
        return EquixTree.isOrdered(solution.indices()) && function.reseed(challenge) && sumsAreZero(solution);
    }

    private boolean sumsAreZero(EquixSolution solution) {
        long whole = 0;
        for (int half = 0; half < EquixSolution.INDICES; half += 4) {
            long first = pair(solution, half);
            if ((first & QUARTER) != 0) {
                return false;
            }
            long second = pair(solution, half + 2);
            if ((second & QUARTER) != 0 || (first + second & HALF) != 0) {
                return false;
            }
            whole += first + second;
        }
        return (whole & WHOLE) == 0;
    }

    private long pair(EquixSolution solution, int at) {
        return function.hash(solution.index(at)) + function.hash(solution.index(at + 1));
    }
}

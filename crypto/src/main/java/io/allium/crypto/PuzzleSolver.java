package io.allium.crypto;

import java.util.Optional;

/**
 * Works on puzzles, on one core. Takes 2 MB once and may then be given any number of them. Confined to one caller at a time.
 *
 * @spec hspow-spec v1-equix
 */
public final class PuzzleSolver {
    private final EquixSolver equix;
    private final PuzzleLottery lottery = new PuzzleLottery();

    public PuzzleSolver(HashXRuntime runtime) {
        equix = new EquixSolver(runtime);
    }

    /**
     * One try, of some milliseconds, which succeeds with about two of as many tries as the effort says. Then the next nonce is to be
     * tried. A nonce whose challenge has no function is one that does not succeed.
     *
     * @param effort 0 to {@link ProofOfWork#EFFORT_MAX}
     */
    public Optional<ProofOfWork> attempt(Puzzle puzzle, PuzzleNonce nonce, long effort) {
        Puzzle.checkEffort(effort);
        byte[] challenge = puzzle.challenge(nonce, effort);
        for (EquixSolution solution : equix.solve(challenge)) {
            if (lottery.isEnough(challenge, solution, effort)) {
                return Optional.of(new ProofOfWork(nonce, effort, puzzle.seed().head(), solution));
            }
        }
        return Optional.empty();
    }
}

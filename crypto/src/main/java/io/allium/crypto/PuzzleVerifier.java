package io.allium.crypto;

/**
 * Checks what clients show, in the order of what it costs. Whether a nonce was shown before is for the caller to know. May be used for any
 * number of proofs without taking memory. Confined to its caller.
 *
 * @spec hspow-spec v1-equix (service verifies)
 */
public final class PuzzleVerifier {
    private final PuzzleLottery lottery = new PuzzleLottery();
    private final EquixVerifier equix = new EquixVerifier();

    /** Whether this is a solution of this puzzle, and good enough for the effort that it claims. */
    public boolean verify(Puzzle puzzle, ProofOfWork proof) {
        if (proof.seedHead() != puzzle.seed().head()) {
            return false;
        }
        byte[] challenge = puzzle.challenge(proof.nonce(), proof.effort());
        return lottery.isEnough(challenge, proof.solution(), proof.effort())
                && equix.verify(challenge, proof.solution());
    }
}

package io.allium.crypto;

/**
 * What a client shows to an onion service for its work on a {@link Puzzle}. Immutable; not known to be right until
 * {@link PuzzleVerifier} has said so.
 *
 * @param nonce of the try that succeeded
 * @param effort what the client claims to have spent, 0 to 2^32 - 1: about so many solutions were found until one was good enough
 * @param seedHead the first four bytes of the puzzle's seed, big-endian
 * @param solution of the challenge that all this makes
 * @spec hspow-spec v1-equix
 */
public record ProofOfWork(PuzzleNonce nonce, long effort, int seedHead, EquixSolution solution) {
    /** 2^32 - 1. */
    public static final long EFFORT_MAX = 0xffff_ffffL;

    public ProofOfWork {
        Puzzle.checkEffort(effort);
    }
}

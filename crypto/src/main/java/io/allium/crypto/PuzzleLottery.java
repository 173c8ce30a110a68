package io.allium.crypto;

import org.bouncycastle.crypto.digests.Blake2bDigest;

/**
 * Draws a number of 32 bits from each solution of a puzzle, of which one in {@code effort} is small enough. Confined to its
 * caller.
 *
 * @spec hspow-spec v1-equix
 */
final class PuzzleLottery {
    private static final int DIGEST_LENGTH = Integer.BYTES;

    private final Blake2bDigest blake2b = new Blake2bDigest(null, DIGEST_LENGTH, null, null);
    private final byte[] digest = new byte[DIGEST_LENGTH];

    /** Whether this solution of the challenge stands for such an effort; any does for none and for one. */
    boolean isEnough(byte[] challenge, EquixSolution solution, long effort) {
        blake2b.update(challenge, 0, challenge.length);
        blake2b.update(solution.raw(), 0, EquixSolution.LENGTH);
        blake2b.doFinal(digest, 0);
        long drawn =
                (digest[0] & 0xffL) << 24 | (digest[1] & 0xff) << 16 | (digest[2] & 0xff) << 8 | (digest[3] & 0xff);
        return Long.compareUnsigned(drawn * effort, ProofOfWork.EFFORT_MAX) <= 0;
    }
}

package io.allium.crypto;

import io.allium.base.ByteWriter;

/**
 * What an onion service gives its clients to work on: the scheme "v1", of Equi-X and Blake2b.
 *
 * @param blindedId the service's blinded key of the period, so that no work serves two services
 * @param seed of the service's descriptor, so that none is done ahead of time
 * @spec hspow-spec v1-equix
 */
public record Puzzle(Ed25519Identity blindedId, PuzzleSeed seed) {
    private static final byte[] PERSONALIZATION = Bytes.ascii("Tor hs intro v1\0");

    private static final int CHALLENGE_LENGTH =
            PERSONALIZATION.length + Ed25519Identity.LENGTH + PuzzleSeed.LENGTH + PuzzleNonce.LENGTH + Integer.BYTES;

    /** P || ID || C || N || E, which Equi-X is to solve. */
    byte[] challenge(PuzzleNonce nonce, long effort) {
        return new ByteWriter(CHALLENGE_LENGTH)
                .put(PERSONALIZATION)
                .put(blindedId.raw())
                .put(seed.raw())
                .put(nonce.raw())
                .u32(effort)
                .toBytes();
    }

    static void checkEffort(long effort) {
        if (effort < 0 || effort > ProofOfWork.EFFORT_MAX) {
            throw new IllegalArgumentException("effort " + effort);
        }
    }
}

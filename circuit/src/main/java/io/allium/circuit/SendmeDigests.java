package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The digests of those sent cells whose arrival a SENDME must prove, the oldest first. An end that acknowledges what it
 * has not read, to be sent more, cannot know them. Confined to its owner, beside the {@link SendWindow} that it goes with.
 *
 * @spec tor-spec 7.3.1
 */
public final class SendmeDigests {
    /** Bytes of a digest in a SENDME: tor-spec 7.3.1. */
    public static final int LENGTH = 20;

    /** As many SENDMEs as the widest window has increments, were each for one cell; the window admits no more. */
    static final int MAX = CongestionWindow.WINDOW_MAX;

    private final ArrayDeque<byte[]> expected = new ArrayDeque<>();

    /** Remembers the digest after a cell that completes an increment; longer ones are cut to 20 bytes. */
    public void expect(byte[] digest) {
        if (expected.size() == MAX) {
            throw new IllegalStateException("more than " + MAX + " SENDMEs are awaited");
        }
        if (digest.length < LENGTH) {
            throw new IllegalArgumentException("a digest of " + digest.length + " bytes");
        }
        expected.addLast(Arrays.copyOf(digest, LENGTH));
    }

    /** Compares what a SENDME proves with what is expected of it. */
    public void verify(byte[] proof) throws ProtocolViolation {
        byte[] digest = next();
        if (proof.length < LENGTH || !MessageDigest.isEqual(digest, Arrays.copyOf(proof, LENGTH))) {
            throw new ProtocolViolation("SENDME: its digest is not that of the cell it acknowledges");
        }
    }

    /** Takes a SENDME of version 0, which proves nothing. */
    public void skip() throws ProtocolViolation {
        next();
    }

    /** How many SENDMEs are awaited. */
    public int size() {
        return expected.size();
    }

    private byte[] next() throws ProtocolViolation {
        byte[] digest = expected.pollFirst();
        if (digest == null) {
            throw new ProtocolViolation("SENDME: nothing awaits an acknowledgement");
        }
        return digest;
    }
}

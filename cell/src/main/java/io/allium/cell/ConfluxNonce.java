package io.allium.cell;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What tells an exit that two circuits are legs of one set. Whoever knows it can put data into somebody's streams, so it is
 * compared as a secret and never shown.
 *
 * @spec prop329 2.2
 */
public final class ConfluxNonce implements Comparable<ConfluxNonce> {
    /** Its length. */
    public static final int BYTES = 32;

    private final byte[] bytes;

    private ConfluxNonce(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A nonce of {@link #BYTES} bytes, which are copied. */
    public static ConfluxNonce of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a nonce of " + bytes.length + " bytes");
        }
        return new ConfluxNonce(bytes.clone());
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** Lets a table of nonces that peers chose stay fast, whatever they chose. */
    @Override
    public int compareTo(ConfluxNonce other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConfluxNonce nonce && MessageDigest.isEqual(bytes, nonce.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "[nonce]";
    }
}

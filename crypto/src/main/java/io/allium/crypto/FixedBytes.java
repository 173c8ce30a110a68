package io.allium.crypto;

import java.util.Arrays;

/**
 * A public value of a fixed number of bytes, ordered as unsigned bytes are. Immutable.
 *
 * <p>Each value type says itself too that it is {@link Comparable}: by that alone a {@link java.util.HashMap} knows that it can keep
 * those in a tree that somebody made to collide.
 *
 * @param <T> the value type itself, which compares only with its like
 */
abstract sealed class FixedBytes<T extends FixedBytes<T>> implements Comparable<T>
        permits Fingerprint, Ed25519Identity, Curve25519Key, Subcredential, EquixSolution, PuzzleNonce, PuzzleSeed {
    private final byte[] bytes;

    FixedBytes(byte[] bytes, int length) {
        if (bytes.length != length) {
            throw new IllegalArgumentException(bytes.length + " bytes where " + length + " belong");
        }
        this.bytes = bytes.clone();
    }

    /** A copy. */
    public final byte[] bytes() {
        return bytes.clone();
    }

    /** The bytes themselves, for this package, which does not change them. */
    final byte[] raw() {
        return bytes;
    }

    @Override
    public final int compareTo(T other) {
        return Arrays.compareUnsigned(bytes, other.raw());
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof FixedBytes<?> that && getClass() == that.getClass() && Arrays.equals(bytes, that.raw());
    }

    /** Keys and digests are as random in their first bytes as in all. */
    @Override
    public final int hashCode() {
        return bytes[0] << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    }
}

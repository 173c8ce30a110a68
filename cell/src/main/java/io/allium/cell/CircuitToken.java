package io.allium.cell;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * By which a relay knows which circuits belong together. Whoever else knows it can put a circuit of his own there, so it is
 * compared as a secret and never shown. Immutable.
 *
 * <p>Each kind says itself too that it is {@link Comparable}: by that alone a {@link java.util.HashMap} knows that it can keep those
 * in a tree that somebody made to collide.
 *
 * @param <T> the kind itself, which compares only with its like
 */
abstract sealed class CircuitToken<T extends CircuitToken<T>> implements Comparable<T>
        permits ConfluxNonce, RendezvousCookie {
    private final byte[] bytes;

    /** The bytes are copied. */
    CircuitToken(byte[] bytes, int length) {
        if (bytes.length != length) {
            throw new IllegalArgumentException(bytes.length + " bytes where " + length + " belong");
        }
        this.bytes = bytes.clone();
    }

    /** A copy. */
    public final byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public final int compareTo(T other) {
        CircuitToken<T> that = other;
        return Arrays.compareUnsigned(bytes, that.bytes);
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof CircuitToken<?> that
                && getClass() == that.getClass()
                && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public final int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public final String toString() {
        return "[scrubbed]";
    }
}

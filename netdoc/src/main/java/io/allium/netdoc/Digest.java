package io.allium.netdoc;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A digest by which documents are known, ordered as unsigned bytes are. Immutable.
 *
 * <p>Each kind says itself too that it is {@link Comparable}: by that alone a {@link java.util.HashMap} knows that it can keep those
 * in a tree that somebody made to collide.
 *
 * @param <T> the digest's own type, which compares only with its like
 */
abstract sealed class Digest<T extends Digest<T>> implements Comparable<T>
        permits Sha1Digest, Sha256Digest, Sha3Digest {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final byte[] bytes;

    /** Keeps the array, which nobody else may have. */
    Digest(byte[] bytes, int length) {
        if (bytes.length != length) {
            throw new IllegalArgumentException(bytes.length + " bytes where a digest has " + length);
        }
        this.bytes = bytes;
    }

    static byte[] over(Slice slice, MessageDigest running) {
        running.update(slice.array(), slice.offset(), slice.length());
        return running.digest();
    }

    /** A copy. */
    public final byte[] bytes() {
        return bytes.clone();
    }

    /** Upper-case hex digits. */
    public final String hex() {
        return HEX.formatHex(bytes);
    }

    /** Without padding. */
    public final String base64() {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public final int compareTo(T other) {
        Digest<?> that = other;
        return Arrays.compareUnsigned(bytes, that.bytes);
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof Digest<?> that && getClass() == that.getClass() && Arrays.equals(bytes, that.bytes);
    }

    /** A digest is as random in its first bytes as in all. */
    @Override
    public final int hashCode() {
        return bytes[0] << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    }

    @Override
    public final String toString() {
        return hex();
    }
}

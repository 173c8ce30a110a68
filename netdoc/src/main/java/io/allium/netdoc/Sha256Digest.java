package io.allium.netdoc;

import io.allium.crypto.Digests;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** A SHA-256 digest, by which microdescriptors are known. Immutable; ordered as unsigned bytes are. */
public final class Sha256Digest implements Comparable<Sha256Digest> {
    /** In bytes. */
    public static final int LENGTH = 32;

    private final byte[] bytes;

    private Sha256Digest(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException(bytes.length + " bytes are no SHA-256 digest");
        }
        this.bytes = bytes;
    }

    /** Takes exactly {@value #LENGTH} bytes. */
    public static Sha256Digest of(byte[] digest) {
        return new Sha256Digest(digest.clone());
    }

    /** The digest of these bytes. */
    public static Sha256Digest over(Slice slice) {
        MessageDigest running = Digests.newSha256();
        running.update(slice.array(), slice.offset(), slice.length());
        return new Sha256Digest(running.digest());
    }

    /** A copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Upper-case hex digits. */
    public String hex() {
        return HexFormat.of().withUpperCase().formatHex(bytes);
    }

    /** Without padding. */
    public String base64() {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public int compareTo(Sha256Digest other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sha256Digest that && Arrays.equals(bytes, that.bytes);
    }

    /** A digest is as random in its first bytes as in all. */
    @Override
    public int hashCode() {
        return bytes[0] << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    }

    @Override
    public String toString() {
        return hex();
    }
}

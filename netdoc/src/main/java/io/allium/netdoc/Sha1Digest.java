package io.allium.netdoc;

import io.allium.crypto.Digests;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** A SHA-1 digest, by which server descriptors, extra-info documents and votes are known. Immutable; ordered as unsigned bytes are. */
public final class Sha1Digest implements Comparable<Sha1Digest> {
    /** In bytes. */
    public static final int LENGTH = 20;

    private final byte[] bytes;

    private Sha1Digest(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException(bytes.length + " bytes are no SHA-1 digest");
        }
        this.bytes = bytes;
    }

    /** Takes exactly {@value #LENGTH} bytes. */
    public static Sha1Digest of(byte[] digest) {
        return new Sha1Digest(digest.clone());
    }

    /** The digest of these bytes. */
    public static Sha1Digest over(Slice slice) {
        MessageDigest running = Digests.newSha1();
        running.update(slice.array(), slice.offset(), slice.length());
        return new Sha1Digest(running.digest());
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
    public int compareTo(Sha1Digest other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sha1Digest that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}

package io.allium.netdoc;

import io.allium.base.Untrusted;
import io.allium.crypto.Digests;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** A SHA3-256 digest, by which consensus diffs name consensuses. Immutable; ordered as unsigned bytes are. */
public final class Sha3Digest implements Comparable<Sha3Digest> {
    /** In bytes. */
    public static final int LENGTH = 32;

    private final byte[] bytes;

    private Sha3Digest(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The digest of these bytes. */
    public static Sha3Digest over(Slice slice) {
        MessageDigest running = Digests.newSha3_256();
        running.update(slice.array(), slice.offset(), slice.length());
        return new Sha3Digest(running.digest());
    }

    /** Reads hex digits, upper or lower case. */
    public static Sha3Digest parse(String hex) throws Untrusted {
        if (!hex.matches("[0-9A-Fa-f]{" + 2 * LENGTH + "}")) {
            throw new Untrusted("not a SHA3-256 digest in hex digits");
        }
        return new Sha3Digest(HexFormat.of().parseHex(hex));
    }

    /** Upper-case hex digits. */
    public String hex() {
        return HexFormat.of().withUpperCase().formatHex(bytes);
    }

    @Override
    public int compareTo(Sha3Digest other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sha3Digest that && Arrays.equals(bytes, that.bytes);
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

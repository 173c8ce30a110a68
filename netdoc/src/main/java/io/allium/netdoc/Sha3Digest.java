package io.allium.netdoc;

import io.allium.base.Untrusted;
import io.allium.crypto.Digests;
import java.util.HexFormat;

/** A SHA3-256 digest, by which consensus diffs name consensuses. Immutable; ordered as unsigned bytes are. */
public final class Sha3Digest extends Digest<Sha3Digest> implements Comparable<Sha3Digest> {
    /** In bytes. */
    public static final int LENGTH = 32;

    private Sha3Digest(byte[] bytes) {
        super(bytes, LENGTH);
    }

    /** The digest of these bytes. */
    public static Sha3Digest over(Slice slice) {
        return new Sha3Digest(over(slice, Digests.newSha3_256()));
    }

    /** Reads hex digits, upper or lower case. */
    public static Sha3Digest parse(String hex) throws Untrusted {
        if (!hex.matches("[0-9A-Fa-f]{" + 2 * LENGTH + "}")) {
            throw new Untrusted("not a SHA3-256 digest in hex digits");
        }
        return new Sha3Digest(HexFormat.of().parseHex(hex));
    }
}

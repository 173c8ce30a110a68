package io.allium.netdoc;

import io.allium.crypto.Digests;

/** A SHA-256 digest, by which microdescriptors are known. Immutable; ordered as unsigned bytes are. */
public final class Sha256Digest extends Digest<Sha256Digest> implements Comparable<Sha256Digest> {
    /** In bytes. */
    public static final int LENGTH = 32;

    private Sha256Digest(byte[] bytes) {
        super(bytes, LENGTH);
    }

    /** Takes exactly {@value #LENGTH} bytes. */
    public static Sha256Digest of(byte[] digest) {
        return new Sha256Digest(digest.clone());
    }

    /** The digest of these bytes. */
    public static Sha256Digest over(Slice slice) {
        return new Sha256Digest(over(slice, Digests.newSha256()));
    }
}

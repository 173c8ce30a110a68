package io.allium.netdoc;

import io.allium.crypto.Digests;

/** A SHA-1 digest, by which server descriptors, extra-info documents and votes are known. Immutable; ordered as unsigned bytes are. */
public final class Sha1Digest extends Digest<Sha1Digest> implements Comparable<Sha1Digest> {
    /** In bytes. */
    public static final int LENGTH = 20;

    private Sha1Digest(byte[] bytes) {
        super(bytes, LENGTH);
    }

    /** Takes exactly {@value #LENGTH} bytes. */
    public static Sha1Digest of(byte[] digest) {
        return new Sha1Digest(digest.clone());
    }

    /** The digest of these bytes. */
    public static Sha1Digest over(Slice slice) {
        return new Sha1Digest(over(slice, Digests.newSha1()));
    }
}

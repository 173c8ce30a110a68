package io.allium.crypto;

import io.allium.base.Untrusted;

/** An Ed25519 public key: most often a relay's master identity. Immutable; not known to be a point of the curve. */
public final class Ed25519Identity extends FixedBytes<Ed25519Identity> implements Comparable<Ed25519Identity> {
    /** In bytes. */
    public static final int LENGTH = 32;

    private Ed25519Identity(byte[] bytes) {
        super(bytes, LENGTH);
    }

    /** Takes exactly {@value #LENGTH} bytes. */
    public static Ed25519Identity of(byte[] bytes) {
        return new Ed25519Identity(bytes);
    }

    /** Reads base64 with or without padding. */
    public static Ed25519Identity parseBase64(String text) throws Untrusted {
        return new Ed25519Identity(Base64Text.decode(text, LENGTH, "an Ed25519 key"));
    }

    /** 43 characters, without padding. */
    public String base64() {
        return Base64Text.unpadded(raw());
    }

    @Override
    public String toString() {
        return base64();
    }
}

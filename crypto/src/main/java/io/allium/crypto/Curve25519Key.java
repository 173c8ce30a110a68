package io.allium.crypto;

import io.allium.base.Untrusted;
import java.util.Arrays;
import java.util.Base64;

/** A Curve25519 public key, such as a relay's ntor onion key. Immutable. */
public final class Curve25519Key extends FixedBytes<Curve25519Key> implements Comparable<Curve25519Key> {
    /** In bytes. */
    public static final int LENGTH = 32;

    private Curve25519Key(byte[] bytes) {
        super(bytes, LENGTH);
    }

    /** Takes exactly {@value #LENGTH} bytes. */
    public static Curve25519Key of(byte[] bytes) {
        return new Curve25519Key(bytes);
    }

    /** Reads base64 with or without padding. */
    public static Curve25519Key parseBase64(String text) throws Untrusted {
        return new Curve25519Key(Base64Text.decode(text, LENGTH, "a Curve25519 key"));
    }

    /** Whether what everybody shares with its holder is zeros, so that nobody should use it. */
    public boolean isOfSmallOrder() {
        byte[] scalar = new byte[LENGTH];
        Ed25519KeyPair.clamp(scalar);
        return Arrays.equals(X25519.multiply(scalar, raw()), new byte[LENGTH]);
    }

    /** 43 characters, without padding. */
    public String base64() {
        return Base64Text.unpadded(raw());
    }

    /**
     * The Ed25519 key that belongs to this one, whose private key is the same number.
     *
     * @param sign the sign of the point's x coordinate, 0 or 1, which a Curve25519 key does not tell
     * @spec dir-spec appendix C
     */
    public Ed25519Identity toEd25519(int sign) throws Untrusted {
        return Ed25519Identity.of(EdwardsPoint.fromMontgomery(raw(), sign));
    }

    /** 44 characters, as onion services' descriptors have it. */
    public String paddedBase64() {
        return Base64.getEncoder().encodeToString(raw());
    }

    @Override
    public String toString() {
        return base64();
    }
}

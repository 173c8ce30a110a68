package io.allium.crypto;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** A Curve25519 key that agrees on secrets. Immutable. */
public final class Curve25519KeyPair {
    /** The length of the secret, in bytes. */
    public static final int SECRET_LENGTH = 32;

    private static final byte[] PREFIX_TAG =
            "allium: nonce prefix of a converted curve25519 key".getBytes(StandardCharsets.US_ASCII);

    private final byte[] secret;
    private final Curve25519Key publicKey;

    private Curve25519KeyPair(byte[] secret, Curve25519Key publicKey) {
        this.secret = secret;
        this.publicKey = publicKey;
    }

    public static Curve25519KeyPair generate(Entropy entropy) {
        return ofSecret(entropy.bytes(SECRET_LENGTH));
    }

    /** The key of these {@value #SECRET_LENGTH} secret bytes, whose fixed bits are set as RFC 7748 says. */
    public static Curve25519KeyPair ofSecret(byte[] bytes) {
        if (bytes.length != SECRET_LENGTH) {
            throw new IllegalArgumentException("a secret of " + bytes.length + " bytes");
        }
        byte[] secret = bytes.clone();
        Ed25519KeyPair.clamp(secret);
        byte[] point = new byte[Curve25519Key.LENGTH];
        X25519.scalarMultBase(secret, 0, point, 0);
        return new Curve25519KeyPair(secret, Curve25519Key.of(point));
    }

    /** The one of {@code keys} that a handshake names. */
    static Curve25519KeyPair choose(List<Curve25519KeyPair> keys, Curve25519Key wanted, String handshake)
            throws ProtocolViolation {
        for (Curve25519KeyPair key : keys) {
            if (key.publicKey.equals(wanted)) {
                return key;
            }
        }
        throw new ProtocolViolation(handshake + ": meant for an onion key that we do not have");
    }

    public Curve25519Key publicKey() {
        return publicKey;
    }

    /** A copy of the secret. */
    public byte[] secret() {
        return secret.clone();
    }

    /** The secret shared with the holder of {@code other}; refuses a key that would make it the same for everybody. */
    public byte[] agree(Curve25519Key other) throws ProtocolViolation {
        byte[] shared = new byte[Curve25519Key.LENGTH];
        X25519.scalarMult(secret, 0, other.raw(), 0, shared, 0);
        int any = 0;
        for (byte b : shared) {
            any |= b;
        }
        if (any == 0) {
            throw new ProtocolViolation("a Curve25519 key of small order");
        }
        return shared;
    }

    /**
     * The Ed25519 key with the same secret number, which signs {@code ntor-onion-key-crosscert}. Its public key is
     * {@link Curve25519Key#toEd25519} of ours with {@link #ed25519Sign}.
     *
     * @spec dir-spec appendix C
     */
    public Ed25519KeyPair toEd25519() {
        byte[] expanded = Arrays.copyOf(secret, Ed25519KeyPair.EXPANDED_LENGTH);
        System.arraycopy(Digests.sha512(PREFIX_TAG, secret), 0, expanded, 32, 32);
        return Ed25519KeyPair.ofExpanded(expanded);
    }

    /** The sign of the x coordinate of {@link #toEd25519}'s public key: 0 or 1. */
    public int ed25519Sign() {
        return (toEd25519().publicKey().raw()[31] & 0x80) >>> 7;
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "Curve25519KeyPair[" + publicKey + "]";
    }
}

package io.allium.crypto;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

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
        byte[] secret = clamped(bytes);
        return new Curve25519KeyPair(secret, Curve25519Key.of(EdwardsPoint.multiplyBaseToMontgomery(secret)));
    }

    private static byte[] clamped(byte[] bytes) {
        byte[] secret = bytes.clone();
        Ed25519KeyPair.clamp(secret);
        return secret;
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
        return shared(X25519.multiply(secret, other.raw()));
    }

    /**
     * What {@code a} shares with {@code peerOfA} and what {@code b} shares with {@code peerOfB}, in less time than one
     * after the other.
     */
    static byte[][] agreeBoth(Curve25519KeyPair a, Curve25519Key peerOfA, Curve25519KeyPair b, Curve25519Key peerOfB)
            throws ProtocolViolation {
        byte[][] both = X25519.multiplyBoth(a.secret, peerOfA.raw(), b.secret, peerOfB.raw());
        shared(both[0]);
        shared(both[1]);
        return both;
    }

    /**
     * A relay's work for a handshake, in far less time than one after the other: a key for it alone, and what that and ours,
     * the onion key, share with the client's.
     *
     * @param ephemeralSecret chosen by chance for this handshake
     */
    Answer answer(byte[] ephemeralSecret, Curve25519Key client) throws ProtocolViolation {
        byte[][] products = X25519.multiplyBaseAndBoth(client.raw(), clamped(ephemeralSecret), secret);
        return new Answer(Curve25519Key.of(products[0]), shared(products[1]), shared(products[2]));
    }

    /** The ephemeral public key, and the two secrets shared with the client. */
    record Answer(Curve25519Key ephemeral, byte[] ofEphemeral, byte[] ofOnionKey) {}

    private static byte[] shared(byte[] secret) throws ProtocolViolation {
        int any = 0;
        for (byte b : secret) {
            any |= b;
        }
        if (any == 0) {
            throw new ProtocolViolation("a Curve25519 key of small order");
        }
        return secret;
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

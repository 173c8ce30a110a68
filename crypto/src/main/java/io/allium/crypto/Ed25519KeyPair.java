package io.allium.crypto;

import io.allium.base.Entropy;
import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An Ed25519 key that signs. It is known by its seed, as RFC 8032 has it, or in the expanded form of C tor's key files:
 * the secret number followed by the secret prefix that makes nonces. A key from a blinded or converted secret has only the
 * expanded form. Immutable.
 */
public final class Ed25519KeyPair {
    /** The length of the expanded form, in bytes. */
    public static final int EXPANDED_LENGTH = 64;

    /** The length of a seed, in bytes. */
    public static final int SEED_LENGTH = 32;

    private final byte @Nullable [] seed;
    private final byte[] expanded;
    private final Ed25519Identity publicKey;

    private Ed25519KeyPair(byte @Nullable [] seed, byte[] expanded, Ed25519Identity publicKey) {
        this.seed = seed;
        this.expanded = expanded;
        this.publicKey = publicKey;
    }

    public static Ed25519KeyPair generate(Entropy entropy) {
        return ofSeed(entropy.bytes(SEED_LENGTH));
    }

    /** The key that a seed of {@value #SEED_LENGTH} bytes stands for. */
    public static Ed25519KeyPair ofSeed(byte[] seed) {
        if (seed.length != SEED_LENGTH) {
            throw new IllegalArgumentException("a seed of " + seed.length + " bytes");
        }
        byte[] expanded = Digests.sha512(seed);
        clamp(expanded);
        byte[] point = new byte[Ed25519Identity.LENGTH];
        org.bouncycastle.math.ec.rfc8032.Ed25519.generatePublicKey(seed, 0, point, 0);
        return new Ed25519KeyPair(seed.clone(), expanded, Ed25519Identity.of(point));
    }

    /** The key whose secret number and nonce prefix these {@value #EXPANDED_LENGTH} bytes are. */
    public static Ed25519KeyPair ofExpanded(byte[] expanded) {
        if (expanded.length != EXPANDED_LENGTH) {
            throw new IllegalArgumentException("an expanded key of " + expanded.length + " bytes");
        }
        byte[] scalar = Arrays.copyOf(expanded, 32);
        return new Ed25519KeyPair(null, expanded.clone(), Ed25519Identity.of(EdwardsPoint.multiplyBase(scalar)));
    }

    /** Sets the bits that make 32 bytes a secret number of the curve. */
    static void clamp(byte[] scalar) {
        scalar[0] &= (byte) 0xf8;
        scalar[31] &= 0x7f;
        scalar[31] |= 0x40;
    }

    public Ed25519Identity publicKey() {
        return publicKey;
    }

    /** A copy of the expanded form: secret. */
    public byte[] expanded() {
        return expanded.clone();
    }

    /** The signature over {@code message}, {@value Ed25519#SIGNATURE_LENGTH} bytes. */
    public byte[] sign(byte[] message) {
        return seed == null ? signExpanded(message) : signFromSeed(seed, message);
    }

    private byte[] signFromSeed(byte[] secret, byte[] message) {
        byte[] signature = new byte[Ed25519.SIGNATURE_LENGTH];
        org.bouncycastle.math.ec.rfc8032.Ed25519.sign(
                secret, 0, publicKey.raw(), 0, message, 0, message.length, signature, 0);
        return signature;
    }

    /** RFC 8032 5.1.6 from its second step on. */
    private byte[] signExpanded(byte[] message) {
        byte[] prefix = Arrays.copyOfRange(expanded, 32, EXPANDED_LENGTH);
        BigInteger nonce = EdwardsPoint.modOrder(Digests.sha512(prefix, message));
        byte[] commitment = EdwardsPoint.multiplyBase(EdwardsPoint.scalarBytes(nonce));
        BigInteger challenge = EdwardsPoint.modOrder(Digests.sha512(commitment, publicKey.raw(), message));
        BigInteger secret = EdwardsPoint.modOrder(Arrays.copyOf(expanded, 32));
        byte[] answer = EdwardsPoint.scalarBytes(nonce.add(challenge.multiply(secret)));
        byte[] signature = Arrays.copyOf(commitment, Ed25519.SIGNATURE_LENGTH);
        System.arraycopy(answer, 0, signature, 32, 32);
        return signature;
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "Ed25519KeyPair[" + publicKey + "]";
    }
}

package io.allium.crypto;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash functions that Tor uses. */
public final class Digests {
    /** The length of a SHA-1 digest, in bytes. */
    public static final int SHA1_LENGTH = 20;

    /** The length of a SHA-256 or SHA3-256 digest, in bytes. */
    public static final int SHA256_LENGTH = 32;

    private Digests() {}

    /** The SHA-1 digest of the parts, one after the other. */
    public static byte[] sha1(byte[]... parts) {
        return of(newSha1(), parts);
    }

    /** The SHA-256 digest of the parts, one after the other. */
    public static byte[] sha256(byte[]... parts) {
        return of(newSha256(), parts);
    }

    /** The SHA3-256 digest of the parts, one after the other. */
    public static byte[] sha3_256(byte[]... parts) {
        return of(newSha3_256(), parts);
    }

    static byte[] sha512(byte[]... parts) {
        return of(named("SHA-512"), parts);
    }

    /** A running SHA-1 digest, which can be cloned. */
    public static MessageDigest newSha1() {
        return named("SHA-1");
    }

    /** A running SHA-256 digest, which can be cloned. */
    public static MessageDigest newSha256() {
        return named("SHA-256");
    }

    /** A running SHA3-256 digest, which can be cloned. */
    public static MessageDigest newSha3_256() {
        return named("SHA3-256");
    }

    private static byte[] of(MessageDigest digest, byte[]... parts) {
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    private static MessageDigest named(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every JDK has " + algorithm, missing);
        }
    }
}

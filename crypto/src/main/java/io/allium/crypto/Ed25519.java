package io.allium.crypto;

/** Checks Ed25519 signatures. */
public final class Ed25519 {
    /** In bytes. */
    public static final int SIGNATURE_LENGTH = 64;

    private Ed25519() {}

    /** Whether {@code signature} is the key's over {@code message}; false too for a key or signature that is malformed. */
    public static boolean verify(Ed25519Identity key, byte[] message, byte[] signature) {
        return signature.length == SIGNATURE_LENGTH
                && org.bouncycastle.math.ec.rfc8032.Ed25519.verify(
                        signature, 0, key.raw(), 0, message, 0, message.length);
    }

    /**
     * Whether a key is a point of the group that the base point makes, written in its one way. Other keys have twins that
     * verify the same signatures, or verify what nobody signed.
     *
     * @spec rend-spec-v3 2.2.7
     */
    public static boolean isOfPrimeOrder(Ed25519Identity key) {
        return org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFull(key.raw(), 0);
    }
}

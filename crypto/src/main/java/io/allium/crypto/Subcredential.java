package io.allium.crypto;

/**
 * What proves knowledge of an onion service's address during one time period: it goes into the keys of the descriptor's
 * encryption and of the introduction. Immutable.
 *
 * @spec rend-spec-v3 2.1
 */
public final class Subcredential extends FixedBytes<Subcredential> implements Comparable<Subcredential> {
    /** In bytes. */
    public static final int LENGTH = 32;

    private static final byte[] CREDENTIAL_TAG = Bytes.ascii("credential");
    private static final byte[] SUBCREDENTIAL_TAG = Bytes.ascii("subcredential");

    private Subcredential(byte[] bytes) {
        super(bytes, LENGTH);
    }

    /** Takes exactly {@value #LENGTH} bytes. */
    public static Subcredential of(byte[] bytes) {
        return new Subcredential(bytes);
    }

    /** That of the service with this identity while its blinded key is the other. */
    public static Subcredential of(Ed25519Identity identity, Ed25519Identity blinded) {
        byte[] credential = Digests.sha3_256(CREDENTIAL_TAG, identity.raw());
        return new Subcredential(Digests.sha3_256(SUBCREDENTIAL_TAG, credential, blinded.raw()));
    }

    /** Not the bytes, which not everybody may know. */
    @Override
    public String toString() {
        return "Subcredential";
    }
}

package io.allium.crypto;

import io.allium.base.ByteWriter;
import io.allium.base.Untrusted;
import java.util.Arrays;

/**
 * A service's key for one time period, made from its identity key: whoever knows the address can compute the public half, and
 * nobody can tell that two of them are of one service.
 *
 * @spec rend-spec-v3 A.2
 */
public final class KeyBlinding {
    private static final byte[] BLIND_TAG = Bytes.ascii("Derive temporary signing key\0");
    private static final byte[] PREFIX_TAG = Bytes.ascii("Derive temporary signing key hash input");
    private static final byte[] NONCE_TAG = Bytes.ascii("key-blind");

    /** The base point as it is printed, which is part of the input. */
    private static final byte[] BASE_POINT =
            Bytes.ascii("(15112221349535400772501151409588531511454012693041857206046113283949847762202, "
                    + "46316835694926478169428394003475163141307993866256225615783033603165251855960)");

    private KeyBlinding() {}

    /** The service's public key in that period; refuses an identity that is no point of the curve. */
    public static Ed25519Identity blind(Ed25519Identity identity, TimePeriod period) throws Untrusted {
        return blind(identity, factor(identity, period));
    }

    /** The service's key in that period, which has only the expanded form. */
    public static Ed25519KeyPair blind(Ed25519KeyPair identity, TimePeriod period) {
        return blind(identity, factor(identity.publicKey(), period));
    }

    static Ed25519Identity blind(Ed25519Identity identity, byte[] factor) throws Untrusted {
        EdwardsPoint point = EdwardsPoint.decode(identity.raw());
        if (point == null) {
            throw new Untrusted("an identity key that is no point of the curve");
        }
        return Ed25519Identity.of(point.multipliedBy(clamped(factor)).encode());
    }

    static Ed25519KeyPair blind(Ed25519KeyPair identity, byte[] factor) {
        byte[] expanded = identity.expanded();
        byte[] secret = EdwardsPoint.scalarBytes(
                EdwardsPoint.modOrder(clamped(factor)).multiply(EdwardsPoint.modOrder(Arrays.copyOf(expanded, 32))));
        byte[] prefix = Digests.sha512(PREFIX_TAG, Arrays.copyOfRange(expanded, 32, Ed25519KeyPair.EXPANDED_LENGTH));
        return Ed25519KeyPair.ofExpanded(Bytes.concat(secret, Arrays.copyOf(prefix, 32)));
    }

    private static byte[] factor(Ed25519Identity identity, TimePeriod period) {
        byte[] times = new ByteWriter()
                .u64(period.number())
                .u64(period.lengthMinutes())
                .toBytes();
        return Digests.sha3_256(BLIND_TAG, identity.raw(), BASE_POINT, NONCE_TAG, times);
    }

    /** As a secret number's bits are set, and one more, which is clear. */
    private static byte[] clamped(byte[] factor) {
        byte[] clamped = factor.clone();
        clamped[0] &= (byte) 0xf8;
        clamped[31] &= 0x3f;
        clamped[31] |= 0x40;
        return clamped;
    }
}

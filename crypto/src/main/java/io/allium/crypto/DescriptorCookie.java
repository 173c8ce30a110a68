package io.allium.crypto;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * The secret that opens the inner layer of a descriptor that only some clients may read. Each of them finds it in the descriptor,
 * encrypted for its key. Immutable.
 *
 * @spec rend-spec-v3 2.5.1.2
 */
public final class DescriptorCookie {
    /** In bytes: C tor's, where the specification says 32. */
    public static final int LENGTH = 16;

    private static final int CLIENT_ID_LENGTH = 8;
    private static final int KEY_LENGTH = 32;

    private final byte[] bytes;

    private DescriptorCookie(byte[] bytes) {
        this.bytes = bytes;
    }

    static DescriptorCookie of(byte[] bytes) {
        return new DescriptorCookie(bytes.clone());
    }

    /** A new one, for one descriptor. */
    public static DescriptorCookie generate(Entropy entropy) {
        return new DescriptorCookie(entropy.bytes(LENGTH));
    }

    /**
     * A cookie encrypted for one client, which finds it by the id.
     *
     * @param clientId {@value #CLIENT_ID_LENGTH} bytes, which mean nothing to others
     * @param iv {@value AesCtr#COUNTER_LENGTH} bytes
     * @param encrypted {@value #LENGTH} bytes
     */
    public record Sealed(byte[] clientId, byte[] iv, byte[] encrypted) {
        public Sealed {
            if (clientId.length != CLIENT_ID_LENGTH
                    || iv.length != AesCtr.COUNTER_LENGTH
                    || encrypted.length != LENGTH) {
                throw new IllegalArgumentException("a cookie for a client, of wrong lengths");
            }
        }

        /** One for nobody, which nobody can tell from the others. */
        public static Sealed fake(Entropy entropy) {
            return new Sealed(
                    entropy.bytes(CLIENT_ID_LENGTH), entropy.bytes(AesCtr.COUNTER_LENGTH), entropy.bytes(LENGTH));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Sealed that
                    && Arrays.equals(clientId, that.clientId)
                    && Arrays.equals(iv, that.iv)
                    && Arrays.equals(encrypted, that.encrypted);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(clientId);
        }
    }

    /**
     * Encrypts it for a client; refuses a key of small order.
     *
     * @param ephemeral the descriptor's, whose public half is in it
     */
    public Sealed seal(Curve25519KeyPair ephemeral, Curve25519Key client, Subcredential subcredential, Entropy entropy)
            throws ProtocolViolation {
        KeyMaterial keys = keys(ephemeral.agree(client), subcredential);
        byte[] clientId = keys.take(CLIENT_ID_LENGTH);
        byte[] iv = entropy.bytes(AesCtr.COUNTER_LENGTH);
        return new Sealed(clientId, iv, AesCtr.apply(keys.take(KEY_LENGTH), iv, bytes));
    }

    /**
     * What a client finds among a descriptor's cookies; empty if none is for it.
     *
     * @param ephemeral the descriptor's public key; one of small order is refused
     */
    public static Optional<DescriptorCookie> find(
            Iterable<Sealed> cookies, Curve25519KeyPair client, Curve25519Key ephemeral, Subcredential subcredential)
            throws ProtocolViolation {
        KeyMaterial keys = keys(client.agree(ephemeral), subcredential);
        byte[] clientId = keys.take(CLIENT_ID_LENGTH);
        byte[] key = keys.take(KEY_LENGTH);
        for (Sealed cookie : cookies) {
            if (MessageDigest.isEqual(cookie.clientId, clientId)) {
                return Optional.of(new DescriptorCookie(AesCtr.apply(key, cookie.iv, cookie.encrypted)));
            }
        }
        return Optional.empty();
    }

    private static KeyMaterial keys(byte[] shared, Subcredential subcredential) {
        return KeyMaterial.shake256(subcredential.raw(), shared);
    }

    byte[] raw() {
        return bytes;
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "DescriptorCookie";
    }
}

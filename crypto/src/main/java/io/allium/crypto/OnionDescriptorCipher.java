package io.allium.crypto;

import io.allium.base.ByteWriter;
import io.allium.base.Entropy;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * The encryption of an onion service's descriptor, which has two layers: one that who knows the address can open, and within it
 * one that may need a {@link DescriptorCookie} as well. Immutable.
 *
 * @spec rend-spec-v3 2.5.3
 */
public final class OnionDescriptorCipher {
    /** How much longer the encrypted is, in bytes. */
    public static final int OVERHEAD = 48;

    private static final int SALT_LENGTH = 16;
    private static final int KEY_LENGTH = 32;
    private static final int MAC_LENGTH = 32;
    private static final byte[] OUTER = Bytes.ascii("hsdir-superencrypted-data");
    private static final byte[] INNER = Bytes.ascii("hsdir-encrypted-data");

    private final byte[] secretInput;
    private final byte[] layer;

    private OnionDescriptorCipher(byte[] secretInput, byte[] layer) {
        this.secretInput = secretInput;
        this.layer = layer;
    }

    /**
     * That of the outer layer.
     *
     * @param revision of the descriptor, 64 bits
     */
    public static OnionDescriptorCipher outer(Ed25519Identity blinded, Subcredential subcredential, long revision) {
        return new OnionDescriptorCipher(secretInput(blinded, new byte[0], subcredential, revision), OUTER);
    }

    /** That of the inner layer, with a cookie if only some clients may read it. */
    public static OnionDescriptorCipher inner(
            Ed25519Identity blinded, Optional<DescriptorCookie> cookie, Subcredential subcredential, long revision) {
        byte[] secret = cookie.map(DescriptorCookie::raw).orElse(new byte[0]);
        return new OnionDescriptorCipher(secretInput(blinded, secret, subcredential, revision), INNER);
    }

    private static byte[] secretInput(
            Ed25519Identity blinded, byte[] cookie, Subcredential subcredential, long revision) {
        byte[] counter = new ByteWriter(8).u64(revision).toBytes();
        return Bytes.concat(blinded.raw(), cookie, subcredential.raw(), counter);
    }

    /** Encrypts, differently each time. */
    public byte[] seal(byte[] plaintext, Entropy entropy) {
        return seal(plaintext, entropy.bytes(SALT_LENGTH));
    }

    byte[] seal(byte[] plaintext, byte[] salt) {
        Keys keys = new Keys(salt);
        byte[] encrypted = AesCtr.apply(keys.key, keys.counter, plaintext);
        return Bytes.concat(salt, encrypted, keys.mac(salt, encrypted));
    }

    /** Decrypts; empty if it was encrypted with other secrets, changed since, or is too short to have been encrypted. */
    public Optional<byte[]> open(byte[] sealed) {
        if (sealed.length < OVERHEAD) {
            return Optional.empty();
        }
        int macAt = sealed.length - MAC_LENGTH;
        byte[] salt = Arrays.copyOf(sealed, SALT_LENGTH);
        byte[] encrypted = Arrays.copyOfRange(sealed, SALT_LENGTH, macAt);
        byte[] mac = Arrays.copyOfRange(sealed, macAt, sealed.length);
        Keys keys = new Keys(salt);
        return MessageDigest.isEqual(mac, keys.mac(salt, encrypted))
                ? Optional.of(AesCtr.apply(keys.key, keys.counter, encrypted))
                : Optional.empty();
    }

    /** What comes of the secrets and a salt. Confined to the call. */
    private final class Keys {
        private final byte[] key;
        private final byte[] counter;
        private final byte[] macKey;

        private Keys(byte[] salt) {
            KeyMaterial keys = KeyMaterial.shake256(secretInput, salt, layer);
            key = keys.take(KEY_LENGTH);
            counter = keys.take(AesCtr.COUNTER_LENGTH);
            macKey = keys.take(MAC_LENGTH);
        }

        private byte[] mac(byte[] salt, byte[] encrypted) {
            byte[] keyLength = new ByteWriter(8).u64(macKey.length).toBytes();
            byte[] saltLength = new ByteWriter(8).u64(salt.length).toBytes();
            return Digests.sha3_256(keyLength, macKey, saltLength, salt, encrypted);
        }
    }
}

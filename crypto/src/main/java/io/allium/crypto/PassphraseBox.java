package io.allium.crypto;

import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret under a passphrase in C tor's box, where a relay's master key lies offline: {@code TORBOX00}, how the passphrase
 * becomes keys, a nonce, the secret with its length in front, padded and encrypted by AES-128 in counter mode, and
 * HMAC-SHA256 over all of it.
 *
 * <p>C tor stretches passphrases by scrypt where it was built with libscrypt, which Debian's is not, and else by 64 KB of
 * SHA-1, which is little. We read both and write its third way, PBKDF2, which every C tor reads and which is slow.
 */
public final class PassphraseBox {
    private static final byte[] MAGIC = Bytes.ascii("TORBOX00");
    private static final int NONCE_LENGTH = 16;
    private static final int TAG_LENGTH = 32;
    private static final int KEY_LENGTH = 16;
    private static final int LENGTH_LENGTH = 4;

    /** The padded secret is a multiple of this. */
    private static final int BLOCK = 128;

    private PassphraseBox() {}

    /** The box of {@code secret}. */
    public static byte[] seal(byte[] secret, byte[] passphrase, Entropy entropy) {
        byte[] header = PassphraseStretch.fresh(entropy);
        byte[] nonce = entropy.bytes(NONCE_LENGTH);
        byte[] padded = new byte[(secret.length + LENGTH_LENGTH + BLOCK - 1) / BLOCK * BLOCK];
        padded[2] = (byte) (secret.length >> 8);
        padded[3] = (byte) secret.length;
        System.arraycopy(secret, 0, padded, LENGTH_LENGTH, secret.length);
        byte[] keys;
        try {
            keys = PassphraseStretch.keys(header, passphrase, KEY_LENGTH + TAG_LENGTH);
        } catch (Untrusted bug) {
            throw new IllegalStateException("we made parameters that we refuse", bug);
        }
        byte[] sealed = crypt(keys, nonce, padded);
        Arrays.fill(padded, (byte) 0);
        byte[] body = Bytes.concat(MAGIC, new byte[] {(byte) header.length}, header, nonce, sealed);
        byte[] tag = Macs.hmacSha256(Arrays.copyOfRange(keys, KEY_LENGTH, keys.length), body);
        Arrays.fill(keys, (byte) 0);
        return Bytes.concat(body, tag);
    }

    /**
     * What is in the box; nothing where the passphrase is wrong.
     *
     * @throws Untrusted where it is no box, or one that was damaged beyond that question
     */
    public static Optional<byte[]> open(byte[] box, byte[] passphrase) throws Untrusted {
        int headerAt = MAGIC.length + 1;
        if (box.length < headerAt || !Arrays.equals(Arrays.copyOf(box, MAGIC.length), MAGIC)) {
            throw new Untrusted("not an encrypted key");
        }
        int nonceAt = headerAt + (box[MAGIC.length] & 0xff);
        int sealedAt = nonceAt + NONCE_LENGTH;
        int tagAt = box.length - TAG_LENGTH;
        if (tagAt < sealedAt + LENGTH_LENGTH) {
            throw new Untrusted("an encrypted key that is cut off");
        }
        byte[] keys =
                PassphraseStretch.keys(Arrays.copyOfRange(box, headerAt, nonceAt), passphrase, KEY_LENGTH + TAG_LENGTH);
        byte[] tag = Macs.hmacSha256(Arrays.copyOfRange(keys, KEY_LENGTH, keys.length), Arrays.copyOf(box, tagAt));
        if (!MessageDigest.isEqual(tag, Arrays.copyOfRange(box, tagAt, box.length))) {
            Arrays.fill(keys, (byte) 0);
            return Optional.empty();
        }
        byte[] padded =
                crypt(keys, Arrays.copyOfRange(box, nonceAt, sealedAt), Arrays.copyOfRange(box, sealedAt, tagAt));
        Arrays.fill(keys, (byte) 0);
        try {
            return Optional.of(unpadded(padded));
        } finally {
            Arrays.fill(padded, (byte) 0);
        }
    }

    private static byte[] unpadded(byte[] padded) throws Untrusted {
        int length = padded[0] == 0 && padded[1] == 0 ? (padded[2] & 0xff) << 8 | padded[3] & 0xff : padded.length;
        if (LENGTH_LENGTH + length > padded.length) {
            throw new Untrusted("an encrypted key longer than its box");
        }
        return Arrays.copyOfRange(padded, LENGTH_LENGTH, LENGTH_LENGTH + length);
    }

    private static byte[] crypt(byte[] keys, byte[] nonce, byte[] message) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            SecretKeySpec key = new SecretKeySpec(keys, 0, KEY_LENGTH, "AES");
            cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(nonce));
            return cipher.doFinal(message);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has AES in counter mode", missing);
        }
    }
}

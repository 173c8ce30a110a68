package io.allium.crypto;

import io.allium.base.Entropy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Hashed control passwords, {@code 16:…}: the salted and iterated S2K of RFC 2440 with SHA-1.
 *
 * @spec control-spec 5.1
 */
public final class Passwords {
    private static final String PREFIX = "16:";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    static final int SALT_LENGTH = 8;
    private static final int HASHED_LENGTH = SALT_LENGTH + 1 + Digests.SHA1_LENGTH;

    /** The count that C tor writes: 65,536 bytes. */
    private static final int COUNT_CODE = 0x60;

    private Passwords() {}

    /** What {@code HashedControlPassword} holds for that password. */
    public static String hash(String password, Entropy entropy) {
        byte[] salt = entropy.bytes(SALT_LENGTH);
        byte[] key = derive(salt, COUNT_CODE, password);
        return PREFIX + HEX.formatHex(Bytes.concat(salt, new byte[] {COUNT_CODE}, key));
    }

    /** Whether the text is a hashed password. */
    public static boolean isHashed(String text) {
        return text.matches("16:[0-9A-Fa-f]{" + 2 * HASHED_LENGTH + "}");
    }

    /** Whether {@code hashed} was made of that password; false if it is no hashed password at all. */
    public static boolean verify(String hashed, String password) {
        return verify(hashed, password.getBytes(StandardCharsets.UTF_8));
    }

    /** The same, for a password in bytes as it came from the control port. */
    public static boolean verify(String hashed, byte[] password) {
        if (!isHashed(hashed)) {
            return false;
        }
        byte[] bytes = HEX.parseHex(hashed.substring(PREFIX.length()));
        byte[] salt = Arrays.copyOf(bytes, SALT_LENGTH);
        byte[] expected = Arrays.copyOfRange(bytes, SALT_LENGTH + 1, HASHED_LENGTH);
        return MessageDigest.isEqual(expected, derive(salt, bytes[SALT_LENGTH] & 0xff, password));
    }

    private static byte[] derive(byte[] salt, int countCode, String password) {
        return derive(salt, countCode, password.getBytes(StandardCharsets.UTF_8));
    }

    /** RFC 2440 3.6.1.3: the count is a floating-point number of four bits each, at most 65,011,712. */
    static byte[] derive(byte[] salt, int countCode, byte[] password) {
        byte[] salted = Bytes.concat(salt, password);
        int left = Math.max(16 + (countCode & 15) << (countCode >> 4) + 6, salted.length);
        MessageDigest digest = Digests.newSha1();
        while (left > 0) {
            int part = Math.min(left, salted.length);
            digest.update(salted, 0, part);
            left -= part;
        }
        return digest.digest();
    }
}

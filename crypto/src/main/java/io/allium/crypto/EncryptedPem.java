package io.allium.crypto;

import io.allium.base.Untrusted;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The older way in which OpenSSL locks a private key: two header lines in the PEM object name the cipher, and one MD5 over
 * the passphrase makes its key. Such files are read and never written.
 */
final class EncryptedPem {
    private static final Pattern HEADERS = Pattern.compile(
            "\\s*Proc-Type: 4,ENCRYPTED\\r?\\nDEK-Info: ([A-Z0-9-]{1,32}),([0-9A-Fa-f]{16,32})\\r?\\n\\r?\\n");

    /** The JDK's cipher and the length of its key, by OpenSSL's name. */
    private static final Map<String, Mode> MODES = Map.of(
            "DES-EDE3-CBC", new Mode("DESede", 24, 8),
            "AES-128-CBC", new Mode("AES", 16, 16),
            "AES-192-CBC", new Mode("AES", 24, 16),
            "AES-256-CBC", new Mode("AES", 32, 16));

    private static final int SALT_LENGTH = 8;

    private record Mode(String cipher, int keyLength, int blockLength) {}

    private EncryptedPem() {}

    /** Whether these headers, which stand between BEGIN and the base64, say that the object is locked. */
    static boolean isLocked(String body) {
        return HEADERS.matcher(body).lookingAt();
    }

    /** What is inside. */
    static byte[] open(String body, byte[] passphrase) throws Untrusted {
        Matcher headers = HEADERS.matcher(body);
        if (!headers.lookingAt()) {
            throw new Untrusted("a private key that is not encrypted as its label says");
        }
        Mode mode = MODES.get(headers.group(1));
        byte[] iv = HexFormat.of()
                .parseHex(headers.group(2).substring(0, headers.group(2).length() & ~1));
        if (mode == null || iv.length != mode.blockLength) {
            throw new Untrusted("a private key encrypted by " + headers.group(1) + ", which is not supported");
        }
        byte[] sealed = Pem.decode(body.substring(headers.end()), "RSA PRIVATE KEY");
        byte[] key = key(passphrase, Arrays.copyOf(iv, SALT_LENGTH), mode.keyLength);
        try {
            Cipher cipher = Cipher.getInstance(mode.cipher + "/CBC/PKCS5Padding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, mode.cipher), new IvParameterSpec(iv));
            return cipher.doFinal(sealed);
        } catch (GeneralSecurityException wrong) {
            throw EncryptedKey.wrongPassphrase(wrong);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] key(byte[] passphrase, byte[] salt, int length) throws Untrusted {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            byte[] all = new byte[0];
            byte[] last = new byte[0];
            while (all.length < length) {
                md5.update(last);
                md5.update(passphrase);
                last = md5.digest(salt);
                all = Bytes.concat(all, last);
            }
            return Arrays.copyOf(all, length);
        } catch (GeneralSecurityException disabled) {
            throw new Untrusted("a private key encrypted by way of MD5, which this JDK does not have", disabled);
        }
    }
}

package io.allium.crypto;

import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/**
 * A private key under a passphrase, as {@code tor-gencert} keeps an authority's identity: PKCS#8, encrypted by PKCS#12's
 * triple DES over SHA-1. That is weak, and what C tor's tools read and write.
 */
final class EncryptedKey {
    static final String PEM_LABEL = "ENCRYPTED PRIVATE KEY";

    private static final String ALGORITHM = "PBEWithSHA1AndDESede";
    private static final int SALT_LENGTH = 8;
    private static final int ITERATIONS = 2048; // OpenSSL's usual

    /** A file asks for its own number; this bound keeps it from asking for a year. */
    private static final int ITERATIONS_MAX = 10_000_000;

    private EncryptedKey() {}

    static byte[] seal(byte[] pkcs8, char[] passphrase, Entropy entropy) {
        try {
            PBEParameterSpec parameters = new PBEParameterSpec(entropy.bytes(SALT_LENGTH), ITERATIONS);
            Cipher cipher = Cipher.getInstance(ALGORITHM);
            cipher.init(Cipher.ENCRYPT_MODE, key(passphrase), parameters);
            AlgorithmParameters named = AlgorithmParameters.getInstance(ALGORITHM);
            named.init(parameters);
            return new EncryptedPrivateKeyInfo(named, cipher.doFinal(pkcs8)).getEncoded();
        } catch (GeneralSecurityException | IOException missing) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, missing);
        }
    }

    static byte[] open(byte[] sealed, char[] passphrase) throws Untrusted {
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(sealed);
            if (!info.getAlgName().equals(ALGORITHM)) {
                throw new Untrusted("a private key encrypted by " + info.getAlgName() + ", not " + ALGORITHM);
            }
            AlgorithmParameters parameters = info.getAlgParameters();
            if (parameters.getParameterSpec(PBEParameterSpec.class).getIterationCount() > ITERATIONS_MAX) {
                throw new Untrusted("a private key encrypted by too many iterations");
            }
            Cipher cipher = Cipher.getInstance(ALGORITHM);
            cipher.init(Cipher.DECRYPT_MODE, key(passphrase), parameters);
            return cipher.doFinal(info.getEncryptedData());
        } catch (GeneralSecurityException | IOException wrong) {
            throw new Untrusted("wrong passphrase, or a private key that is damaged", wrong);
        }
    }

    private static SecretKey key(char[] passphrase) throws GeneralSecurityException {
        return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(new PBEKeySpec(passphrase));
    }
}

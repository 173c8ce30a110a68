package io.allium.crypto;

import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;

/**
 * A private key under a passphrase, as {@code tor-gencert} keeps an authority's identity: PKCS#8, encrypted by PKCS#12's
 * triple DES over SHA-1. That is weak, and what C tor's tools write. A key that somebody encrypted anew with OpenSSL, by
 * PBES2, is read as well.
 */
final class EncryptedKey {
    static final String PEM_LABEL = "ENCRYPTED PRIVATE KEY";

    private static final int SALT_LENGTH = 8;
    private static final int ITERATIONS = 2048; // OpenSSL's usual

    /** A file asks for its own number; this bound keeps it from asking for a year. */
    private static final int ITERATIONS_MAX = 10_000_000;

    private static final int KEY_BITS = 192;
    private static final int IV_BITS = 64;

    private EncryptedKey() {}

    static byte[] seal(byte[] pkcs8, byte[] passphrase, Entropy entropy) {
        PKCS12PBEParams parameters = new PKCS12PBEParams(entropy.bytes(SALT_LENGTH), ITERATIONS);
        try {
            byte[] sealed = crypt(true, pkcs8, passphrase, parameters);
            return new org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC, parameters),
                            sealed)
                    .getEncoded("DER");
        } catch (IOException | InvalidCipherTextException impossible) {
            throw new IllegalStateException("whatever bytes there are can be encrypted", impossible);
        }
    }

    static byte[] open(byte[] sealed, byte[] passphrase) throws Untrusted {
        try {
            var info = org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo.getInstance(sealed);
            AlgorithmIdentifier algorithm = info.getEncryptionAlgorithm();
            if (!algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC)) {
                return openByOther(sealed, passphrase);
            }
            PKCS12PBEParams parameters = PKCS12PBEParams.getInstance(algorithm.getParameters());
            if (parameters.getIterations().bitLength() > Integer.SIZE - 1) {
                throw tooMany();
            }
            limit(parameters.getIterations().intValue());
            return crypt(false, info.getEncryptedData(), passphrase, parameters);
        } catch (IllegalArgumentException | IllegalStateException | InvalidCipherTextException wrong) {
            throw wrongPassphrase(wrong);
        }
    }

    static Untrusted wrongPassphrase(Exception cause) {
        return new Untrusted("wrong passphrase, or a private key that is damaged", cause);
    }

    private static byte[] crypt(boolean encrypt, byte[] input, byte[] passphrase, PKCS12PBEParams parameters)
            throws InvalidCipherTextException {
        byte[] secret = bigEndian(passphrase);
        PKCS12ParametersGenerator generator = new PKCS12ParametersGenerator(new SHA1Digest());
        generator.init(secret, parameters.getIV(), parameters.getIterations().intValue());
        CipherParameters key = generator.generateDerivedParameters(KEY_BITS, IV_BITS);
        Arrays.fill(secret, (byte) 0);
        PaddedBufferedBlockCipher cipher =
                new PaddedBufferedBlockCipher(CBCBlockCipher.newInstance(new DESedeEngine()));
        cipher.init(encrypt, key);
        byte[] output = new byte[cipher.getOutputSize(input.length)];
        try {
            int length = cipher.processBytes(input, 0, input.length, output, 0);
            length += cipher.doFinal(output, length);
            return Arrays.copyOf(output, length);
        } finally {
            Arrays.fill(output, (byte) 0);
        }
    }

    /** PKCS#12 wants UTF-16 with a zero at its end; OpenSSL takes what is not UTF-8 for Latin-1. */
    private static byte[] bigEndian(byte[] passphrase) {
        char[] characters = characters(passphrase);
        byte[] wide = new byte[2 * characters.length + 2];
        for (int i = 0; i < characters.length; i++) {
            wide[2 * i] = (byte) (characters[i] >> 8);
            wide[2 * i + 1] = (byte) characters[i];
        }
        Arrays.fill(characters, '\0');
        return wide;
    }

    private static char[] characters(byte[] passphrase) {
        CharBuffer decoded;
        try {
            decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(passphrase));
        } catch (CharacterCodingException notUtf8) {
            decoded = StandardCharsets.ISO_8859_1.decode(ByteBuffer.wrap(passphrase));
        }
        char[] characters = new char[decoded.remaining()];
        decoded.get(characters);
        if (decoded.hasArray()) {
            Arrays.fill(decoded.array(), '\0');
        }
        return characters;
    }

    /** Whatever else the JDK knows: PBES2 with its many hashes and AES. */
    private static byte[] openByOther(byte[] sealed, byte[] passphrase) throws Untrusted {
        char[] characters = characters(passphrase);
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(sealed);
            AlgorithmParameters parameters = info.getAlgParameters();
            if (parameters == null) {
                throw new Untrusted("a private key encrypted by " + info.getAlgName() + ", which is not supported");
            }
            String name = info.getAlgName().equals("PBES2") ? parameters.toString() : info.getAlgName();
            limit(parameters.getParameterSpec(PBEParameterSpec.class).getIterationCount());
            Cipher cipher = Cipher.getInstance(name);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(name).generateSecret(new PBEKeySpec(characters)),
                    parameters);
            return cipher.doFinal(info.getEncryptedData());
        } catch (GeneralSecurityException | IOException wrong) {
            throw wrongPassphrase(wrong);
        } finally {
            Arrays.fill(characters, '\0');
        }
    }

    private static void limit(int iterations) throws Untrusted {
        if (iterations > ITERATIONS_MAX) {
            throw tooMany();
        }
    }

    private static Untrusted tooMany() {
        return new Untrusted("a private key encrypted by too many iterations");
    }
}

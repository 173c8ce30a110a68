package io.allium.crypto;

import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;

/** An RSA key that signs, raw as {@link RsaPublicKey} says. Immutable. */
public final class RsaKeyPair {
    /** Of a relay's identity and its legacy onion key: tor-spec 0.3. */
    public static final int RELAY_BITS = 1024;

    /** Of an authority's signing key: dir-spec 1.3. */
    public static final int AUTHORITY_SIGNING_BITS = 2048;

    /** Of an authority's identity key: dir-spec 1.3. */
    public static final int AUTHORITY_IDENTITY_BITS = 3072;

    private static final String PEM_LABEL = "RSA PRIVATE KEY";
    private static final String PKCS8_LABEL = "PRIVATE KEY";

    private final RSAPrivateCrtKey key;
    private final RsaPublicKey publicKey;

    private RsaKeyPair(RSAPrivateCrtKey key) {
        this.key = key;
        this.publicKey = RsaPublicKey.of(key.getModulus());
    }

    /** Takes a second for the longer keys: not for a loop. */
    public static RsaKeyPair generate(int bits, Entropy entropy) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits, entropy.secureRandom());
            return new RsaKeyPair((RSAPrivateCrtKey) generator.generateKeyPair().getPrivate());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has RSA", missing);
        }
    }

    /** Reads a PKCS#1 {@code RSAPrivateKey}. */
    public static RsaKeyPair ofDer(byte[] der) throws Untrusted {
        try {
            RSAPrivateKey parsed = RSAPrivateKey.getInstance(der);
            if (!parsed.getPublicExponent().equals(RsaPublicKey.EXPONENT)) {
                throw new Untrusted("an RSA key whose exponent is not 65537");
            }
            RSAPrivateCrtKeySpec spec = new RSAPrivateCrtKeySpec(
                    parsed.getModulus(),
                    parsed.getPublicExponent(),
                    parsed.getPrivateExponent(),
                    parsed.getPrime1(),
                    parsed.getPrime2(),
                    parsed.getExponent1(),
                    parsed.getExponent2(),
                    parsed.getCoefficient());
            return new RsaKeyPair(
                    (RSAPrivateCrtKey) KeyFactory.getInstance("RSA").generatePrivate(spec));
        } catch (IllegalArgumentException | GeneralSecurityException malformed) {
            throw new Untrusted("an RSA private key that is malformed", malformed);
        }
    }

    /** Reads a PEM object {@code RSA PRIVATE KEY} or {@code PRIVATE KEY}. */
    public static RsaKeyPair parsePem(String pem) throws Untrusted {
        return Pem.contains(pem, PKCS8_LABEL) ? ofPkcs8(Pem.parse(pem, PKCS8_LABEL)) : ofDer(Pem.parse(pem, PEM_LABEL));
    }

    /** Whether the PEM object that has the key needs a passphrase. */
    public static boolean isEncryptedPem(String pem) {
        try {
            return Pem.contains(pem, EncryptedKey.PEM_LABEL)
                    || Pem.contains(pem, PEM_LABEL) && EncryptedPem.isLocked(Pem.body(pem, PEM_LABEL));
        } catch (Untrusted cutOff) {
            return false;
        }
    }

    /**
     * Reads a PEM object {@code ENCRYPTED PRIVATE KEY}, as tor-gencert writes an authority's identity, or an
     * {@code RSA PRIVATE KEY} that OpenSSL encrypted.
     */
    public static RsaKeyPair parseEncryptedPem(String pem, byte[] passphrase) throws Untrusted {
        if (Pem.contains(pem, EncryptedKey.PEM_LABEL)) {
            return wiping(EncryptedKey.open(Pem.parse(pem, EncryptedKey.PEM_LABEL), passphrase), RsaKeyPair::ofPkcs8);
        }
        return wiping(EncryptedPem.open(Pem.body(pem, PEM_LABEL), passphrase), RsaKeyPair::ofDer);
    }

    private interface Reader {
        RsaKeyPair read(byte[] secret) throws Untrusted;
    }

    private static RsaKeyPair wiping(byte[] secret, Reader reader) throws Untrusted {
        try {
            return reader.read(secret);
        } catch (Untrusted malformed) {
            throw EncryptedKey.wrongPassphrase(malformed); // one wrong passphrase in 256 leaves a good padding
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static RsaKeyPair ofPkcs8(byte[] pkcs8) throws Untrusted {
        try {
            return new RsaKeyPair(
                    (RSAPrivateCrtKey) KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
        } catch (GeneralSecurityException | ClassCastException malformed) {
            throw new Untrusted("an RSA private key that is malformed", malformed);
        }
    }

    /** The PEM object {@code ENCRYPTED PRIVATE KEY}, which tor-gencert reads. */
    public String encryptedPem(byte[] passphrase, Entropy entropy) {
        byte[] pkcs8 = key.getEncoded();
        try {
            return Pem.write(EncryptedKey.PEM_LABEL, EncryptedKey.seal(pkcs8, passphrase, entropy));
        } finally {
            Arrays.fill(pkcs8, (byte) 0);
        }
    }

    /** The PKCS#1 form: secret. */
    public byte[] der() {
        try {
            return new RSAPrivateKey(
                            key.getModulus(),
                            key.getPublicExponent(),
                            key.getPrivateExponent(),
                            key.getPrimeP(),
                            key.getPrimeQ(),
                            key.getPrimeExponentP(),
                            key.getPrimeExponentQ(),
                            key.getCrtCoefficient())
                    .getEncoded("DER");
        } catch (IOException impossible) {
            throw new IllegalStateException("integers can be encoded", impossible);
        }
    }

    /** The PEM object {@code RSA PRIVATE KEY}, with the newline at its end: secret. */
    public String pem() {
        return Pem.write(PEM_LABEL, der());
    }

    public RsaPublicKey publicKey() {
        return publicKey;
    }

    public Fingerprint fingerprint() {
        return publicKey.fingerprint();
    }

    /** The signature over {@code digest}, as long as the modulus. */
    public byte[] sign(byte[] digest) {
        try {
            Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
            cipher.init(Cipher.ENCRYPT_MODE, key); // by a private key, this is PKCS#1's padding for signatures
            return cipher.doFinal(digest);
        } catch (GeneralSecurityException tooLong) {
            throw new IllegalArgumentException("a digest of " + digest.length + " bytes", tooLong);
        }
    }

    /** For the JDK's own signatures and TLS. */
    RSAPrivateCrtKey jdkKey() {
        return key;
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "RsaKeyPair[" + publicKey + "]";
    }
}

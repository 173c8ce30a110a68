package io.allium.crypto;

import io.allium.base.Untrusted;
import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;

/**
 * An RSA public key, as relays and authorities have beside their Ed25519 ones. Signatures are raw: PKCS#1 v1.5 padding
 * around the digest itself, without the DigestInfo that says which digest it is. Immutable.
 *
 * @spec tor-spec 0.3
 */
public final class RsaPublicKey {
    /** C tor's keys have 1024, 2048 or 3072 bits; this bound keeps a hostile key from costing more than one of 4096. */
    static final int BITS_MAX = 4096;

    /** So few bits that padding and a SHA-256 digest still fit. */
    static final int BITS_MIN = 512;

    /** Tor uses no other. */
    static final BigInteger EXPONENT = BigInteger.valueOf(65537);

    private static final String PEM_LABEL = "RSA PUBLIC KEY";

    private final BigInteger modulus;
    private final byte[] der;

    private RsaPublicKey(BigInteger modulus, byte[] der) {
        this.modulus = modulus;
        this.der = der;
    }

    static RsaPublicKey of(BigInteger modulus) {
        try {
            return new RsaPublicKey(modulus, new RSAPublicKey(modulus, EXPONENT).getEncoded("DER"));
        } catch (IOException impossible) {
            throw new IllegalStateException("two integers can be encoded", impossible);
        }
    }

    /** Reads a PKCS#1 {@code RSAPublicKey}. */
    public static RsaPublicKey ofDer(byte[] der) throws Untrusted {
        RSAPublicKey parsed;
        try {
            parsed = RSAPublicKey.getInstance(der);
        } catch (IllegalArgumentException malformed) {
            throw new Untrusted("an RSA key that is not DER", malformed);
        }
        BigInteger modulus = parsed.getModulus();
        int bits = modulus.bitLength();
        if (bits < BITS_MIN || bits > BITS_MAX || modulus.signum() < 0 || !modulus.testBit(0)) {
            throw new Untrusted("an RSA key whose modulus of " + bits + " bits will not do");
        }
        if (!parsed.getPublicExponent().equals(EXPONENT)) {
            throw new Untrusted("an RSA key whose exponent is not 65537");
        }
        RsaPublicKey key = of(modulus);
        if (!Arrays.equals(key.der, der)) {
            throw new Untrusted("an RSA key whose DER is not the shortest");
        }
        return key;
    }

    /** Reads a PEM object {@code RSA PUBLIC KEY}. */
    public static RsaPublicKey parsePem(String pem) throws Untrusted {
        return ofDer(Pem.parse(pem, PEM_LABEL));
    }

    /** A copy of the PKCS#1 form, whose digest is the fingerprint. */
    public byte[] der() {
        return der.clone();
    }

    /** The PEM object {@code RSA PUBLIC KEY}, with the newline at its end. */
    public String pem() {
        return Pem.write(PEM_LABEL, der);
    }

    /** SHA-1 of {@link #der}. */
    public Fingerprint fingerprint() {
        return Fingerprint.of(Digests.sha1(der));
    }

    /** The length of the modulus. */
    public int bits() {
        return modulus.bitLength();
    }

    /** Whether {@code signature} is this key's over {@code digest}. */
    public boolean verifies(byte[] digest, byte[] signature) {
        int length = modulusLength();
        BigInteger number = new BigInteger(1, signature);
        if (signature.length != length || number.compareTo(modulus) >= 0 || digest.length > length - 11) {
            return false;
        }
        byte[] opened = unsigned(number.modPow(EXPONENT, modulus), length);
        return MessageDigest.isEqual(opened, padded(digest, length));
    }

    BigInteger modulus() {
        return modulus;
    }

    int modulusLength() {
        return (modulus.bitLength() + 7) / 8;
    }

    /** PKCS#1 v1.5: 0, 1, as many 0xff as fit, 0, the digest. */
    private static byte[] padded(byte[] digest, int length) {
        byte[] block = new byte[length];
        block[1] = 1;
        Arrays.fill(block, 2, length - digest.length - 1, (byte) 0xff);
        System.arraycopy(digest, 0, block, length - digest.length, digest.length);
        return block;
    }

    private static byte[] unsigned(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] block = new byte[length];
        int kept = Math.min(length, bytes.length);
        System.arraycopy(bytes, bytes.length - kept, block, length - kept, kept);
        return block;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RsaPublicKey that && modulus.equals(that.modulus);
    }

    @Override
    public int hashCode() {
        return modulus.hashCode();
    }

    @Override
    public String toString() {
        return "RsaPublicKey[" + bits() + " bits, " + fingerprint() + "]";
    }
}

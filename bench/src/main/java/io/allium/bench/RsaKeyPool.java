package io.allium.bench;

import io.allium.base.Untrusted;
import io.allium.crypto.RsaKeyPair;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/**
 * RSA keys for thousands of relays that nobody has to trust: any two primes of a pool make one, so that 8000 keys cost 130
 * primes. The same seed gives the same keys. Immutable.
 */
final class RsaKeyPool {
    private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);

    private final List<BigInteger> primes = new ArrayList<>();

    /**
     * @param bits of each key
     * @param keys how many different ones there have to be
     */
    RsaKeyPool(int bits, int keys, long seed) {
        Random chance = new Random(seed);
        while (primes.size() * (primes.size() - 1) / 2 < keys) {
            BigInteger prime = BigInteger.probablePrime(bits / 2, chance);
            boolean hasTopBits = prime.testBit(bits / 2 - 2); // so that a product has all bits
            if (hasTopBits
                    && prime.subtract(BigInteger.ONE).gcd(EXPONENT).equals(BigInteger.ONE)
                    && !primes.contains(prime)) {
                primes.add(prime);
            }
        }
    }

    /** One of the different keys, counted from 0. */
    RsaKeyPair key(int index) {
        int larger = (int) ((1 + Math.sqrt(1 + 8.0 * index)) / 2);
        int smaller = index - larger * (larger - 1) / 2;
        return pair(primes.get(larger), primes.get(smaller));
    }

    private static RsaKeyPair pair(BigInteger p, BigInteger q) {
        BigInteger ofP = p.subtract(BigInteger.ONE);
        BigInteger ofQ = q.subtract(BigInteger.ONE);
        BigInteger secret = EXPONENT.modInverse(ofP.multiply(ofQ));
        RSAPrivateCrtKeySpec spec = new RSAPrivateCrtKeySpec(
                p.multiply(q), EXPONENT, secret, p, q, secret.mod(ofP), secret.mod(ofQ), q.modInverse(p));
        try {
            byte[] pkcs8 = KeyFactory.getInstance("RSA").generatePrivate(spec).getEncoded();
            return RsaKeyPair.parsePem("-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pkcs8)
                    + "\n-----END PRIVATE KEY-----\n");
        } catch (GeneralSecurityException | Untrusted impossible) {
            throw new IllegalStateException("a key of two primes", impossible);
        }
    }
}

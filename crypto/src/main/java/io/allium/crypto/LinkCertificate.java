package io.allium.crypto;

import io.allium.base.Entropy;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * The X.509 certificate that a relay shows in TLS, with its key, as C tor makes it: an RSA-2048 key of its own, signed by
 * the relay's identity key, under two made-up names. Nobody verifies it as X.509; the CERTS cell vouches for its digest.
 * Replaced every two hours. Immutable.
 *
 * @spec tor-spec 2
 */
public final class LinkCertificate {
    /** How long a relay shows one certificate: MAX_SSL_KEY_LIFETIME_INTERNAL in C tor. */
    public static final Duration REPLACED_AFTER = Duration.ofHours(2);

    private static final int KEY_BITS = 2048;

    /** C tor takes a whole number of days from 5 to 365. */
    private static final int DAYS_MIN = 5;

    private static final int DAYS_MAX = 365;

    private final X509Certificate certificate;
    private final PrivateKey key;

    private LinkCertificate(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /** A new key and certificate; takes a fifth of a second. */
    public static LinkCertificate make(RsaKeyPair identity, Instant now, Entropy entropy) {
        KeyPair pair = generate(entropy);
        X509Certificate certificate = X509.make(
                pair.getPublic(),
                X509.hostName(".net", entropy),
                identity.jdkKey(),
                X509.hostName(".com", entropy),
                Duration.ofDays(DAYS_MIN + entropy.below(DAYS_MAX - DAYS_MIN + 1)),
                now,
                entropy);
        return new LinkCertificate(certificate, pair.getPrivate());
    }

    private static KeyPair generate(Entropy entropy) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS, entropy.secureRandom());
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has RSA", missing);
        }
    }

    /** For the JDK's TLS. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** For the JDK's TLS: secret. */
    public PrivateKey key() {
        return key;
    }

    /** The certificate as it goes over the wire. */
    public byte[] der() {
        return X509.encoded(certificate);
    }

    /** SHA-256 of {@link #der}, which a certificate of type {@link Ed25519Certificate#SIGNING_SIGNS_TLS} vouches for. */
    public byte[] digest() {
        return Digests.sha256(der());
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "LinkCertificate[" + certificate.getSubjectX500Principal() + "]";
    }
}

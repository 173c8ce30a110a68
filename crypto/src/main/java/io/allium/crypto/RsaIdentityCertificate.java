package io.allium.crypto;

import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

/**
 * A relay's RSA identity key in an X.509 certificate that it signed itself: type 2 in a CERTS cell. Immutable.
 *
 * @spec tor-spec 4.2
 */
public final class RsaIdentityCertificate {
    /** As in C tor. */
    private static final Duration LIFETIME = Duration.ofDays(365);

    private final X509Certificate certificate;
    private final RsaPublicKey key;

    private RsaIdentityCertificate(X509Certificate certificate, RsaPublicKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    public static RsaIdentityCertificate make(RsaKeyPair identity, Instant now, Entropy entropy) {
        String name = X509.hostName(".com", entropy);
        X509Certificate certificate =
                X509.make(jdkPublicKey(identity), name, identity.jdkKey(), name, LIFETIME, now, entropy);
        return new RsaIdentityCertificate(certificate, identity.publicKey());
    }

    /** Reads a certificate and does not check its signature. */
    public static RsaIdentityCertificate parse(byte[] der) throws Untrusted {
        X509Certificate certificate = X509.parse(der);
        if (!(certificate.getPublicKey() instanceof RSAPublicKey rsa)) {
            throw new Untrusted("identity certificate: not an RSA key");
        }
        if (!rsa.getPublicExponent().equals(RsaPublicKey.EXPONENT)
                || rsa.getModulus().bitLength() != RsaKeyPair.RELAY_BITS) {
            throw new Untrusted("identity certificate: not a key of 1024 bits with exponent 65537");
        }
        return new RsaIdentityCertificate(certificate, RsaPublicKey.of(rsa.getModulus()));
    }

    /** Fails unless it signed itself and is valid now. */
    public void verify(Instant now) throws Untrusted {
        try {
            certificate.checkValidity(Date.from(now));
            certificate.verify(certificate.getPublicKey());
        } catch (CertificateException expired) {
            throw new Untrusted(
                    "identity certificate: valid from "
                            + certificate.getNotBefore().toInstant() + " to "
                            + certificate.getNotAfter().toInstant(),
                    expired);
        } catch (GeneralSecurityException wrong) {
            throw new Untrusted("identity certificate: wrong signature", wrong);
        }
    }

    public RsaPublicKey key() {
        return key;
    }

    /** The certificate as it goes into CERTS. */
    public byte[] der() {
        return X509.encoded(certificate);
    }

    private static java.security.PublicKey jdkPublicKey(RsaKeyPair identity) {
        try {
            return java.security.KeyFactory.getInstance("RSA")
                    .generatePublic(new java.security.spec.RSAPublicKeySpec(
                            identity.publicKey().modulus(), RsaPublicKey.EXPONENT));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has RSA", impossible);
        }
    }
}

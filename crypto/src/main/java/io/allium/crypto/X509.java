package io.allium.crypto;

import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The shape that C tor gives its X.509 certificates. */
final class X509 {
    private static final char[] BASE32 = "abcdefghijklmnopqrstuvwxyz234567".toCharArray();
    private static final Duration DAY = Duration.ofDays(1);

    private X509() {}

    /**
     * A certificate over {@code lifetime}, which begins on some day's first second in the past, chosen so that at least a
     * day is left.
     */
    static X509Certificate make(
            PublicKey subject,
            String subjectName,
            PrivateKey issuer,
            String issuerName,
            Duration lifetime,
            Instant now,
            Entropy entropy) {
        Instant begin = begin(lifetime, now, entropy);
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=" + issuerName),
                    new BigInteger(1, entropy.bytes(8)),
                    Date.from(begin),
                    Date.from(begin.plus(lifetime)),
                    new X500Name("CN=" + subjectName),
                    subject);
            var signer = new JcaContentSignerBuilder("SHA256withRSA")
                    .setSecureRandom(entropy.secureRandom())
                    .build(issuer);
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (GeneralSecurityException | OperatorException impossible) {
            throw new IllegalStateException("every JDK signs with SHA256withRSA", impossible);
        }
    }

    private static Instant begin(Duration lifetime, Instant now, Entropy entropy) {
        long slack = lifetime.minus(DAY).minus(DAY).toSeconds();
        long back = slack > 0 ? entropy.below(slack) : 0;
        return now.minusSeconds(back).truncatedTo(ChronoUnit.DAYS);
    }

    /** A name that looks like a web server's: 8 to 20 characters between {@code www.} and the suffix. */
    static String hostName(String suffix, Entropy entropy) {
        int length = 8 + entropy.below(13);
        StringBuilder name = new StringBuilder("www.");
        for (int i = 0; i < length; i++) {
            name.append(BASE32[entropy.below(BASE32.length)]);
        }
        return name.append(suffix).toString();
    }

    static X509Certificate parse(byte[] der) throws Untrusted {
        try {
            var stream = new ByteArrayInputStream(der);
            var certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(stream);
            if (certificate == null || stream.available() > 0) {
                throw new Untrusted("X.509 certificate: empty, or something follows it");
            }
            return certificate;
        } catch (GeneralSecurityException malformed) {
            throw new Untrusted("X.509 certificate: malformed", malformed);
        }
    }

    static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("a certificate that was made can be written", impossible);
        }
    }
}

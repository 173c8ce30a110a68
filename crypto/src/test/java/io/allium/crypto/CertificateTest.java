package io.allium.crypto;

import static io.allium.crypto.Vectors.counting;
import static io.allium.crypto.Vectors.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import io.allium.testing.SeededEntropy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CertificateTest {
    private static final Instant NOW = Instant.parse("2026-11-20T11:30:00Z");
    private static final Instant LATER = NOW.plus(Duration.ofDays(30));

    private final Entropy entropy = new SeededEntropy(1);
    private final Ed25519KeyPair identity = Ed25519KeyPair.generate(entropy);
    private final Ed25519KeyPair signing = Ed25519KeyPair.generate(entropy);

    @Test
    void theCertificatesInADescriptorOfCTorVerify() throws Untrusted {
        String descriptor = text("/server-descriptor");
        Ed25519Identity master = Ed25519Identity.parseBase64("3u2WqivG4l8gVSVpy/ECHbRNVJlUu4YRWUvJnQeidB8");
        Ed25519Certificate ofSigning = Ed25519Certificate.parsePem(after(descriptor, "\nidentity-ed25519\n"));
        ofSigning.verify(Ed25519Certificate.IDENTITY_SIGNS_SIGNING, master, NOW);
        assertThat(ofSigning.signedWith()).contains(master);

        Curve25519Key onionKey = Curve25519Key.parseBase64("zmahCepgy4xLusYl6ZdZ165GD6HhkfudYqfBv9L9YT8");
        Ed25519Certificate crosscert = Ed25519Certificate.parsePem(after(descriptor, "\nntor-onion-key-crosscert 0\n"));
        crosscert.verify(Ed25519Certificate.ONION_SIGNS_IDENTITY, onionKey.toEd25519(0), NOW);
        assertThat(crosscert.certifiedKey()).isEqualTo(master);
        assertThatThrownBy(() -> crosscert.verify(Ed25519Certificate.ONION_SIGNS_IDENTITY, onionKey.toEd25519(1), NOW))
                .isInstanceOf(Untrusted.class)
                .hasMessage("certificate: wrong signature");
    }

    @Test
    void anOnionKeyVouchesForItsIdentity() throws Untrusted {
        Curve25519KeyPair onionKey = Curve25519KeyPair.generate(entropy);
        Ed25519Certificate certificate = Ed25519Certificate.sign(
                Ed25519Certificate.ONION_SIGNS_IDENTITY, identity.publicKey(), LATER, onionKey.toEd25519(), false);
        Ed25519Identity signer = onionKey.publicKey().toEd25519(onionKey.ed25519Sign());
        assertThat(Ed25519Certificate.parse(certificate.encoded())).isEqualTo(certificate);
        assertThatCode(() -> certificate.verify(Ed25519Certificate.ONION_SIGNS_IDENTITY, signer, NOW))
                .doesNotThrowAnyException();
    }

    @Test
    void aCertificateSaysWhatItWasMadeFor() throws Untrusted {
        Ed25519Certificate made = signingCertificate();
        Ed25519Certificate read = Ed25519Certificate.parsePem(made.pem());
        assertThat(read.type()).isEqualTo(4);
        assertThat(read.keyType()).isEqualTo(Ed25519Certificate.KEY_ED25519);
        assertThat(read.certifiedKey()).isEqualTo(signing.publicKey());
        assertThat(read.signedWith()).contains(identity.publicKey());
        assertThat(read.expires()).isEqualTo(Instant.parse("2026-12-20T12:00:00Z"));
        assertThat(read.encoded()).hasSize(140);
        Ed25519Certificate tls = Ed25519Certificate.signTls(counting(0, 32), LATER, signing);
        assertThat(tls.encoded()).hasSize(104);
        assertThat(tls.keyType()).isEqualTo(Ed25519Certificate.KEY_X509_SHA256);
        assertThat(tls.certified()).isEqualTo(counting(0, 32));
    }

    @Test
    void aCertificateFailsForTheWrongKeyTypeOrTime() {
        Ed25519Certificate made = signingCertificate();
        assertThatCode(() -> made.verify(4, identity.publicKey(), NOW)).doesNotThrowAnyException();
        assertThatThrownBy(() -> made.verify(5, identity.publicKey(), NOW)).hasMessage("certificate: of type 4, not 5");
        assertThatThrownBy(() -> made.verify(4, signing.publicKey(), NOW))
                .hasMessage("certificate: names another key as its signer");
        assertThatThrownBy(() -> made.verify(4, identity.publicKey(), made.expires()))
                .hasMessage(
                        "certificate: expired at 2026-12-20T12:00:00Z, and our clock says 2026-12-20T12:00:00Z: if that"
                                + " is wrong, check your time and date settings");
    }

    @Test
    void noByteOfACertificateMayChange() {
        byte[] encoded = signingCertificate().encoded();
        for (int i = 0; i < encoded.length; i++) {
            byte[] changed = encoded.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> Ed25519Certificate.parse(changed).verify(4, identity.publicKey(), NOW))
                    .as("byte %d", i)
                    .isInstanceOf(Untrusted.class);
            byte[] cut = Arrays.copyOf(encoded, i);
            assertThatThrownBy(() -> Ed25519Certificate.parse(cut)).isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void anUnknownExtensionCountsOnlyIfItSaysSo() throws Untrusted {
        byte[] base =
                Ed25519Certificate.signTls(counting(0, 32), LATER, signing).encoded();
        byte[] head = Arrays.copyOf(base, 39);
        byte[] tail = new byte[64];
        Ed25519Certificate.parse(Bytes.concat(head, new byte[] {1, 0, 2, 99, 0, 7, 7}, tail));
        assertThatThrownBy(() -> Ed25519Certificate.parse(Bytes.concat(head, new byte[] {1, 0, 2, 99, 1, 7, 7}, tail)))
                .hasMessage("certificate: extension 99 affects its validity and is unknown");
    }

    @Test
    void theRsaIdentityVouchesForTheEd25519One() throws Untrusted {
        RsaKeyPair rsa = RsaKeyPair.generate(1024, entropy);
        RsaEd25519CrossCertificate made = RsaEd25519CrossCertificate.sign(identity.publicKey(), LATER, rsa);
        RsaEd25519CrossCertificate read = RsaEd25519CrossCertificate.parse(made.encoded());
        assertThat(read).isEqualTo(made);
        assertThat(read.identity()).isEqualTo(identity.publicKey());
        read.verify(rsa.publicKey(), NOW);
        assertThatThrownBy(() -> read.verify(rsa.publicKey(), read.expires())).isInstanceOf(Untrusted.class);
        byte[] encoded = made.encoded();
        assertThat(encoded).hasSize(32 + 4 + 1 + 128);
        for (int i = 0; i < encoded.length; i++) {
            byte[] changed = encoded.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> RsaEd25519CrossCertificate.parse(changed).verify(rsa.publicKey(), NOW))
                    .isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void theX509CertificatesHaveTheShapeOfCTors() throws Exception {
        RsaKeyPair rsa = RsaKeyPair.generate(1024, entropy);
        LinkCertificate link = LinkCertificate.make(rsa, NOW, entropy);
        var x509 = link.certificate();
        assertThat(x509.getVersion()).isEqualTo(3);
        assertThat(x509.getSigAlgName()).isEqualTo("SHA256withRSA");
        assertThat(x509.getSubjectX500Principal().getName()).matches("CN=www\\.[a-z2-7]{8,20}\\.net");
        assertThat(x509.getIssuerX500Principal().getName()).matches("CN=www\\.[a-z2-7]{8,20}\\.com");
        assertThat(x509.getNotBefore().toInstant()).isBefore(NOW);
        assertThat(x509.getNotAfter().toInstant()).isAfter(NOW.plus(Duration.ofDays(1)));
        assertThat(x509.getNotBefore().toInstant().getEpochSecond() % 86400).isZero();
        assertThat(link.digest()).isEqualTo(Digests.sha256(link.der()));

        RsaIdentityCertificate made = RsaIdentityCertificate.make(rsa, NOW, entropy);
        RsaIdentityCertificate read = RsaIdentityCertificate.parse(made.der());
        assertThat(read.key()).isEqualTo(rsa.publicKey());
        read.verify(NOW);
        assertThatThrownBy(() -> read.verify(NOW.plus(Duration.ofDays(366)))).isInstanceOf(Untrusted.class);
        assertThatThrownBy(() -> RsaIdentityCertificate.parse(link.der())).isInstanceOf(Untrusted.class);
    }

    @Test
    void aDamagedX509CertificateIsUntrustedAndNothingWorse() {
        RsaKeyPair rsa = RsaKeyPair.generate(1024, entropy);
        byte[] der = RsaIdentityCertificate.make(rsa, NOW, entropy).der();
        Random random = new Random(5);
        for (int i = 0; i < 1000; i++) {
            byte[] damaged = Arrays.copyOf(der, i % 3 == 0 ? random.nextInt(der.length) : der.length);
            if (damaged.length > 0) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
            }
            assertThatThrownBy(() -> RsaIdentityCertificate.parse(damaged).verify(NOW))
                    .isInstanceOf(Untrusted.class);
        }
    }

    private Ed25519Certificate signingCertificate() {
        return Ed25519Certificate.sign(
                Ed25519Certificate.IDENTITY_SIGNS_SIGNING, signing.publicKey(), LATER, identity, true);
    }

    private static String after(String text, String line) {
        return text.substring(text.indexOf(line) + line.length());
    }
}

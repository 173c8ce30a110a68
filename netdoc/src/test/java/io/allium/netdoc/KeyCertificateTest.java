package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import io.allium.crypto.RsaKeyPair;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyCertificateTest {
    private static final byte[] SAMPLE = Samples.bytes("key-certificates");

    @Test
    void certificatesOfTorGencertReadAndVerify() throws Untrusted {
        DocumentList<Unverified<KeyCertificate>> all = KeyCertificate.parseAll(SAMPLE);

        assertThat(all.refused()).isEmpty();
        assertThat(all.documents()).hasSize(3);
        for (Unverified<KeyCertificate> each : all.documents()) {
            KeyCertificate certificate = each.verify(KeyCertificate::selfSigned);
            assertThat(certificate.identityKey().bits()).isEqualTo(3072);
            assertThat(certificate.published()).isBefore(certificate.expires());
        }
    }

    @Test
    void aChangedByteAnywhereIsRefused() {
        byte[] good = KeyCertificate.parseAll(SAMPLE)
                .documents()
                .getFirst()
                .claimed()
                .source()
                .bytes();
        for (int i = 0; i < good.length; i += 5) {
            byte[] bad = good.clone();
            bad[i] ^= 2;
            assertThatThrownBy(() -> KeyCertificate.parse(bad).verify(KeyCertificate::selfSigned))
                    .as("byte %d", i)
                    .isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void whatWeWriteReadsBackAndVerifies() throws Untrusted {
        RsaKeyPair identity = TestKeys.rsa(7);
        RsaKeyPair signing = TestKeys.rsa(8);

        KeyCertificate read = KeyCertificate.parse(KeyCertificate.write(
                        Optional.of(Endpoint.parse("127.0.0.1:80")),
                        identity,
                        signing,
                        TestKeys.PUBLISHED,
                        TestKeys.PUBLISHED.plus(Duration.ofDays(90))))
                .verify(KeyCertificate::selfSigned);

        assertThat(read.address()).contains(Endpoint.parse("127.0.0.1:80"));
        assertThat(read.fingerprint()).isEqualTo(identity.fingerprint());
        assertThat(read.signingKey()).isEqualTo(signing.publicKey());
        assertThat(read.published()).isEqualTo(TestKeys.PUBLISHED);
    }
}

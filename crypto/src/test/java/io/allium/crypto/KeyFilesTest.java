package io.allium.crypto;

import static io.allium.crypto.Vectors.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import io.allium.testing.MemoryDisk;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The resources under {@code keys} are the keys folder of a relay that tor 0.4.9.11 made for this test. */
class KeyFilesTest {
    private static final Path THEIRS = Path.of("theirs");
    private static final Path OURS = Path.of("ours");
    private static final List<String> NAMES = List.of(
            "secret_id_key",
            "secret_onion_key",
            "secret_onion_key_ntor",
            "ed25519_master_id_secret_key",
            "ed25519_master_id_public_key",
            "ed25519_signing_secret_key",
            "ed25519_signing_cert",
            "authority_signing_key");

    private final MemoryDisk disk = new MemoryDisk();
    private final KeyFiles theirs = new KeyFiles(disk, THEIRS);
    private final KeyFiles ours = new KeyFiles(disk, OURS);

    @BeforeEach
    void copyTheirFiles() {
        for (String name : NAMES) {
            disk.write(THEIRS.resolve(name), resource("/keys/" + name));
        }
    }

    @Test
    void theKeysOfCTorBelongTogether() throws LocalFailure, Untrusted {
        assertThat(theirs.readRsa(KeyFiles.RSA_IDENTITY).orElseThrow().fingerprint())
                .isEqualTo(Fingerprint.parse("C063218D7ABDFCE1C5839AAD11E834436795A594"));
        Ed25519KeyPair master = theirs.readEd25519(KeyFiles.MASTER_SECRET).orElseThrow();
        assertThat(master.publicKey().base64()).isEqualTo("Vp1t33plk1Yq6OXJfcNZ4eUo+r9sDsb89qdn4jwR+WA");
        assertThat(theirs.readEd25519Public(KeyFiles.MASTER_PUBLIC)).contains(master.publicKey());
        Ed25519KeyPair signing = theirs.readEd25519(KeyFiles.SIGNING_SECRET).orElseThrow();
        Ed25519Certificate certificate =
                theirs.readCertificate(KeyFiles.SIGNING_CERTIFICATE).orElseThrow();
        certificate.verify(
                Ed25519Certificate.IDENTITY_SIGNS_SIGNING,
                master.publicKey(),
                certificate.expires().minusSeconds(1));
        assertThat(certificate.certifiedKey()).isEqualTo(signing.publicKey());
        assertThat(theirs.readRsa(KeyFiles.AUTHORITY_SIGNING)
                        .orElseThrow()
                        .publicKey()
                        .bits())
                .isEqualTo(2048);
    }

    @Test
    void whatWeWriteIsWhatCTorWrites() throws LocalFailure {
        for (String name : List.of(KeyFiles.RSA_IDENTITY, KeyFiles.RSA_ONION, KeyFiles.AUTHORITY_SIGNING)) {
            ours.writeRsa(name, theirs.readRsa(name).orElseThrow());
        }
        for (String name : List.of(KeyFiles.MASTER_SECRET, KeyFiles.SIGNING_SECRET)) {
            ours.writeEd25519(name, theirs.readEd25519(name).orElseThrow());
        }
        ours.writeEd25519Public(
                KeyFiles.MASTER_PUBLIC,
                theirs.readEd25519Public(KeyFiles.MASTER_PUBLIC).orElseThrow());
        ours.writeCertificate(
                KeyFiles.SIGNING_CERTIFICATE,
                theirs.readCertificate(KeyFiles.SIGNING_CERTIFICATE).orElseThrow());
        ours.writeCurve25519(
                KeyFiles.NTOR_ONION, theirs.readCurve25519(KeyFiles.NTOR_ONION).orElseThrow());
        for (String name : NAMES) {
            assertThat(Vectors.hex(disk.files().get(OURS.resolve(name))))
                    .as(name)
                    .isEqualTo(Vectors.hex(resource("/keys/" + name)));
        }
    }

    @Test
    void anOnionKeyThatIsRetiredIsTheOldOne() throws LocalFailure {
        Curve25519KeyPair key = theirs.readCurve25519(KeyFiles.NTOR_ONION).orElseThrow();
        theirs.retire(KeyFiles.NTOR_ONION);
        assertThat(theirs.readCurve25519(KeyFiles.NTOR_ONION)).isEmpty();
        assertThat(theirs.readCurve25519("secret_onion_key_ntor.old")
                        .orElseThrow()
                        .publicKey())
                .isEqualTo(key.publicKey());
    }

    @Test
    void aDamagedFileIsNamedToTheOperator() {
        byte[] cut = new byte[50];
        for (String name : NAMES) {
            disk.write(THEIRS.resolve(name), cut);
        }
        assertThatThrownBy(() -> theirs.readEd25519(KeyFiles.MASTER_SECRET))
                .isInstanceOf(LocalFailure.class)
                .hasMessage("theirs/ed25519_master_id_secret_key: does not begin with '== ed25519v1-secret: type0 =='");
        assertThatThrownBy(() -> theirs.readRsa(KeyFiles.RSA_IDENTITY)).isInstanceOf(LocalFailure.class);
        assertThatThrownBy(() -> theirs.readCurve25519(KeyFiles.NTOR_ONION)).isInstanceOf(LocalFailure.class);
        assertThatThrownBy(() -> theirs.readCertificate(KeyFiles.SIGNING_CERTIFICATE))
                .isInstanceOf(LocalFailure.class);
    }

    @Test
    void absentFilesReadAsNothing() throws LocalFailure {
        assertThat(ours.readRsa(KeyFiles.RSA_IDENTITY)).isEmpty();
        assertThat(ours.readEd25519(KeyFiles.MASTER_SECRET)).isEmpty();
    }
}

package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.crypto.KeyFiles;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.KeyCertificate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityKeysTest {
    private static final Instant NOW = Instant.parse("2026-11-20T11:20:00Z");

    private final SystemDisk disk = new SystemDisk();
    private final RsaKeyPair identity = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, new SystemEntropy());
    private final RsaKeyPair signing = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, new SystemEntropy());

    @TempDir
    private Path folder;

    @Test
    void theKeysOfTorGencertAreRead() throws LocalFailure {
        write(signing);
        AuthorityKeys keys = AuthorityKeys.load(disk, folder, false);
        assertThat(keys.identity()).isEqualTo(identity.fingerprint());
        assertThat(keys.signing().publicKey()).isEqualTo(signing.publicKey());
    }

    @Test
    void theOperatorIsToldOfWhatIsMissing() throws LocalFailure {
        assertThatThrownBy(() -> AuthorityKeys.load(disk, folder, false))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("authority_signing_key is missing");
    }

    @Test
    void aCertificateForAnotherKeyIsRefused() throws LocalFailure {
        write(identity);
        assertThatThrownBy(() -> AuthorityKeys.load(disk, folder, false))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("is not for the key in authority_signing_key");
    }

    @Test
    void aFormerIdentityIsReadWhereItIsAskedFor() throws LocalFailure {
        write(signing);
        assertThatThrownBy(() -> AuthorityKeys.load(disk, folder, true))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("legacy_signing_key is missing");
        RsaKeyPair former = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, new SystemEntropy());
        writeLegacy(former);
        AuthorityKeys keys = AuthorityKeys.load(disk, folder, true);
        assertThat(keys.identity()).isEqualTo(identity.fingerprint());
        assertThat(keys.legacy().orElseThrow().identity()).isEqualTo(former.fingerprint());
        writeLegacy(identity);
        assertThatThrownBy(() -> AuthorityKeys.load(disk, folder, true))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("it should be of the former one");
    }

    @Test
    void whatIsNoCertificateIsNamed() throws LocalFailure {
        write(signing);
        for (String garbled : List.of("", "nothing", "dir-key-certificate-version 3\n")) {
            disk.write(folder.resolve(KeyFiles.AUTHORITY_CERTIFICATE), garbled.getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(() -> AuthorityKeys.load(disk, folder, false))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageContaining("authority_certificate: ");
        }
    }

    private void writeLegacy(RsaKeyPair former) throws LocalFailure {
        new KeyFiles(disk, folder).writeRsa(KeyFiles.LEGACY_SIGNING, signing);
        disk.write(
                folder.resolve(KeyFiles.LEGACY_CERTIFICATE),
                KeyCertificate.write(Optional.empty(), former, signing, NOW, NOW.plus(Duration.ofDays(90))));
    }

    private void write(RsaKeyPair kept) throws LocalFailure {
        new KeyFiles(disk, folder).writeRsa(KeyFiles.AUTHORITY_SIGNING, kept);
        byte[] certificate =
                KeyCertificate.write(Optional.empty(), identity, signing, NOW, NOW.plus(Duration.ofDays(90)));
        disk.write(folder.resolve(KeyFiles.AUTHORITY_CERTIFICATE), certificate);
    }
}

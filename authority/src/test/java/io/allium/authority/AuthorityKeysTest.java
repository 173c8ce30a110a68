package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.crypto.KeyFiles;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.KeyCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
        AuthorityKeys keys = AuthorityKeys.load(disk, folder);
        assertThat(keys.identity()).isEqualTo(identity.fingerprint());
        assertThat(keys.signing().publicKey()).isEqualTo(signing.publicKey());
    }

    @Test
    void theOperatorIsToldOfWhatIsMissing() throws LocalFailure {
        assertThatThrownBy(() -> AuthorityKeys.load(disk, folder))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("authority_signing_key is missing");
    }

    @Test
    void aCertificateForAnotherKeyIsRefused() throws LocalFailure {
        write(identity);
        assertThatThrownBy(() -> AuthorityKeys.load(disk, folder))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("is not for the key in authority_signing_key");
    }

    @Test
    void theOperatorIsWarnedAMonthBeforeExpiry() throws LocalFailure {
        write(signing);
        AuthorityKeys keys = AuthorityKeys.load(disk, folder);
        assertThat(keys.expiryWarning(NOW)).isEmpty();
        assertThat(keys.expiryWarning(NOW.plus(Duration.ofDays(70))).orElseThrow())
                .contains("soon");
        assertThat(keys.expiryWarning(NOW.plus(Duration.ofDays(85))).orElseThrow())
                .contains("NOW");
        assertThat(keys.expiryWarning(NOW.plus(Duration.ofDays(91))).orElseThrow())
                .contains("EXPIRED");
    }

    private void write(RsaKeyPair kept) throws LocalFailure {
        new KeyFiles(disk, folder).writeRsa(KeyFiles.AUTHORITY_SIGNING, kept);
        byte[] certificate =
                KeyCertificate.write(Optional.empty(), identity, signing, NOW, NOW.plus(Duration.ofDays(90)));
        disk.write(folder.resolve(KeyFiles.AUTHORITY_CERTIFICATE), certificate);
    }
}

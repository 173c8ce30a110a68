package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Certificate;
import io.allium.testing.ManualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayKeysTest {
    @TempDir
    Path home;

    private final ManualTime time = new ManualTime();
    private final Disk disk = new DatedDisk(time);
    private Path data = Path.of("unset");

    @BeforeEach
    void aPrivateDataDirectory() throws LocalFailure {
        data = home.resolve("data");
        disk.privateFolder(data);
    }

    @Test
    void keysAreMadeOnceAndReadEverAfter() throws Exception {
        RelayKeys made = keys();
        RelayKeys read = keys();
        assertThat(read.fingerprint()).isEqualTo(made.fingerprint());
        assertThat(read.identity()).isEqualTo(made.identity());
        assertThat(read.signing().certificate()).isEqualTo(made.signing().certificate());
        assertThat(read.onionKeys().ntor().publicKey())
                .isEqualTo(made.onionKeys().ntor().publicKey());
        assertThat(Files.readString(data.resolve("fingerprint")))
                .isEqualTo("test " + made.fingerprint().hex() + "\n");
        assertThat(Files.readString(data.resolve("fingerprint-ed25519")))
                .isEqualTo("test " + made.identity().base64() + "\n");
    }

    @Test
    void theIdentityVouchesForTheSigningKeyAndItsSuccessor() throws Exception {
        RelayKeys keys = keys();
        SigningKey first = keys.signing();
        first.certificate().verify(Ed25519Certificate.IDENTITY_SIGNS_SIGNING, keys.identity(), time.now());
        time.pass(Duration.ofDays(28));
        keys.renew();
        assertThat(keys.signing()).isSameAs(first);
        time.pass(Duration.ofDays(1).plusHours(2));
        assertThat(keys.renew()).isTrue();
        assertThat(keys.signing()).isNotSameAs(first);
        keys.signing().certificate().verify(Ed25519Certificate.IDENTITY_SIGNS_SIGNING, keys.identity(), time.now());
    }

    @Test
    void anOnionKeyIsReplacedAfterFourWeeksAndAnsweredForOneMore() throws Exception {
        RelayKeys keys = keys();
        Curve25519Key first = keys.onionKeys().ntor().publicKey();
        time.pass(Duration.ofDays(28).plusSeconds(1));
        assertThat(keys.renew()).isTrue();
        assertThat(keys.onionKeys().ntor().publicKey()).isNotEqualTo(first);
        assertThat(answered(keys)).contains(first);
        time.pass(Duration.ofDays(7));
        keys.renew();
        assertThat(answered(keys)).doesNotContain(first);
    }

    @Test
    void thePreviousOnionKeyIsStillKnownAfterARestart() throws Exception {
        RelayKeys keys = keys();
        Curve25519Key first = keys.onionKeys().ntor().publicKey();
        time.pass(Duration.ofDays(29));
        keys.renew();
        assertThat(answered(keys())).contains(first);
    }

    @Test
    void anEndBetweenTwoWritesLosesNoKey() throws Exception {
        RelayKeys keys = keys();
        Path folder = data.resolve("keys");
        Files.move(folder.resolve("secret_onion_key_ntor"), folder.resolve("secret_onion_key_ntor.old"));
        Files.delete(folder.resolve("ed25519_signing_cert"));
        Files.delete(folder.resolve("ed25519_master_id_public_key"));
        RelayKeys after = keys();
        assertThat(after.identity()).isEqualTo(keys.identity());
        assertThat(answered(after)).contains(keys.onionKeys().ntor().publicKey());
        after.signing().certificate().verify(Ed25519Certificate.IDENTITY_SIGNS_SIGNING, keys.identity(), time.now());
    }

    @Test
    void anOfflineMasterKeyServesAsLongAsTheSigningKeyDoes() throws Exception {
        RelayKeys keys = keys();
        Files.delete(data.resolve("keys/ed25519_master_id_secret_key"));
        assertThat(keys().identity()).isEqualTo(keys.identity());
        time.pass(Duration.ofDays(31));
        assertThatThrownBy(this::keys).isInstanceOf(LocalFailure.class).hasMessageContaining("--keygen");
    }

    @Test
    void aDamagedKeyIsTheOperatorsToMend() throws Exception {
        keys();
        Files.writeString(data.resolve("keys/secret_id_key"), "nothing");
        assertThatThrownBy(this::keys).isInstanceOf(LocalFailure.class).hasMessageContaining("secret_id_key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ed25519_master_id_public_key",
                "ed25519_signing_secret_key",
                "ed25519_signing_cert",
                "secret_onion_key",
                "secret_onion_key_ntor"
            })
    void whatCanBeMadeAnewIsSetAsideWhenItIsDamaged(String name) throws Exception {
        RelayKeys before = keys();
        Path file = data.resolve("keys").resolve(name);
        byte[] whole = Files.readAllBytes(file);
        for (byte[] damaged : damaged(whole)) {
            Files.write(file, damaged);

            RelayKeys after = keys();

            assertThat(after.fingerprint()).isEqualTo(before.fingerprint());
            assertThat(after.identity()).isEqualTo(before.identity());
            assertThat(Files.readAllBytes(file.resolveSibling(name + ".broken")))
                    .isEqualTo(damaged);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret_id_key", "ed25519_master_id_secret_key"})
    void aDamagedIdentityIsNeverReplaced(String name) throws Exception {
        keys();
        Path file = data.resolve("keys").resolve(name);
        byte[] whole = Files.readAllBytes(file);
        for (byte[] damaged : damaged(whole)) {
            Files.write(file, damaged);

            assertThatThrownBy(this::keys)
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("restore it from a backup");
            assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
        }
    }

    /** Empty, cut off, and noise of the same length. */
    private static List<byte[]> damaged(byte[] whole) {
        byte[] noise = new byte[whole.length];
        new Random(5).nextBytes(noise);
        return List.of(new byte[0], Arrays.copyOf(whole, whole.length / 2), noise);
    }

    private RelayKeys keys() throws LocalFailure {
        return new RelayKeys(disk, time, new SystemEntropy(), Log.NONE, RelayOptionsFixture.options(data));
    }

    private static List<Curve25519Key> answered(RelayKeys keys) {
        return keys.onionKeys().answered().stream()
                .map(Curve25519KeyPair::publicKey)
                .toList();
    }
}

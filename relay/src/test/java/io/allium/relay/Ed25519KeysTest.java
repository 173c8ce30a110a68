package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Sensitive;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.KeyFiles;
import io.allium.testing.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Ed25519KeysTest {
    @TempDir
    Path folder;

    private final ManualTime time = new ManualTime();
    private final Disk disk = new SystemDisk();
    private final List<String> said = new ArrayList<>();

    @Test
    void aLockedMasterKeyStaysLockedAndTheRelayRunsOnWhatItVouchedFor() throws Exception {
        Ed25519Identity identity = generate("secret").identity();
        assertThat(file(KeyFiles.MASTER_ENCRYPTED)).exists();
        assertThat(file(KeyFiles.MASTER_SECRET)).doesNotExist();
        Ed25519Keys.Loaded running = keys(false).load();
        assertThat(running.identity()).isEqualTo(identity);
        running.signing().certificate().verify(Ed25519Certificate.IDENTITY_SIGNS_SIGNING, identity, time.now());
    }

    @Test
    void anotherSigningKeyTakesThePassphrase() throws Exception {
        Ed25519Keys.Loaded first = generate("secret");
        Ed25519Keys.Loaded second = generate("wrong", "again", "secret");
        assertThat(second.identity()).isEqualTo(first.identity());
        assertThat(second.signing().certificate()).isNotEqualTo(first.signing().certificate());
    }

    @Test
    void aWrongPassphraseOfAFileIsNotAskedForAgain() throws Exception {
        generate("secret");
        Typed passphrases = new Typed(false, "wrong");
        assertThatThrownBy(() -> keys(false).generate(new Ed25519Keys.Keygen(passphrases, false, Optional.empty())))
                .isInstanceOf(LocalFailure.class)
                .hasMessageEndingWith("_encrypted: wrong passphrase");
    }

    @Test
    void withoutAPassphraseTheMasterKeyLiesInTheOpen() throws Exception {
        generate("");
        assertThat(file(KeyFiles.MASTER_SECRET)).exists();
        assertThat(file(KeyFiles.MASTER_ENCRYPTED)).doesNotExist();
        assertThat(said).containsExactly("Not encrypting the secret key.");
    }

    @Test
    void aPassphraseIsAddedChangedAndTakenAway() throws Exception {
        Ed25519Keys.Loaded made = generate("");
        newPassphrase("first");
        assertThat(file(KeyFiles.MASTER_SECRET)).doesNotExist();
        newPassphrase("first", "second");
        newPassphrase("second", "");
        assertThat(file(KeyFiles.MASTER_SECRET)).exists();
        Ed25519Keys.Loaded after = keys(false).load();
        assertThat(after.identity()).isEqualTo(made.identity());
        assertThat(after.signing().certificate()).isEqualTo(made.signing().certificate());
    }

    @Test
    void aRelayThatNeedsALockedMasterKeySaysWhatToDo() throws Exception {
        generate("secret");
        Files.delete(file(KeyFiles.SIGNING_SECRET));
        refused(false, "but it was encrypted. Try 'tor --keygen' instead");
        Files.delete(file(KeyFiles.MASTER_PUBLIC));
        refused(false, "Found an encrypted secret key, but not public key file");
    }

    @Test
    void anOfflineMasterKeyIsNeitherMadeNorRead() throws Exception {
        refused(true, "OfflineMasterKey is set");
        assertThat(file(KeyFiles.MASTER_SECRET)).doesNotExist();
        Ed25519Identity identity = generate("").identity();
        Files.writeString(file(KeyFiles.MASTER_SECRET), "unread");
        assertThat(keys(true).load().identity()).isEqualTo(identity);
        time.pass(Duration.ofDays(31));
        refused(true, "OfflineMasterKey is set");
    }

    @Test
    void aRelayTakesTheSigningKeyThatItsOperatorBrings() throws Exception {
        Ed25519Keys.Loaded before = generate("");
        Files.delete(file(KeyFiles.MASTER_SECRET));
        Path elsewhere = folder.resolveSibling("elsewhere-" + folder.getFileName());
        time.pass(Duration.ofDays(29).plusHours(1));
        Ed25519Keys keys = keys(false);
        assertThat(keys.expiresSoon(before.signing())).isTrue();
        assertThat(keys.load().signing().certificate())
                .isEqualTo(before.signing().certificate());
        assertThat(elsewhere).doesNotExist();
    }

    @Test
    void aMissingPublicHalfIsToldByTheCertificate() throws Exception {
        Ed25519Identity identity = generate("").identity();
        Files.delete(file(KeyFiles.MASTER_SECRET));
        Files.delete(file(KeyFiles.MASTER_PUBLIC));
        assertThat(keys(false).load().identity()).isEqualTo(identity);
        assertThat(file(KeyFiles.MASTER_PUBLIC)).exists();
    }

    @Test
    void keysOfTwoRelaysAreNotMixed() throws Exception {
        generate("");
        byte[] secret = Files.readAllBytes(file(KeyFiles.MASTER_SECRET));
        Files.delete(file(KeyFiles.MASTER_SECRET));
        Files.delete(file(KeyFiles.MASTER_PUBLIC));
        Files.delete(file(KeyFiles.SIGNING_SECRET));
        generate("");
        byte[] certificate = Files.readAllBytes(file(KeyFiles.SIGNING_CERTIFICATE));
        byte[] publicKey = Files.readAllBytes(file(KeyFiles.MASTER_PUBLIC));
        Files.write(file(KeyFiles.MASTER_SECRET), secret);
        refused(false, "does not match");
        Files.delete(file(KeyFiles.MASTER_PUBLIC));
        refused(false, "was not signed with the master key we loaded!");
        assertThat(Files.readAllBytes(file(KeyFiles.SIGNING_CERTIFICATE))).isEqualTo(certificate);
        assertThat(publicKey).hasSize(64);
    }

    @Test
    void theMasterKeyMayLieInAFileOfAnyName() throws Exception {
        Path stick = folder.resolve("stick").resolve("master");
        Ed25519Keys.Keygen how =
                new Ed25519Keys.Keygen(new Typed(true, "secret"), false, Optional.of(stick.toString()));
        Ed25519Identity identity = keys(false).generate(how).identity();
        assertThat(stick).exists();
        assertThat(file(KeyFiles.MASTER_ENCRYPTED)).doesNotExist();
        Ed25519Keys.Keygen again =
                new Ed25519Keys.Keygen(new Typed(true, "secret"), false, Optional.of(stick.toString()));
        assertThat(keys(false).generate(again).identity()).isEqualTo(identity);
    }

    @Test
    void aLockedMasterKeyThatIsDamagedIsCalledCorrupted() throws Exception {
        generate("secret");
        byte[] locked = Files.readAllBytes(file(KeyFiles.MASTER_ENCRYPTED));
        for (int length : new int[] {0, 40, 60, locked.length - 1}) {
            Files.write(file(KeyFiles.MASTER_ENCRYPTED), java.util.Arrays.copyOf(locked, length));
            Typed passphrases = new Typed(false, "secret");
            assertThatThrownBy(() -> keys(false).generate(new Ed25519Keys.Keygen(passphrases, false, Optional.empty())))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageContaining(KeyFiles.MASTER_ENCRYPTED);
        }
    }

    private void refused(boolean offline, String why) {
        assertThatThrownBy(() -> keys(offline).load())
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining(why);
    }

    private Ed25519Keys.Loaded generate(String... passphrases) throws LocalFailure {
        return keys(false).generate(new Ed25519Keys.Keygen(new Typed(true, passphrases), false, Optional.empty()));
    }

    private void newPassphrase(String... passphrases) throws LocalFailure {
        keys(false).generate(new Ed25519Keys.Keygen(new Typed(true, passphrases), true, Optional.empty()));
    }

    private Ed25519Keys keys(boolean offline) {
        return new Ed25519Keys(
                disk,
                time,
                new SystemEntropy(),
                Log.NONE,
                new Ed25519Keys.Settings(folder, offline, Duration.ofDays(30), Duration.ofDays(1)));
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    /** Somebody who types these, one after the other. */
    private final class Typed implements Passphrases {
        private final boolean interactive;
        private final Deque<String> left;

        Typed(boolean interactive, String... passphrases) {
            this.interactive = interactive;
            this.left = new ArrayDeque<>(List.of(passphrases));
        }

        @Override
        public Sensitive ask(String prompt) {
            return Sensitive.taking(left.removeFirst().getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Sensitive askForNew(String prompt) {
            return ask(prompt);
        }

        @Override
        public boolean isInteractive() {
            return interactive;
        }

        @Override
        public void say(String text) {
            said.add(text);
        }

        @Override
        public void close() {}
    }
}

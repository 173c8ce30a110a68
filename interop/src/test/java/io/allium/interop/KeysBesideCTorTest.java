package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that one implementation makes and locks, and the other opens and uses. */
class KeysBesideCTorTest {
    private static final String BIN = Path.of("../bin").toAbsolutePath().normalize() + "/";

    private static final String PASSPHRASE = "secret passphrase";

    @TempDir
    private Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("empty"), "");
        Files.createDirectories(folder.resolve("keys"));
    }

    /** The makers and users of an authority's keys: nothing stands for C tor's. */
    @ParameterizedTest
    @CsvSource({"'',ours", "ours,''"})
    void anAuthorityRunsOnKeysOfTheOther(String maker, String user) throws Exception {
        gencert(maker, PASSPHRASE, "--create-identity-key", "-m", "6", "-a", "127.0.0.1:7000");
        String identity = certificate("fingerprint");
        gencert(user, PASSPHRASE);
        assertThat(certificate("fingerprint")).isEqualTo(identity);
        gencert(maker, PASSPHRASE, "-r");
        assertThat(attemptGencert(user, "guess").status()).isEqualTo(1);
        assertThat(fingerprint(user, authority())).matches("test [0-9A-F ]{49}");
        assertThat(fingerprint(maker, authority())).isEqualTo(fingerprint(user, authority()));
    }

    @ParameterizedTest
    @CsvSource({"'',ours", "ours,''"})
    void aMasterKeyThatOneLockedTheOtherOpens(String maker, String user) throws Exception {
        keygen(maker, PASSPHRASE);
        assertThat(folder.resolve("keys/ed25519_master_id_secret_key")).doesNotExist();
        byte[] before = Files.readAllBytes(folder.resolve("keys/ed25519_signing_cert"));
        keygen(user, PASSPHRASE);
        assertThat(Files.readAllBytes(folder.resolve("keys/ed25519_signing_cert")))
                .isNotEqualTo(before);
        List<String> offline = List.of("--OfflineMasterKey", "1");
        String theirs = fingerprint("", offline, "ed25519");
        assertThat(fingerprint("ours", offline, "ed25519")).isEqualTo(theirs);
    }

    private void gencert(String program, String passphrase, String... words) throws Exception {
        Programs.Outcome outcome = attemptGencert(program, passphrase, words);
        assertThat(outcome.status()).as(outcome.errors()).isZero();
        for (String name : List.of("authority_signing_key", "authority_certificate")) {
            Files.write(folder.resolve("keys").resolve(name), Files.readAllBytes(folder.resolve(name)));
        }
    }

    private Programs.Outcome attemptGencert(String program, String passphrase, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(path(program, "tor-gencert"), "--passphrase-fd", "0"));
        command.addAll(List.of(words));
        return Programs.attempt(folder, passphrase + "\n", command.toArray(String[]::new));
    }

    private void keygen(String program, String passphrase) throws Exception {
        Programs.runWithInput(
                folder,
                passphrase,
                path(program, "tor"),
                "--keygen",
                "--passphrase-fd",
                "0",
                "-f",
                "empty",
                "--DataDirectory",
                folder.toString());
    }

    private static List<String> authority() {
        return List.of(
                "--AuthoritativeDirectory",
                "1",
                "--V3AuthoritativeDirectory",
                "1",
                "--DirPort",
                "127.0.0.1:7000",
                "--ContactInfo",
                "someone@example.org",
                "--TestingTorNetwork",
                "1",
                "--DirAuthority",
                "x 127.0.0.1:1 " + "f".repeat(40));
    }

    /** Starts it so far that it has read all its keys. */
    private String fingerprint(String program, List<String> options, String... kind) throws Exception {
        List<String> command = new ArrayList<>(List.of(path(program, "tor"), "--list-fingerprint"));
        command.addAll(List.of(kind));
        command.addAll(List.of("-f", "empty", "--quiet", "--Nickname", "test", "--ORPort", "127.0.0.1:5000"));
        command.addAll(List.of("--Address", "127.0.0.1", "--DataDirectory", folder.toString()));
        command.addAll(options);
        return Programs.run(folder, command.toArray(String[]::new)).text().strip();
    }

    private String certificate(String keyword) throws IOException {
        return Files.readAllLines(folder.resolve("authority_certificate")).stream()
                .filter(line -> line.startsWith(keyword + " "))
                .findFirst()
                .orElseThrow();
    }

    private static String path(String whose, String program) {
        return whose.isEmpty() ? program : BIN + program;
    }
}

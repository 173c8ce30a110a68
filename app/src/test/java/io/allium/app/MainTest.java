package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemTime;
import io.allium.crypto.Passwords;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line from its words to its output and exit code. */
class MainTest {
    private static final String AUTHORITY = "x 127.0.0.1:1 ffffffffffffffffffffffffffffffffffffffff";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private String input = "";

    @Test
    void theVersionIsOneThatToolsParse() {
        assertThat(run("--version")).isZero();
        assertThat(output()).matches("Tor version [0-9.]+ \\(\\S+\\)\\.\n");
    }

    @Test
    void aPasswordIsHashedForTheTorrc() {
        assertThat(run("--hash-password", "secret")).isZero();
        assertThat(Passwords.verify(output().strip(), "secret")).isTrue();
    }

    @Test
    void allOptionsAreListed() {
        assertThat(run("--list-torrc-options")).isZero();
        assertThat(output().lines()).hasSize(372).contains("SocksPort", "__SocksPort");
    }

    @Test
    void aGoodConfigurationIsCalledValid() throws Exception {
        assertThat(run("--verify-config", "-f", torrc("SocksPort 0\n"))).isZero();
        assertThat(output()).contains("Read configuration file", "Configuration was valid\n");
    }

    @Test
    void theTorrcMayComeFromStandardInput() {
        input = "SocksPort 1234\n";
        assertThat(run("--dump-config", "short", "-f", "-")).isZero();
        assertThat(output()).isEqualTo("SocksPort 1234\n");
    }

    @Test
    void theCommandLineGoesOverTheTorrcAndThatOverTheDefaults() throws Exception {
        String defaults = Files.writeString(folder.resolve("defaults"), "Nickname a\nContactInfo c\nORPort 1\n")
                .toString();
        String torrc = torrc("Nickname b\nORPort 2\n");
        assertThat(run("--dump-config", "short", "--defaults-torrc", defaults, "-f", torrc, "+ORPort", "3"))
                .isZero();
        assertThat(output()).isEqualTo("Nickname b\nORPort 2\nORPort 3\n");
        assertThat(run("--dump-config", "full", "--defaults-torrc", defaults, "-f", torrc))
                .isZero();
        assertThat(output()).contains("ContactInfo c\n", "Nickname b\n");
    }

    @Test
    void whatIsWrongIsSaidWithFileAndLine() throws Exception {
        String torrc = torrc("SocksPort 0\nDataDirectroy /x\n");
        assertThat(run("--verify-config", "-f", torrc)).isEqualTo(1);
        assertThat(output())
                .contains("[warn] Failed to parse/validate config: " + torrc
                        + " line 2: Unknown option 'DataDirectroy'. Did you mean 'DataDirectory'?")
                .contains("[err] Reading config failed--see warnings above.");
    }

    @Test
    void aNulByteIsRefusedAndNothingAsksForAPath() throws Exception {
        String torrc = torrc("SocksPort 0\nControlPortWriteToFile /tmp/a\0b\n");
        assertThat(run("--verify-config", "-f", torrc)).isEqualTo(1);
        assertThat(output()).contains(torrc + " line 2: a torrc must not have a NUL byte");
        assertThat(run("--verify-config", "-f", "a\0b")).isEqualTo(1);
        assertThat(output()).contains("-f: \"a\\000b\" cannot be the name of a file: it has a NUL byte");
    }

    @Test
    void aTorrcThatIsAskedForMustBeThere() {
        String nowhere = folder.resolve("nowhere").toString();
        assertThat(run("--verify-config", "-f", nowhere)).isEqualTo(1);
        assertThat(output()).contains("Unable to open configuration file \"" + nowhere + "\"");
        assertThat(run("--verify-config", "-f", nowhere, "--allow-missing-torrc"))
                .isZero();
        assertThat(run("--verify-config", "-f", nowhere, "--ignore-missing-torrc"))
                .isZero();
    }

    @Test
    void aBadArgumentOfDumpConfigIsRefused() throws Exception {
        assertThat(run("--dump-config", "long", "-f", torrc(""))).isEqualTo(1);
    }

    @Test
    void fingerprintsAreListedAndTheKeysAreKept() throws Exception {
        String data = folder.resolve("data").toString();
        String[] words = {
            "--list-fingerprint",
            "--ORPort",
            "5000",
            "--DataDirectory",
            data,
            "--Nickname",
            "nick",
            "--DirAuthority",
            AUTHORITY,
            "-f",
            "/dev/null",
            "--ignore-missing-torrc",
            "--quiet"
        };
        assertThat(run(words)).isZero();
        String first = output();
        assertThat(first).matches("nick( [0-9A-F]{4}){10}\n");
        assertThat(Path.of(data, "fingerprint"))
                .hasContent(
                        first.strip().replaceFirst(" ", "=").replace(" ", "").replace("=", " "));
        assertThat(Path.of(data, "keys", "secret_id_key")).exists();
        assertThat(run(words)).isZero();
        assertThat(output()).isEqualTo(first);
        words[0] = "--list-fingerprint";
        String[] ed25519 = Arrays.copyOf(words, words.length + 1);
        System.arraycopy(words, 1, ed25519, 2, words.length - 1);
        ed25519[1] = "ed25519";
        assertThat(run(ed25519)).isZero();
        assertThat(output()).matches("nick [A-Za-z0-9+/]{43}\n");
    }

    @Test
    void aBridgeAuthorityNeedsNoKeysToVoteWith() throws Exception {
        String authority = torrc("TestingTorNetwork 1\nDirAuthority " + AUTHORITY + "\nDataDirectory "
                + folder.resolve("data") + "\nORPort 5000\nDirPort 5001\nNickname keeper\nAuthoritativeDirectory 1\n");
        Path file = Path.of(authority);
        String lines = Files.readString(file);
        Files.writeString(file, lines + "BridgeAuthoritativeDirectory 1\n");
        assertThat(run("--list-fingerprint", "--quiet", "-f", authority)).isZero();
        assertThat(output()).startsWith("keeper ");
        Files.writeString(file, lines + "V3AuthoritativeDirectory 1\n");
        assertThat(run("--list-fingerprint", "--quiet", "-f", authority)).isEqualTo(1);
    }

    @Test
    void aMasterKeyIsMadeUnderAPassphraseAndNeverShown() throws Exception {
        String data = folder.resolve("data").toString();
        input = "secret passphrase";
        assertThat(run("--keygen", "--passphrase-fd", "0", "--DataDirectory", data, "-f", torrc("")))
                .isZero();
        assertThat(output()).doesNotContain("secret passphrase");
        assertThat(Path.of(data, "keys", "ed25519_master_id_secret_key_encrypted"))
                .exists();
        assertThat(Path.of(data, "keys", "ed25519_master_id_secret_key")).doesNotExist();
        assertThat(run("--keygen", "--passphrase-fd", "0", "--DataDirectory", data, "-f", torrc("")))
                .isZero();
        input = "another";
        assertThat(run("--keygen", "--passphrase-fd", "0", "--DataDirectory", data, "--hush", "-f", torrc("")))
                .isEqualTo(1);
        assertThat(output().lines()).singleElement().asString().endsWith("_encrypted: wrong passphrase");
        input = "";
        assertThat(run("--keygen", "--passphrase-fd", "0", "--DataDirectory", data, "-f", torrc("")))
                .isEqualTo(1);
        assertThat(output()).contains("holds no passphrase");
    }

    @Test
    void aPassphraseIsTypedTwice() throws Exception {
        String data = folder.resolve("data").toString();
        input = "one\ntwo\nthree\nthree\n";
        assertThat(run("--keygen", "--DataDirectory", data, "--hush", "-f", torrc("")))
                .isZero();
        assertThat(output())
                .isEqualTo("Enter new passphrase:       One more time:That didn't match.\n"
                        + "Enter new passphrase:       One more time:");
        input = "three\n\n\n";
        assertThat(run("--keygen", "--newpass", "--DataDirectory", data, "--hush", "-f", torrc("")))
                .isZero();
        assertThat(output())
                .startsWith("Enter passphrase for master key:")
                .endsWith("Not encrypting the secret key.\n");
        assertThat(Path.of(data, "keys", "ed25519_master_id_secret_key")).exists();
    }

    @Test
    void theSigningKeysEndIsTold() throws Exception {
        String data = folder.resolve("data").toString();
        assertThat(run("--keygen", "--no-passphrase", "--DataDirectory", data, "-f", torrc("")))
                .isZero();
        assertThat(run("--key-expiration", "sign", "--DataDirectory", data, "--hush", "-f", torrc("")))
                .isZero();
        assertThat(output()).matches("signing-cert-expiry: [0-9-]{10} [0-9]{2}:00:00\n");
        assertThat(run(
                        "--key-expiration",
                        "sign",
                        "--format",
                        "timestamp",
                        "--DataDirectory",
                        data,
                        "--hush",
                        "-f",
                        torrc("")))
                .isZero();
        assertThat(output()).matches("signing-cert-expiry: [0-9]{10}\n");
        assertThat(run("--key-expiration", "--DataDirectory", data, "--hush", "-f", torrc("")))
                .isEqualTo(1);
        assertThat(output()).endsWith("Currently recognised arguments are: 'sign'\n");
    }

    @Test
    void aFamilyIsMadeForTheTorrc() throws Exception {
        String base = folder.resolve("family").toString();
        assertThat(run("--keygen-family", base, "--quiet", "-f", torrc(""))).isZero();
        assertThat(output()).matches("# Generated \\S+family.secret_family_key\nFamilyId [A-Za-z0-9+/]{43}\n");
        String line = output().lines().toList().getLast();
        assertThat(Files.readString(Path.of(base + ".public_family_id"))).isEqualTo(line.substring(9) + "\n");
        String[] relay = {
            "--list-fingerprint", "--DataDirectory", folder.resolve("data").toString(), "--ORPort", "5000", "--quiet"
        };
        assertThat(runWith(relay, torrc("FamilyKeyDirectory " + folder + "\n" + line + "\n")))
                .isZero();
        assertThat(runWith(relay, torrc(line + "\n"))).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "--newpass, --newpass specified without --keygen!",
        "--no-passphrase, --no-passphrase specified without --keygen!",
        "--passphrase-fd 3, --passphrase-fd specified without --keygen!",
        "--format iso8601, --format specified without --key-expiration!",
        "--master-key x, --master-key without --keygen!",
        "--keygen --passphrase-fd x, Invalid --passphrase-fd value \"x\"",
        "--keygen --passphrase-fd 3 --no-passphrase, --no-passphrase specified with --passphrase-fd!",
        "--key-expiration sign --format x, Invalid --format value \"x\"",
        "--list-fingerprint dsa, you must specify ",
    })
    void wordsThatDoNotBelongTogetherAreRefused(String words, String why) throws Exception {
        assertThat(runWith(words.split(" "), torrc("ORPort 1\n"))).isEqualTo(1);
        assertThat(output()).contains(why);
    }

    private int runWith(String[] words, String torrc) {
        String[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "-f";
        all[words.length + 1] = torrc;
        return run(all);
    }

    @Test
    void aClientHasNoFingerprint() {
        String data = folder.resolve("data").toString();
        assertThat(run("--list-fingerprint", "--DataDirectory", data, "-f", "/dev/null", "--ignore-missing-torrc"))
                .isEqualTo(1);
        assertThat(output()).contains("Is ORPort set?");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (java.net.ServerSocket taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            int code = run(
                    "--DisableNetwork",
                    "1",
                    "--ControlPort",
                    "127.0.0.1:" + taken.getLocalPort(),
                    "--DataDirectory",
                    folder.resolve("data").toString(),
                    "-f",
                    "/dev/null",
                    "--ignore-missing-torrc");
            assertThat(code).isEqualTo(1);
            assertThat(output())
                    .contains(
                            "[err] Could not open the Control port: 127.0.0.1:" + taken.getLocalPort() + " is in use");
        }
    }

    private int run(String... words) {
        output.reset();
        PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
        try (SystemTime time = new SystemTime()) {
            return new Main(
                            out,
                            out,
                            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                            time,
                            new SystemEntropy(),
                            new SystemDisk())
                    .run(List.of(words));
        }
    }

    private String torrc(String text) throws IOException {
        return Files.writeString(folder.resolve("torrc"), text).toString();
    }

    private String output() {
        return output.toString(StandardCharsets.UTF_8);
    }
}

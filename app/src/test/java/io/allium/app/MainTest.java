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
        assertThat(output()).isEqualTo("ContactInfo c\nNickname b\nORPort 2\nORPort 3\n");
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

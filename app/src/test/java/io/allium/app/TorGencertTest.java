package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNames;
import io.allium.base.Time;
import io.allium.crypto.RsaKeyPair;
import io.allium.crypto.RsaPublicKey;
import io.allium.netdoc.KeyCertificate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorGencertTest {
    private static final Instant NOW = Instant.parse("2027-01-31T11:20:00Z");

    @TempDir
    Path folder;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private String input = "secretpass\nnot read";

    @Test
    void anIdentityIsMadeOnceAndCertifiesSigningKeysEverAfter() throws Exception {
        assertThat(run("--create-identity-key", "-m", "3", "-a", "127.0.0.1:7000", "--passphrase-fd", "0"))
                .isZero();
        KeyCertificate first = certificate();
        assertThat(first.address().orElseThrow()).hasToString("127.0.0.1:7000");
        assertThat(first.published()).isEqualTo(NOW);
        assertThat(first.expires()).isEqualTo(Instant.parse("2027-05-01T11:20:00Z"));
        assertThat(first.identityKey().bits()).isEqualTo(3072);
        assertThat(mode("id")).isEqualTo("r--------");
        assertThat(mode("signing")).isEqualTo("rw-------");
        assertThat(output()).isEmpty();

        assertThat(run("--passphrase-fd", "0")).isZero();
        KeyCertificate second = certificate();
        assertThat(second.identityKey()).isEqualTo(first.identityKey());
        assertThat(second.signingKey()).isNotEqualTo(first.signingKey()).isEqualTo(signing());
        assertThat(second.expires()).isEqualTo(Instant.parse("2028-01-31T11:20:00Z"));
        assertThat(second.address()).isEmpty();

        assertThat(run("-r", "-v", "--passphrase-fd", "0")).isZero();
        assertThat(certificate().signingKey()).isEqualTo(second.signingKey());
        assertThat(output()).doesNotContain("secretpass");
    }

    @Test
    void aWrongPassphraseIsSaidInALineAndChangesNothing() throws Exception {
        assertThat(run("--create-identity-key", "--passphrase-fd", "0")).isZero();
        byte[] before = Files.readAllBytes(folder.resolve("signing"));
        input = "secretpasS\n";
        assertThat(run("--passphrase-fd", "0")).isEqualTo(1);
        assertThat(output().lines())
                .singleElement()
                .asString()
                .contains("[err] Couldn't read identity key from ")
                .endsWith("wrong passphrase, or a private key that is damaged");
        assertThat(folder.resolve("signing")).hasBinaryContent(before);
    }

    @Test
    void aPassphraseIsTypedTwiceAndNotTooShort() {
        input = "abc\nabc\n";
        assertThat(run("--create-identity-key")).isEqualTo(1);
        assertThat(output()).contains("Passphrase needs to be at least 4 characters.");
        input = "abcd\nabcd\n";
        assertThat(run("--create-identity-key")).isZero();
        assertThat(output()).isEqualTo("Enter PEM pass phrase:Verifying - Enter PEM pass phrase:");
        input = "abcd\n";
        assertThat(run()).isZero();
    }

    @Test
    void anIdentityIsNeverReplaced() throws Exception {
        Files.writeString(folder.resolve("id"), "precious");
        assertThat(run("--create-identity-key", "--passphrase-fd", "0")).isEqualTo(1);
        assertThat(output()).contains("--create-identity-key was specified, but ", "already exists.");
        assertThat(folder.resolve("id")).hasContent("precious");
        assertThat(run("--passphrase-fd", "0")).isEqualTo(1);
        assertThat(output()).contains("Couldn't read identity key from ");
        Files.delete(folder.resolve("id"));
        assertThat(run("--passphrase-fd", "0")).isEqualTo(1);
        assertThat(output()).contains("No identity key found in ");
    }

    @ParameterizedTest
    @CsvSource({
        "-m 25, Lifetime (in months) was out of range.",
        "-m many, Lifetime (in months) was out of range.",
        "-x, Unrecognized option -x",
        "-m, No argument to -m",
        "-s a -s b, Duplicate values for -s",
        "-a what/is:this, Can't resolve address/port for what/is:this",
        "-a 127.0.0.1:70000, Can't resolve address/port for 127.0.0.1:70000",
        "--passphrase-fd x, Invalid --passphrase-fd value x",
        "--help, Syntax:",
    })
    void whatCannotBeIsRefused(String words, String why) {
        output.reset();
        assertThat(tool(words.split(" "))).isEqualTo(1);
        assertThat(output().lines().findFirst()).contains(why);
    }

    private int run(String... words) {
        List<String> all = new ArrayList<>(List.of("-i", "id", "-s", "signing", "-c", "certificate"));
        for (int i = 1; i < all.size(); i += 2) {
            all.set(i, folder.resolve(all.get(i)).toString());
        }
        all.addAll(List.of(words));
        output.reset();
        return tool(all.toArray(String[]::new));
    }

    private int tool(String... words) {
        return new TorGencert(
                        new PrintStream(output, true, StandardCharsets.UTF_8),
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        new StoppedTime(),
                        ZoneOffset.UTC,
                        new SystemEntropy(),
                        new SystemDisk(),
                        new SystemNames())
                .run(List.of(words));
    }

    private KeyCertificate certificate() throws Exception {
        return KeyCertificate.parse(Files.readAllBytes(folder.resolve("certificate")))
                .verify(KeyCertificate::selfSigned);
    }

    private RsaPublicKey signing() throws Exception {
        return RsaKeyPair.parsePem(Files.readString(folder.resolve("signing"))).publicKey();
    }

    private String mode(String name) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
    }

    private String output() {
        return output.toString(StandardCharsets.UTF_8);
    }

    /** A clock that stands still. */
    private static final class StoppedTime implements Time {
        @Override
        public Instant now() {
            return NOW;
        }

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public Timer after(Duration delay, Runnable action) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sleep(Duration duration) {
            throw new UnsupportedOperationException();
        }
    }
}

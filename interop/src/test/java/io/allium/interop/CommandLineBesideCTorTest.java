package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same words to {@code tor} and to our {@code bin/tor}: the same output and exit code, the log's chatter apart. */
class CommandLineBesideCTorTest {
    private static final String OURS =
            Path.of("../bin/tor").toAbsolutePath().normalize().toString();

    private static final Pattern LOG_LINE = Pattern.compile("[A-Z][a-z]{2} [0-9]{2} [0-9:.]{8,12} \\[[a-z]+] .*");

    @TempDir
    private Path folder;

    @BeforeEach
    void files() throws Exception {
        Files.writeString(folder.resolve("empty"), "");
        Files.writeString(
                folder.resolve("torrc"),
                "SocksPort 9999\nNickname foo # that is us\nContactInfo \"a # b\"\nExitPolicy reject *:25, accept *:*\n"
                        + "BandwidthRate 2 MBytes\nORPort 5000\n");
        Files.writeString(
                folder.resolve("services"),
                "HiddenServiceDir one\nHiddenServicePort 80\nHiddenServiceMaxStreams 7\nHiddenServiceDir two\n"
                        + "HiddenServiceAllowUnknownPorts 1\nHiddenServicePort 81\nHiddenServiceStatistics 0\n");
        Files.writeString(folder.resolve("defaults"), "Nickname bar\nSocksPort 1\nDirPort 80\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--list-torrc-options",
                "--list-deprecated-options",
                "--list-deprecated-options --quiet",
                "--dump-config",
                "--dump-config long",
                "--dump-config full -f empty",
                "--dump-config full -f torrc",
                "--dump-config short -f torrc",
                "--dump-config short -f services",
                "--dump-config full -f services",
                "--dump-config non-builtin -f torrc",
                "--dump-config short --torrc-file torrc --defaults-torrc defaults",
                "--dump-config short -f empty --defaults-torrc defaults",
                "--dump-config short -f torrc --defaults-torrc nowhere",
                "--dump-config short -f torrc +SocksPort 9998 --Log notice /ContactInfo",
                "--dump-config short -f nowhere",
                "--dump-config short -f nowhere --ignore-missing-torrc --Nickname x",
                "--dump-config short -f nowhere --allow-missing-torrc --Nickname x",
                "--verify-config -f empty",
                "--verify-config -f empty --hush",
                "--verify-config -f empty --quiet",
                "--verify-config -f empty --torrc-file empty",
                "--verify-config -f nowhere",
                "--verify-config -f empty --NoSuchOption 1",
                "--verify-config -f empty --SocksPort",
                "--hash-password",
                "--keygen-family",
                "--newpass -f empty",
                "--no-passphrase -f empty",
                "--passphrase-fd 3 -f empty",
                "--master-key x -f empty",
                "--format iso8601 -f empty",
                "--keygen --passphrase-fd x -f empty",
                "--keygen --no-passphrase --passphrase-fd 3 -f empty",
                "--key-expiration sign --format never -f empty",
                "--list-fingerprint dsa -f torrc --DataDirectory FOLDER/data",
                "--list-fingerprint -f empty --DataDirectory FOLDER/data",
            })
    void bothAnswerAlike(String words) throws Exception {
        Answer theirs = ask("tor", words);
        Answer ours = ask(OURS, words);
        assertThat(ours).isEqualTo(theirs);
    }

    @Test
    void bothTellTheSameOfTheSameKeys() throws Exception {
        ask("tor", "--list-fingerprint -f torrc --DataDirectory FOLDER/data");
        for (String words : List.of(
                "--list-fingerprint -f torrc --DataDirectory FOLDER/data",
                "--list-fingerprint rsa -f torrc --DataDirectory FOLDER/data",
                "--list-fingerprint ed25519 -f torrc --DataDirectory FOLDER/data",
                "--key-expiration sign -f torrc --DataDirectory FOLDER/data",
                "--key-expiration sign --format timestamp -f torrc --DataDirectory FOLDER/data",
                "--key-expiration -f torrc --DataDirectory FOLDER/data")) {
            Answer theirs = ask("tor", words);
            assertThat(ask(OURS, words)).isEqualTo(theirs);
            assertThat(theirs.output().size() + theirs.errors().size()).isPositive();
        }
    }

    /** What was printed and how it ended. */
    private record Answer(int status, List<String> output, List<String> errors) {}

    private Answer ask(String program, String words) throws Exception {
        String[] command = (program + " " + words.replace("FOLDER", folder.toString())).split(" ");
        Programs.Outcome outcome = Programs.attempt(folder, "", command);
        return new Answer(outcome.status(), withoutLog(outcome.text()), withoutLog(outcome.errors()));
    }

    private static List<String> withoutLog(String text) {
        return text.lines().filter(line -> !LOG_LINE.matcher(line).matches()).toList();
    }
}

package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.app.CommandLine.Mode;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    @Test
    void whatTestNetworksAskIsUnderstood() throws Exception {
        CommandLine line = parse(
                "--list-fingerprint",
                "--ORPort",
                "5000",
                "--DataDirectory",
                "d",
                "--Nickname",
                "x",
                "--DirAuthority",
                "x 127.0.0.1:1 ffff",
                "-f",
                "/dev/null",
                "--ignore-missing-torrc");
        assertThat(line.mode()).isEqualTo(Mode.LIST_FINGERPRINT);
        assertThat(line.argument()).isEmpty();
        assertThat(line.torrc()).contains("/dev/null");
        assertThat(line.ignoreMissingTorrc()).isTrue();
        assertThat(line.settings())
                .extracting(ConfigLine::name)
                .containsExactly("ORPort", "DataDirectory", "Nickname", "DirAuthority");
    }

    @Test
    void optionsMayHaveDashesOrSignsOrNone() throws Exception {
        assertThat(parse("--Log", "a", "-Log", "b", "Log", "c", "+Log", "d", "--/Log")
                        .settings())
                .extracting(ConfigLine::command, ConfigLine::value)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(ConfigLine.Command.SET, "a"),
                        org.assertj.core.groups.Tuple.tuple(ConfigLine.Command.SET, "b"),
                        org.assertj.core.groups.Tuple.tuple(ConfigLine.Command.SET, "c"),
                        org.assertj.core.groups.Tuple.tuple(ConfigLine.Command.APPEND, "d"),
                        org.assertj.core.groups.Tuple.tuple(ConfigLine.Command.CLEAR, ""));
    }

    @Test
    void someCommandsTakeAnArgumentIfThereIsOne() throws Exception {
        assertThat(parse("--list-fingerprint", "ed25519").argument()).isEqualTo("ed25519");
        assertThat(parse("--list-fingerprint", "--Log", "a").argument()).isEmpty();
        assertThat(parse("--list-fingerprint").argument()).isEmpty();
        assertThat(parse("--dump-config", "full").argument()).isEqualTo("full");
        assertThat(parse("--hash-password", "--odd").argument()).isEqualTo("--odd");
        assertThat(parse("--key-expiration", "sign", "--format", "timestamp").word("--format"))
                .contains("timestamp");
    }

    @Test
    void theFirstOfThoseThatOnlyPrintWinsAndElseTheLastIsDone() throws Exception {
        assertThat(parse("--verify-config", "--list-modules", "--version").mode())
                .isEqualTo(Mode.VERSION);
        assertThat(parse("--version", "--verify-config").mode()).isEqualTo(Mode.VERSION);
        assertThat(parse("--verify-config", "--keygen").mode()).isEqualTo(Mode.KEYGEN);
    }

    @Test
    void makingKeysNeedsNoTorrc() throws Exception {
        assertThat(parse("--keygen").ignoreMissingTorrc()).isTrue();
        assertThat(parse("--list-fingerprint").ignoreMissingTorrc()).isFalse();
    }

    @Test
    void howMuchIsSaidBeforeTheConfigurationIsKnown() throws Exception {
        assertThat(parse().least()).contains(Log.Severity.NOTICE);
        assertThat(parse("--hush").least()).contains(Log.Severity.WARN);
        assertThat(parse("--quiet").least()).isEmpty();
        assertThat(parse("--hash-password", "x").least()).contains(Log.Severity.WARN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--SocksPort",
                "-f",
                "--hash-password",
                "foo",
                "--defaults-torrc",
                "--keygen-family",
                "-f a --torrc-file a"
            })
    void whatCannotBeIsRefused(String words) {
        assertThatThrownBy(() -> parse(words.split(" "))).isInstanceOf(LocalFailure.class);
    }

    private static CommandLine parse(String... words) throws LocalFailure {
        return CommandLine.parse(List.of(words));
    }
}

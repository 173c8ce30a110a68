package io.allium.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each says was asked of C tor 0.4.9.11. */
class ControlSyntaxTest {
    private static final ControlSyntax ATTACH = ControlSyntax.words(2, 2).withKeywords(Set.of("HOP"));
    private static final ControlSyntax CLOSE = ControlSyntax.words(1, 1).withFlags();
    private static final ControlSyntax MAP = ControlSyntax.words(0, 0).withKeywords();

    @Test
    void wordsComeFirstAndKeysBehindThem() throws Exception {
        ControlArguments arguments = read(ATTACH, "  5   7  hop=3 ");

        assertThat(arguments.words()).containsExactly("5", "7");
        assertThat(arguments.keyword("HOP")).contains("3");
        assertThat(arguments.keyword("other")).isEmpty();
    }

    @Test
    void spacesPartWordsAndOtherBlanksOnlySurroundThem() throws Exception {
        assertThat(read(ATTACH, "\t1\t \t 2 \u000b").words()).containsExactly("1", "2");
        assertThat(read(CLOSE, "1\t2").words()).containsExactly("1\t2");
        assertThat(read(CLOSE, "\u001c").words()).containsExactly("\u001c");
    }

    @Test
    void thereMayBeManyWords() throws Exception {
        int many = 60_000;

        ControlArguments arguments = read(ControlSyntax.words(2, Integer.MAX_VALUE), " ab ".repeat(many));
        assertThat(arguments.words()).hasSize(many).containsOnly("ab");
        assertThat(arguments.keywords()).isEmpty();

        assertThat(read(CLOSE, "ab ".repeat(many)).keywords()).hasSize(many - 1);
    }

    @Test
    void flagsStandAlone() throws Exception {
        ControlArguments arguments = read(CLOSE, "5 ifunused other=1");

        assertThat(arguments.hasFlag("IfUnused")).isTrue();
        assertThat(arguments.hasFlag("other")).isFalse();
        assertThat(arguments.keyword("ifunused")).isEmpty();
    }

    @Test
    void aValueMayHoldWhatItLikes() throws Exception {
        assertThat(read(MAP, "a=b=c d=").keywords())
                .extracting(word -> word.key() + " " + word.value().orElseThrow())
                .containsExactly("a b=c", "d ");
    }

    @ParameterizedTest
    @CsvSource({
        "'', Need at least 2 argument(s)",
        "1, Need at least 2 argument(s)",
        "1 2 HOP, Cannot parse keyword argument(s)",
        "1 2 =3, Cannot parse keyword argument(s)",
        "1 2 HOP=\"3\", Cannot parse keyword argument(s)",
        "1 2 FOO=2, Unrecognized keyword argument \"FOO\"",
    })
    void whatLooksOtherwiseIsNotRead(String arguments, String why) {
        assertThatThrownBy(() -> read(ATTACH, arguments))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage(why);
    }

    @Test
    void nothingMayFollowWhereNothingIsWanted() {
        assertThatThrownBy(() -> read(ControlSyntax.words(0, 0), "x"))
                .hasMessage("Cannot accept more than 0 argument(s)");
    }

    private static ControlArguments read(ControlSyntax syntax, String arguments) throws ProtocolViolation {
        return syntax.read(new ControlCommand("ANY", arguments, ""));
    }
}

package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.control.ControlAnswer;
import io.allium.interop.ControlScript.Act;
import io.allium.interop.ControlScript.Closeness;
import io.allium.interop.ControlScript.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How scripts for two control ports are read, and answers compared. */
class ControlScriptTest {
    @Test
    void aScriptSaysWhatIsSaidAndHowCloselyAnswersAreCompared() {
        ControlScript script = ControlScript.parse(
                "example",
                List.of(
                        "# nothing",
                        "== One (stranger)",
                        "GETINFO version",
                        "== Two",
                        "circuit = EXTENDCIRCUIT 0",
                        "hear CIRC $circuit BUILT",
                        "+LOADCONF",
                        "  | SocksPort 0",
                        "  | .",
                        "  differs: we have more to say",
                        "? GETINFO uptime"));

        assertThat(script.sections()).hasSize(2);
        assertThat(script.sections().getFirst().setting()).isEqualTo(Setting.STRANGER);
        List<ControlScript.Step> steps = script.sections().getLast().steps();
        assertThat(steps).hasSize(4);
        assertThat(steps.get(0).variable()).contains("circuit");
        assertThat(steps.get(1).act()).isInstanceOf(Act.Hear.class);
        assertThat(steps.get(2).act())
                .isEqualTo(new Act.Say("+LOADCONF", List.of("SocksPort 0", "."), Closeness.WHOLE));
        assertThat(steps.get(2).explanation().map(ControlScript.Explanation::why))
                .contains("we have more to say");
        assertThat(steps.get(2).line()).isEqualTo(7);
        assertThat(steps.get(3).act()).isEqualTo(new Act.Say("GETINFO uptime", List.of(), Closeness.CODE));
    }

    @Test
    void whatAnExplanationNamesIsLeftOutOfTheComparison() {
        ControlScript.Explanation all = explanation("differs: because");
        ControlScript.Explanation one = explanation("differs in one, ?: because");
        ControlScript.Explanation now = explanation("may differ in b+: because");

        assertThat(all.rest("one, two")).isEqualTo(all.rest("three"));
        assertThat(one.rest("one, two")).isEqualTo(one.rest("two")).isNotEqualTo(one.rest("three"));
        assertThat(List.of(all.always(), one.always(), now.always())).containsExactly(true, true, false);
    }

    private static ControlScript.Explanation explanation(String line) {
        ControlScript script = ControlScript.parse("example", List.of("== One", "QUIT", "  " + line));
        return script.sections().getFirst().steps().getFirst().explanation().orElseThrow();
    }

    @Test
    void bytesAreSentAsTheyAreWithTheirRepetitions() {
        ControlScript script = ControlScript.parse("example", List.of("== One", "raw a{b*3}\\r\\nc"));

        assertThat(script.sections().getFirst().steps().getFirst().act()).isEqualTo(new Act.Send("abbb\r\nc"));
    }

    @Test
    void aLineThatBelongsToNoneIsRefused() {
        assertThatThrownBy(() -> ControlScript.parse("example", List.of("== One", "QUIT", "  differ: typo")))
                .hasMessageContaining("example:3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"still", "client", "relay"})
    void theScriptsCanBeRead(String title) throws Exception {
        assertThat(ControlScript.read(title).sections()).isNotEmpty();
    }

    @Test
    void whatIsANodesOwnIsNotCompared() {
        assertThat(AnswerShape.whole(answer("250-a=2026-11-21 16:20:58", "250 OK")))
                .isEqualTo(AnswerShape.whole(answer("250-a=2026-11-20 06:20:58.123", "250 OK")));
        assertThat(AnswerShape.whole(answer("250 a $" + "A".repeat(40) + "~x")))
                .isEqualTo(AnswerShape.whole(answer("250 a $" + "B".repeat(40) + "~x")));
        assertThat(AnswerShape.whole(answer("250 a=1"))).isNotEqualTo(AnswerShape.whole(answer("250 a=2")));
    }

    @Test
    void linesOfDataMayComeInAnyOrder() {
        assertThat(AnswerShape.inAnyOrder(data("a b\nc d\n")))
                .isEqualTo(AnswerShape.inAnyOrder(data("c d\na b\n")))
                .isNotEqualTo(AnswerShape.inAnyOrder(data("a b\nc e\n")));
        assertThat(AnswerShape.whole(data("a b\nc d\n"))).isNotEqualTo(AnswerShape.whole(data("c d\na b\n")));
    }

    @Test
    void objectsOfDocumentsAreNotCompared() {
        String object = "-----BEGIN SIGNATURE-----\n%s\n-----END SIGNATURE-----\n";
        assertThat(AnswerShape.keywords(data("router a\n" + object.formatted("abcd"))))
                .isEqualTo(AnswerShape.keywords(data("router b\n" + object.formatted("ef+/g="))));
    }

    private static Optional<ControlAnswer> data(String text) {
        return Optional.of(new ControlAnswer(List.of(new ControlAnswer.Line(250, '+', "a=", text))));
    }

    @Test
    void keywordsAreComparedInTheirOrderAndValuesAreNot() {
        assertThat(AnswerShape.keywords(answer("650 CIRC 5 BUILT PURPOSE=A TIME_CREATED=1")))
                .isEqualTo(AnswerShape.keywords(answer("650 CIRC 77 BUILT PURPOSE=B TIME_CREATED=2")));
        assertThat(AnswerShape.keywords(answer("650 CIRC 5 BUILT PURPOSE=A TIME_CREATED=1")))
                .isNotEqualTo(AnswerShape.keywords(answer("650 CIRC 5 BUILT TIME_CREATED=1 PURPOSE=A")));
        assertThat(AnswerShape.keywords(answer("552 No")))
                .isEqualTo(AnswerShape.keywords(answer("552 Other words")))
                .isNotEqualTo(AnswerShape.keywords(answer("551 No")));
        assertThat(AnswerShape.keywords(Optional.empty())).isNotEqualTo(AnswerShape.keywords(answer("250 OK")));
    }

    private static Optional<ControlAnswer> answer(String... lines) {
        return Optional.of(new ControlAnswer(Arrays.stream(lines)
                .map(line -> new ControlAnswer.Line(
                        Integer.parseInt(line.substring(0, 3)), line.charAt(3), line.substring(4), ""))
                .toList()));
    }
}

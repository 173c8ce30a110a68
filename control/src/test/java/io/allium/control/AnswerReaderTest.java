package io.allium.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {
    @Test
    void linesUpToTheOneWithABlankAreOneAnswer() throws Exception {
        AnswerReader reader = read("250-a=1\r\n250 OK\r\n552 No\r\n");

        ControlAnswer first = reader.next().orElseThrow();
        assertThat(first.value("a")).isEqualTo("1");
        assertThat(first.code()).isEqualTo(250);
        ControlAnswer second = reader.next().orElseThrow();
        assertThat(second.isPositive()).isFalse();
        assertThatThrownBy(second::orRefused).isInstanceOf(Refused.class).hasMessage("552 No");
        assertThat(reader.next()).isEmpty();
    }

    @Test
    void dataComesWithoutTheDotsOfTheProtocol() throws Exception {
        AnswerReader reader = read("250+a=\r\nfirst\r\n..hidden\r\n\r\n.\r\n250 OK\r\n");

        assertThat(reader.next().orElseThrow().value("a")).isEqualTo("first\n.hidden\n\n");
    }

    @Test
    void anAnswerThatLacksAKeyIsNone() throws Exception {
        ControlAnswer answer = read("250-ab=1\r\n250 OK\r\n").next().orElseThrow();

        assertThatThrownBy(() -> answer.value("a")).isInstanceOf(ProtocolViolation.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "250\r\n",
                "25x OK\r\n",
                "250?OK\r\n",
                "HTTP/1.0 200 OK\r\n",
                "٢٥٠ OK\r\n",
                "250+a=\r\nb\r\n"
            })
    void whatIsNoAnswerEndsTheConversation(String text) {
        assertThatThrownBy(() -> read(text).next()).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void anAnswerCutShortIsNone() throws Exception {
        assertThat(read("250-a=1\r\n250 O").next()).isEqualTo(Optional.empty());
    }

    @Test
    void aLineWithoutEndIsReadUpToItsBound() {
        AnswerReader reader = read("250 " + "x".repeat(AnswerReader.LINE_MAX));

        assertThatThrownBy(reader::next).isInstanceOf(ProtocolViolation.class).hasMessageContaining("longer than");
    }

    private static AnswerReader read(String text) {
        return new AnswerReader(new Scripted(text));
    }
}

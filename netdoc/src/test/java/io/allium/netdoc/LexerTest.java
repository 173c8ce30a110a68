package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LexerTest {
    @Test
    void anItemHasAKeywordArgumentsAndPerhapsAnObject() throws Untrusted {
        List<Item> items =
                items("first one \t two\n-----BEGIN A THING-----\nAAEC\nAw==\n-----END A THING-----\nsecond\n");

        assertThat(items).hasSize(2);
        Item first = items.getFirst();
        assertThat(first.keyword()).isEqualTo("first");
        assertThat(first.arguments()).containsExactly("one", "two");
        assertThat(first.rest()).isEqualTo("one \t two");
        assertThat(first.objectLabel()).isEqualTo("A THING");
        assertThat(first.object()).containsExactly(0, 1, 2, 3);
        assertThat(items.get(1).arguments()).isEmpty();
        assertThat(items.get(1).line()).isEqualTo(6);
        assertThat(items.get(1).objectLabel()).isNull();
    }

    @Test
    void theExactBytesOfAnItemAreKept() throws Untrusted {
        String text = "a b\n-----BEGIN X-----\n-----END X-----\n\n\nc  d\n";
        List<Item> items = items(text);

        assertThat(text.substring(items.getFirst().start(), items.getFirst().end()))
                .isEqualTo("a b\n-----BEGIN X-----\n-----END X-----\n");
        assertThat(text.substring(items.get(1).start(), items.get(1).end())).isEqualTo("c  d\n");
        assertThat(text.substring(0, items.getFirst().lineEnd())).isEqualTo("a b\n");
        assertThat(items.get(1).line()).isEqualTo(6);
    }

    @Test
    void whatIsNoDocumentIsRefusedInASentence() {
        assertRefused("good\nbad\0line\n", "line 2: holds a NUL");
        assertRefused("a\r\n", "line 1: holds a carriage return");
        assertRefused("a", "line 1: ends without a newline");
        assertRefused("-a\n", "line 1: does not begin with a keyword");
        assertRefused(" a\n", "line 1: does not begin with a keyword");
        assertRefused("a_b c\n", "line 1: does not begin with a keyword");
        assertRefused("\ufeffa\n", "line 1: does not begin with a keyword");
        assertRefused("a\n-----BEGIN X-----\nAAAA\n", "line 1, a: the end of its object is missing");
        assertRefused("a\n-----BEGIN X-----\nA*\n-----END X-----\n", "line 1, a: its object is not base64");
        assertRefused("a\n-----BEGIN X-----\n-----END Y-----\n", "line 1, a: its object ends as another than it began");
        assertRefused("a\n-----BEGIN X-----\n-----BEGIN X-----\n", "line 1, a: the end of its object is missing");
        assertRefused("a\n-----BEGIN \n-----END \n", "line 1, a: its object is not framed as one");
    }

    @Test
    void textThatIsNoUtf8IsRefused() {
        byte[] latin1 = "contact J\u00fcrgen\n".getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> new Lexer(latin1).next()).hasMessage("line 1: is no UTF-8");
    }

    @Test
    void utf8InArgumentsIsFine() throws Untrusted {
        assertThat(items("contact J\u00fcrgen\n").getFirst().rest()).isEqualTo("J\u00fcrgen");
    }

    @Test
    void theLongestLineIsTakenAndALongerOneRefused() throws Untrusted {
        String longest = "a " + "b".repeat(Lexer.MAX_LINE - 3) + "\n";

        assertThat(items(longest)).hasSize(1);
        assertRefused("a" + longest, "line 1: longer than 131072 bytes");
    }

    @Test
    void anObjectThatIsTooLongIsRefused() {
        String line = "A".repeat(64) + "\n";
        assertRefused(
                "a\n-----BEGIN X-----\n" + line.repeat(2100) + "-----END X-----\n",
                "line 1, a: the end of its object is missing");
    }

    @Test
    void argumentsReadAsWhatTheyMustBe() throws Untrusted {
        Item item = items("a 2026-11-20 11:22:58 65535 AAECAw 00ff -7 127.0.0.1 [::1]:80\n")
                .getFirst();

        assertThat(item.time(0)).isEqualTo(Instant.parse("2026-11-20T11:22:58Z"));
        assertThat(item.port(2)).isEqualTo(65535);
        assertThat(item.base64(3, 4)).containsExactly(0, 1, 2, 3);
        assertThat(item.hex(4, 2)).containsExactly(0, 0xff);
        assertThat(item.number(5, -10, 10)).isEqualTo(-7);
        assertThat(item.endpoint(7)).hasToString("[::1]:80");
        assertThatThrownBy(() -> item.number(5, 0, 10)).hasMessage("line 1, a: -7 is not between 0 and 10");
        assertThatThrownBy(() -> item.time(1)).hasMessage("line 1, a: '11:22:58 65535' is not a time");
        assertThatThrownBy(() -> item.port(0)).hasMessage("line 1, a: '2026-11-20' is not a number");
        assertThatThrownBy(() -> item.hex(4, 3)).hasMessage("line 1, a: '00ff' is not 3 bytes in hexadecimal");
        assertThatThrownBy(() -> item.base64(6, 4)).hasMessage("line 1, a: '127.0.0.1' is not base64");
        assertThatThrownBy(() -> item.argument(8)).hasMessage("line 1, a: has 8 arguments, needs 9");
    }

    @Test
    void timesThatAreNoneAreRefused() throws Untrusted {
        for (String time : List.of(
                "2026-02-29 00:00:00",
                "2026-13-01 00:00:00",
                "1969-12-31 23:59:59",
                "2026-01-01 24:00:00",
                "2026-01-01 00:60:00",
                "2026-01-01T00:00:00 x",
                "2026-1-01 00:00:00")) {
            Item item = items("a " + time + "\n").getFirst();
            assertThatThrownBy(() -> item.time(0)).as(time).isInstanceOf(Untrusted.class);
        }
        assertThat(Timestamps.text(Timestamps.parse("2024-02-29 23:59:59"))).isEqualTo("2024-02-29 23:59:59");
    }

    @Test
    void aLexerOverASliceStaysInIt() throws Untrusted {
        byte[] text = "before\ninside\nafter\n".getBytes(StandardCharsets.UTF_8);
        Lexer lexer = new Lexer(new Slice(text, 7, 7));

        assertThat(lexer.next().keyword()).isEqualTo("inside");
        assertThat(lexer.hasNext()).isFalse();
    }

    /** Whoever sends a document must not fill the log. */
    @Test
    void aRefusalDoesNotRepeatALongLine() throws Untrusted {
        Item item = items("keyword " + "x".repeat(100_000) + "\n").getFirst();
        assertThat(item.bad("'" + item.argument(0) + "' is not base64").getMessage())
                .startsWith("line 1, keyword: 'xxxx")
                .hasSizeLessThan(600);
        Item longKeyword = items("k".repeat(100_000) + "\n").getFirst();
        assertThat(longKeyword.bad("is too much").getMessage()).hasSizeLessThan(600);
    }

    private static List<Item> items(String text) throws Untrusted {
        Lexer lexer = new Lexer(text.getBytes(StandardCharsets.UTF_8));
        List<Item> items = new ArrayList<>();
        while (lexer.hasNext()) {
            items.add(lexer.next());
        }
        return items;
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> items(text)).isInstanceOf(Untrusted.class).hasMessage(message);
    }
}

package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private static final Schema SCHEMA = Schema.of(
            "thing",
            Schema.once("begin").arguments(1).first(),
            Schema.maybe("sometimes").exactly(2),
            Schema.any("often"),
            Schema.once("key").object("KEY"),
            Schema.any("note").optionalObject("NOTE"),
            Schema.once("end").last());

    private static final String KEY = "key\n-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n";

    @Test
    void aSectionThatHoldsToTheSchemaIsRead() throws Untrusted {
        Section section = read("begin 1 more\n" + KEY + "often\nunknown x\noften 2\nopt often\nend\n");

        assertThat(section.one("begin").argument(0)).isEqualTo("1");
        assertThat(section.maybe("sometimes")).isEmpty();
        assertThat(section.all("often")).hasSize(2);
        assertThat(section.has("unknown")).isTrue();
        assertThat(section.source().text()).startsWith("begin").endsWith("end\n");
    }

    @Test
    void whatBreaksARuleIsRefused() {
        assertRefused(KEY + "end\n", "thing: line 1, key: stands where begin must");
        assertRefused("begin\n" + KEY + "end\n", "thing: line 1, begin: has 0 arguments, needs 1");
        assertRefused("begin 1\nend\n", "thing: key: missing");
        assertRefused("begin 1\n" + KEY, "thing: ends without end");
        assertRefused("begin 1\n" + KEY + KEY + "end\n", "thing: line 6, key: occurs again");
        assertRefused("begin 1\nkey\nend\n", "thing: line 2, key: needs an object");
        assertRefused(
                "begin 1\noften\n-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n",
                "thing: line 2, often: must not have an object");
        assertRefused(
                "begin 1\nkey\n-----BEGIN X-----\nAAAA\n-----END X-----\n",
                "thing: line 2, key: its object is 'X', not 'KEY'");
        assertRefused("begin 1\nsometimes 1\n", "thing: line 2, sometimes: has 1 arguments, needs 2");
        assertRefused("begin 1\nsometimes 1 2 3\n", "thing: line 2, sometimes: has 3 arguments, may have 2");
        assertRefused("", "thing: is empty");
    }

    @Test
    void whatFollowsADocumentIsRefusedWhereOneIsExpected() throws Untrusted {
        Lexer lexer = new Lexer(("begin 1\n" + KEY + "end\nmore\n").getBytes(StandardCharsets.UTF_8));
        SCHEMA.read(lexer);

        assertThatThrownBy(() -> SCHEMA.expectEnd(lexer))
                .hasMessage("thing: line 7, more: follows the end of the document");
    }

    @Test
    void anotherBeginningEndsASectionWithoutALastItem() throws Untrusted {
        Schema open =
                Schema.of("part", Schema.once("begin").first(), Schema.any("x")).endingBefore("footer");
        Lexer lexer = new Lexer("begin\nx\nbegin\nx\nx\nfooter\n".getBytes(StandardCharsets.UTF_8));

        assertThat(open.read(lexer).all("x")).hasSize(1);
        assertThat(open.read(lexer).all("x")).hasSize(2);
        assertThat(lexer.next().keyword()).isEqualTo("footer");
    }

    @Test
    void anAnnotationWithinADocumentEndsIt() {
        assertRefused("begin 1\n@note\n" + KEY + "end\n", "thing: ends without end");
    }

    @Test
    void ofManyBadDocumentsOnlyTheFirstFewReasonsAreKept() {
        String bad = "begin\n-----BEGIN KEY-----\n".repeat(10_000);

        DocumentList<Section> list =
                DocumentList.read(Slice.of(bad.getBytes(StandardCharsets.UTF_8)), SCHEMA, "begin", section -> section);

        assertThat(list.documents()).isEmpty();
        assertThat(list.refused()).hasSize(DocumentList.REFUSED_MAX);
    }

    private static Section read(String text) throws Untrusted {
        return SCHEMA.read(new Lexer(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(Untrusted.class).hasMessage(message);
    }

    @Test
    void aSectionWithoutEndIsRefusedBeforeItFillsTheMemory() {
        byte[] lines = ("router a 127.0.0.1 1 0 0\n" + "a\n".repeat(Schema.LENGTH_MAX / 2))
                .getBytes(StandardCharsets.US_ASCII);
        byte[] notes = ("@a\n".repeat(Schema.LENGTH_MAX / 3 + 1)).getBytes(StandardCharsets.US_ASCII);

        for (byte[] document : List.of(lines, notes)) {
            DocumentList<Unverified<RouterDescriptor>> read = RouterDescriptor.parseAll(document);
            assertThat(read.documents()).isEmpty();
            assertThat(read.refused().getFirst()).hasMessageContaining("bytes after the beginning");
        }
    }
}

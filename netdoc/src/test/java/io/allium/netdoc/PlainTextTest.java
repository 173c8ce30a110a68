package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Untrusted;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading plain text by itself and by items gives the same: the same documents, the same words about what is wrong. */
class PlainTextTest {
    private static final int TURNS = 1000;

    @Test
    void theSampleDocumentsArePlain() {
        byte[] microdescriptors = Samples.bytes("microdescs");
        Lexer lexer = new Lexer(microdescriptors);
        PlainMicrodescriptor plain = new PlainMicrodescriptor(lexer.plain());
        List<Microdescriptor> read = new ArrayList<>();
        for (Microdescriptor each = plain.read(lexer); each != null; each = plain.read(lexer)) {
            read.add(each);
        }
        assertThat(read)
                .isNotEmpty()
                .isEqualTo(Microdescriptor.parseAllByItems(microdescriptors).documents());

        for (String name : List.of("consensus-ns", "consensus-microdesc")) {
            byte[] consensus = Samples.bytes(name);
            Slice source = Slice.of(consensus);
            String text = source.text();
            int first = text.indexOf("\nr ") + 1;
            PlainText whole = new Lexer(source).plain();
            ConsensusFlavor flavor = name.endsWith("ns") ? ConsensusFlavor.NS : ConsensusFlavor.MICRODESC;
            PlainStatus status = new PlainStatus(whole, flavor);
            assertThat(status.router(first)).as(name).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"consensus-ns", "consensus-microdesc", "with-srv-consensus", "with-srv-consensus-microdesc"})
    void aDamagedConsensusReadsTheSameByItems(String name) {
        byte[] sample = Samples.bytes(name);
        assertThat(plainly(sample)).isEqualTo(byItems(sample)).isInstanceOf(Consensus.class);
        Random random = new Random(20_261_121);
        for (int turn = 0; turn < TURNS; turn++) {
            byte[] damaged = MutationTest.damage(sample, random);
            assertThat(plainly(damaged)).as("turn " + turn).isEqualTo(byItems(damaged));
        }
    }

    /** But that a document before one that is no text at all is not lost with it. */
    @Test
    void damagedMicrodescriptorsReadTheSameByItems() {
        byte[] sample = Samples.bytes("microdescs");
        Random random = new Random(20_261_121);
        for (int turn = 0; turn < TURNS; turn++) {
            byte[] damaged = MutationTest.damage(sample, random);
            DocumentList<Microdescriptor> plainly = Microdescriptor.parseAll(damaged);
            DocumentList<Microdescriptor> byItems = Microdescriptor.parseAllByItems(damaged);
            assertThat(plainly.documents()).as("turn " + turn).containsAll(byItems.documents());
            assertThat(messages(byItems)).as("turn " + turn).containsAll(messages(plainly));
            if (plainly.documents().size() == byItems.documents().size()) {
                assertThat(plainly.documents()).isEqualTo(byItems.documents());
                assertThat(messages(plainly)).isEqualTo(messages(byItems));
            }
        }
    }

    @Test
    void whatAuthoritiesMayWriteLessOftenReadsTheSame() {
        String sample = Samples.text("microdescs");
        String identity = "id ed25519 ";
        for (String line : List.of(
                "family $" + "A".repeat(40) + " friend",
                "family  two blanks",
                "family-ids ed25519:" + "B".repeat(43),
                "p reject 25,119-120",
                "p6 accept 80,443",
                "p6 nonsense",
                "p  accept 80",
                "a [2001:db8::1]:9001",
                "id rsa1024 " + "C".repeat(27),
                "unknown keyword")) {
            byte[] text = bytes(sample.replace("\n" + identity, "\n" + line + "\n" + identity));
            assertThat(Microdescriptor.parseAll(text).documents())
                    .as(line)
                    .isNotEmpty()
                    .isEqualTo(Microdescriptor.parseAllByItems(text).documents());
        }
        String consensus = Samples.text("consensus-microdesc");
        for (String change : List.of(
                "a [2001:db8::1]:9001\nm ",
                "a [2001:db8::1]:9001 more\nm ",
                "a 192.0.2.1:80\na [2001:db8::2]:1\nm ",
                "x y\nm ",
                "\nm ")) {
            byte[] text = bytes(consensus.replace("\nm ", "\n" + change));
            assertThat(plainly(text)).as(change).isEqualTo(byItems(text)).isInstanceOf(Consensus.class);
        }
        for (String change :
                List.of("w Bandwidth=7\n", "w Bandwidth=7 Measured=5\n", "w\n", "w Bandwidth=99999999999\n")) {
            byte[] text = bytes(consensus.replaceAll("\nw [^\n]*\n", "\n" + change));
            assertThat(plainly(text)).as(change).isEqualTo(byItems(text));
        }
    }

    private static Object plainly(byte[] document) {
        try {
            return Consensus.parse(document).claimed();
        } catch (Untrusted refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private static Object byItems(byte[] document) {
        try {
            return Consensus.parseByItems(document);
        } catch (Untrusted refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private static List<String> messages(DocumentList<?> list) {
        return list.refused().stream()
                .map(each -> String.valueOf(each.getMessage()))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

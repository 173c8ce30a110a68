package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsensusDiffTest {
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void aDiffOfCTorsMakesTheConsensusItNames() throws Exception {
        ConsensusDiff diff = ConsensusDiff.parse(Samples.bytes("consensus-microdesc-diff"));
        byte[] next = diff.apply(base());

        assertThat(Sha3Digest.over(Slice.of(next)).hex())
                .isEqualTo("A114EB84A4CFC20060636A1B8410A915BF244FF1A05D34512E4D13E58276FA29");
        assertThat(Consensus.parse(next).claimed().validAfter()).isAfter(base().validAfter());
        assertThat(diff.bytes()).isEqualTo(Samples.bytes("consensus-microdesc-diff"));
    }

    @Test
    void ourDiffOfTheSameTwoIsNoLonger() throws Exception {
        byte[] theirs = Samples.bytes("consensus-microdesc-diff");
        Consensus next =
                Consensus.parse(ConsensusDiff.parse(theirs).apply(base())).claimed();
        ConsensusDiff ours = ConsensusDiffWriter.between(base(), next);

        assertThat(ours.apply(base())).isEqualTo(next.source().bytes());
        assertThat(ours.bytes()).hasSizeLessThanOrEqualTo(theirs.length);
        assertThat(ours.bytes()).asString(StandardCharsets.US_ASCII).contains("\n71,$d\n70a\n");
    }

    @Test
    void whateverChangedTheDiffMakesTheNewOfTheOld() throws Exception {
        for (String sample : List.of("consensus-ns", "consensus-microdesc")) {
            Synthetic network = new Synthetic(Samples.text(sample));
            Consensus old = network.consensus();
            for (int turn = 0; turn < 100; turn++) {
                network.change();
                Consensus next = network.consensus();
                byte[] diff = ConsensusDiffWriter.between(old, next).bytes();
                assertThat(ConsensusDiff.parse(diff).apply(old))
                        .as("seed %d turn %d", seed, turn)
                        .isEqualTo(next.source().bytes());
                old = next;
            }
        }
    }

    @Test
    void aDiffOfALargeNetworkHoldsOnlyWhatChanged() throws Exception {
        Synthetic network = new Synthetic(Samples.text("consensus-microdesc"));
        for (int i = 0; i < 8000; i++) {
            network.add();
        }
        Consensus old = network.consensus();
        for (int i = 0; i < 80; i++) {
            network.change();
        }
        Consensus next = network.consensus();
        ConsensusDiff diff = ConsensusDiffWriter.between(old, next);

        assertThat(diff.bytes())
                .as("seed %d", seed)
                .hasSizeLessThan(next.source().length() / 20);
        assertThat(diff.apply(old)).isEqualTo(next.source().bytes());
    }

    @Test
    void aDiffForAnotherConsensusIsRefused() throws Exception {
        ConsensusDiff diff = ConsensusDiff.parse(Samples.bytes("consensus-microdesc-diff"));
        Consensus other = Consensus.parse(Samples.bytes("consensus-microdesc")).claimed();

        assertThatThrownBy(() -> diff.apply(other))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("for another");
    }

    @Test
    void aDiffThatLeadsElsewhereThanItSaysIsRefused() throws Exception {
        String text = Samples.text("consensus-microdesc-diff").replaceFirst("\n14[0-9A-F]{38}", "\n15");
        ConsensusDiff diff = ConsensusDiff.parse(
                text.replace("directory-signature", "directory-sIgnature").getBytes(StandardCharsets.US_ASCII));

        assertThatThrownBy(() -> diff.apply(base())).hasMessageContaining("another digest than it says");
    }

    @Test
    void linesBeyondTheConsensusAreRefused() throws Exception {
        assertThatThrownBy(() -> diff("98d").apply(base())).hasMessageContaining("line 3 is about lines that");
        assertThatThrownBy(() -> diff("5d\n98,$d")).hasMessageContaining("line 4 is not before");
        assertThatThrownBy(() -> diff("200,$d").apply(base())).hasMessageContaining("line 3 is about lines that");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5x | line 3 is no command",
                "d | line 3 is no command",
                "5dd | line 3 is no command",
                "-5d | line 3 is no command",
                "5d 5 | line 3 is no command",
                "123456789d | line 3 is no command",
                "99999999999999999999999999999d | line 3 is no command",
                "5,d | line 3 is no command",
                "9,5d | line 3 ends before it begins",
                "5,5d | line 3 ends before it begins",
                "0d | line 3 is about line 0",
                "5,$c\\nx\\n. | line 3 replaces lines up to the end",
                "5,7a\\nx\\n. | line 3 puts lines in after several lines",
                "5a\\n. | line 3 puts in no lines",
                "5c\\nx | line 3 puts in lines whose end is missing",
                "5d\\n5d | line 4 is not before the lines of the command above it",
                "5d\\n7a\\nx\\n. | line 4 is not before",
                "9d\\n5c\\nx\\n.\\n6d | line 7 is not before"
            })
    void aMalformedLineIsRefusedWithItsNumber(String commands, String why) {
        assertThatThrownBy(() -> diff(commands.replace("\\n", "\n")))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("consensus diff: " + why);
    }

    @Test
    void aMalformedHeadIsRefused() {
        String digest = "A".repeat(64);
        assertThatThrownBy(() -> parse("")).hasMessageContaining("line 1 is not");
        assertThatThrownBy(() -> parse("network-status-diff-version 2\n")).hasMessageContaining("line 1 is not");
        assertThatThrownBy(() -> parse(ConsensusDiff.FIRST_LINE + "\n")).hasMessageContaining("line 2 does not");
        assertThatThrownBy(() -> parse(ConsensusDiff.FIRST_LINE + "\nhash " + digest + " " + digest + "A\n"))
                .hasMessageContaining("line 2 does not");
        assertThatThrownBy(() -> parse(ConsensusDiff.FIRST_LINE + "\nhash " + digest + " " + digest + "\n5d"))
                .hasMessageContaining("last line has no end");
    }

    @Test
    void aDiffCutShortIsNeverApplied() throws Exception {
        byte[] whole = Samples.bytes("consensus-microdesc-diff");
        Consensus base = base();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ConsensusDiff.parse(cut).apply(base)).isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void linesAreAppendedBeforeTheFirst() throws Exception {
        ConsensusDiff diff = diff("1,2d\n0a\nnew\n.");

        assertThat(diff.edits())
                .extracting(ConsensusDiff.Edit::first, ConsensusDiff.Edit::last)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(1, 2), org.assertj.core.groups.Tuple.tuple(1, 0));
    }

    private static Consensus base() throws Untrusted {
        return Consensus.parse(Samples.bytes("consensus-microdesc-diff.base")).claimed();
    }

    private static ConsensusDiff diff(String commands) throws Untrusted {
        return parse(ConsensusDiff.FIRST_LINE + "\nhash " + base().sha3().hex() + " " + "0".repeat(64) + "\n" + commands
                + "\n");
    }

    private static ConsensusDiff parse(String text) throws Untrusted {
        return ConsensusDiff.parse(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A network that changes at random, and its consensus. Confined to its test. */
    private final class Synthetic {
        private final String head;
        private final String tail;
        private final List<String> samples;
        private final Map<String, String> routers = new TreeMap<>(); // by identity in hex
        private String signatures;
        private int changes;

        Synthetic(String sample) {
            int first = sample.indexOf("\nr ") + 1;
            int footer = sample.indexOf("directory-footer");
            int signed = sample.indexOf("directory-signature");
            head = sample.substring(0, first);
            samples = List.of(sample.substring(first, footer).split("(?<=\n)(?=r )"));
            tail = sample.substring(footer, signed);
            signatures = sample.substring(signed);
            for (int i = 0; i < 5; i++) {
                add();
            }
        }

        void add() {
            byte[] identity = new byte[20];
            random.nextBytes(identity);
            String[] words = samples.get(random.nextInt(samples.size())).split(" ", 4);
            words[2] = Base64.getEncoder().withoutPadding().encodeToString(identity);
            routers.put(java.util.HexFormat.of().formatHex(identity), String.join(" ", words));
        }

        void change() {
            changes++;
            List<String> identities = new ArrayList<>(routers.keySet());
            String one = identities.get(random.nextInt(identities.size()));
            switch (random.nextInt(6)) {
                case 0 -> add();
                case 1 -> {
                    if (identities.size() > 1) {
                        routers.remove(one);
                    }
                }
                case 2 ->
                    routers.compute(one, (_, entry) -> entry.replaceFirst("\nw [^\n]*", "\nw Bandwidth=" + changes));
                case 3 -> routers.compute(one, (_, entry) -> entry.replaceFirst("\nv [^\n]*", ""));
                case 4 -> routers.compute(one, (_, entry) -> entry + "unknown " + changes + "\nunknown again\n");
                default -> signatures = signatures.replaceFirst("\n[A-Za-z0-9+/]", "\n" + (char) ('A' + changes % 26));
            }
        }

        Consensus consensus() throws Untrusted {
            String params = "params a=" + changes + "\n";
            String text = head.replaceFirst("(?m)^params [^\n]*\n", params)
                    + String.join("", routers.values())
                    + tail
                    + signatures;
            return Consensus.parse(text.getBytes(StandardCharsets.US_ASCII)).claimed();
        }
    }
}

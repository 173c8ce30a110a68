package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BandwidthFileTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_795_173_700);
    private static final String A = "A".repeat(40);
    private static final String B = "B".repeat(40);

    private final List<String> problems = new ArrayList<>();

    @Test
    void headersAndMeasurementsAreRead() throws Untrusted {
        BandwidthFile file = read("1795173694\nversion=1.4.0\nsoftware=handmade\n=====\n" + "node_id=$" + A
                + " bw=8000 nick=x\nbw=7\tnode_id=" + B + "\n");
        assertThat(file.headers()).containsExactly("timestamp=1795173694", "version=1.4.0", "software=handmade");
        assertThat(file.measured()).containsEntry(Fingerprint.parse(A), 8000L).containsEntry(Fingerprint.parse(B), 7L);
    }

    @Test
    void whatAScannerWroteForCTorIsRead() {
        BandwidthFile file = BandwidthFile.read(Samples.read("bandwidth-next"), NOW, problems::add);
        assertThat(file.headers())
                .containsExactly(
                        "timestamp=1795173694",
                        "version=1.4.0",
                        "software=handmade",
                        "file_created=2026-11-20T11:21:34",
                        "generator_started=2026-11-20T11:21:34",
                        "latest_bandwidth=2026-11-20T11:21:34");
        assertThat(file.measured().values()).containsExactly(5000L, 6000L, 7000L, 8000L);
        assertThat(problems).isEmpty();
    }

    @Test
    void aRelayThatIsNotToBeVotedOnIsNotMeasured() {
        assertThat(read("1795173694\nnode_id=$" + A + " bw=1 vote=0\n").measured())
                .isEmpty();
        assertThat(problems).isEmpty();
    }

    @Test
    void aStaleFileHasADigestAndNothingElse() {
        BandwidthFile stale = read("1790000000\nversion=1.4.0\n=====\nnode_id=$" + A + " bw=1\n");
        assertThat(stale.headers()).isEmpty();
        assertThat(stale.measured()).isEmpty();
        assertThat(stale.digest().base64()).hasSize(43);
        assertThat(problems).containsExactly("Bandwidth measurement file stale. Age: 5173700");
    }

    @Test
    void whatMakesNoSenseIsPassedOverAndToldOnceMeasurementsHaveBegun() throws Untrusted {
        BandwidthFile file = read("1795173694\nno header\nnode_id=$" + A + " bw=-1\nnode_id=nobody bw=1\n\nnode_id=$"
                + B + " bw=2\nlate=header\n");
        assertThat(file.headers()).containsExactly("timestamp=1795173694");
        assertThat(file.measured()).containsOnlyKeys(Fingerprint.parse(B));
        assertThat(problems).containsExactly("Incomplete line in bandwidth file: 'late=header'");
    }

    @Test
    void aLineThatSaysTwoThingsOrIsCutShortIsNoMeasurement() {
        BandwidthFile file = read("1795173694\n=====\nnode_id=$" + A + " bw=1 bw=2\nnode_id=$" + A + " node_id=$" + B
                + " bw=1\nnode_id=$" + A + " bw=12");
        assertThat(file.measured()).isEmpty();
        assertThat(problems).hasSize(3);
    }

    @Test
    void aFileWithoutATimeIsNoFile() {
        assertThat(read("").headers()).isEmpty();
        assertThat(read("1795173694").headers()).isEmpty();
        assertThat(read("yesterday\nnode_id=$" + A + " bw=1\n").measured()).isEmpty();
        assertThat(problems)
                .containsExactly(
                        "Empty bandwidth file",
                        "Long or truncated time in bandwidth file: '1795173694'",
                        "Non-integer time in bandwidth file: 'yesterday'");
    }

    @Test
    void aFileOfNothingElseDoesNotFillTheLog() {
        read("1795173694\n=====\n" + ("x".repeat(1000) + "\n").repeat(1000));
        assertThat(problems).hasSize(10).allMatch(problem -> problem.length() < 200);
    }

    private BandwidthFile read(String text) {
        return BandwidthFile.read(text.getBytes(StandardCharsets.US_ASCII), NOW, problems::add);
    }
}

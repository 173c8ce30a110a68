package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BandwidthFileTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_795_173_700);
    private static final String A = "A".repeat(40);
    private static final String B = "B".repeat(40);

    @Test
    void headersAndMeasurementsAreRead() throws Untrusted {
        BandwidthFile file = read("1795173694\nversion=1.4.0\nsoftware=handmade\n=====\n" + "node_id=$" + A
                + " bw=8000 nick=x\nbw=7\tnode_id=" + B + "\n");
        assertThat(file.headers()).containsExactly("timestamp=1795173694", "version=1.4.0", "software=handmade");
        assertThat(file.measured()).containsEntry(Fingerprint.parse(A), 8000L).containsEntry(Fingerprint.parse(B), 7L);
    }

    @Test
    void aRelayThatIsNotToBeVotedOnIsNotMeasured() {
        assertThat(read("1795173694\nnode_id=$" + A + " bw=1 vote=0\n").measured())
                .isEmpty();
    }

    @Test
    void aStaleFileHasADigestAndNothingElse() {
        BandwidthFile stale = read("1790000000\nversion=1.4.0\n=====\nnode_id=$" + A + " bw=1\n");
        assertThat(stale.headers()).isEmpty();
        assertThat(stale.measured()).isEmpty();
        assertThat(stale.digest().base64()).hasSize(43);
    }

    @Test
    void whatMakesNoSenseIsPassedOver() throws Untrusted {
        BandwidthFile file = read("1795173694\nno header\nnode_id=$" + A + " bw=-1\nnode_id=nobody bw=1\n\nnode_id=$"
                + B + " bw=2\nlate=header\n");
        assertThat(file.headers()).containsExactly("timestamp=1795173694");
        assertThat(file.measured()).containsOnlyKeys(Fingerprint.parse(B));
    }

    private static BandwidthFile read(String text) {
        return BandwidthFile.read(text.getBytes(StandardCharsets.US_ASCII), NOW);
    }
}

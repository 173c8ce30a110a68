package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Untrusted;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.ConsensusWriter;
import io.allium.netdoc.Vote;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsensusMakerTest {
    /**
     * Votes and consensuses of networks of C tor 0.4.9.11: as it comes; bandwidths measured by three; all relays MiddleOnly; bad
     * exits, odd parameters, another weight scale and a cap on what is unmeasured; and one of four votes missing.
     */
    @ParameterizedTest
    @CsvSource({"sample,3,3", "measured,3,3", "middle-only,3,3", "bad-exit,4,4", "one-vote-missing,3,4"})
    void ourConsensusIsThatOfCTorByteForByte(String period, int votes, int authorities) throws Untrusted {
        List<ConsensusBody> ours = ConsensusMaker.make(votes(period, votes), authorities);
        assertThat(ours).extracting(each -> each.header().flavor()).containsExactly(ConsensusFlavor.values());
        for (ConsensusBody each : ours) {
            String flavor = each.header().flavor().text();
            assertThat(text(each)).as(flavor).isEqualTo(signedPart(period + "/consensus-" + flavor));
        }
    }

    @Test
    void theOrderOfVotesDoesNotMatter() throws Untrusted {
        List<Vote> votes = new ArrayList<>(votes("bad-exit", 4));
        String first = text(ConsensusMaker.make(votes, 4).getFirst());
        Collections.reverse(votes);
        assertThat(text(ConsensusMaker.make(votes, 4).getFirst())).isEqualTo(first);
    }

    @Test
    void aRelayThatHalfOfTheAuthoritiesListIsNotInTheConsensus() throws Untrusted {
        assertThat(ConsensusMaker.make(votes("measured", 2), 4).getFirst().routers())
                .isEmpty();
        assertThat(ConsensusMaker.make(votes("measured", 2), 3).getFirst().routers())
                .hasSize(7);
    }

    private static String text(ConsensusBody body) {
        return new String(ConsensusWriter.signedPart(body).bytes(), StandardCharsets.UTF_8);
    }

    private static String signedPart(String name) {
        String whole = new String(Samples.read(name), StandardCharsets.UTF_8);
        String keyword = "\ndirectory-signature ";
        return whole.substring(0, whole.indexOf(keyword) + keyword.length());
    }

    private static List<Vote> votes(String period, int count) throws Untrusted {
        List<Vote> votes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] document = Samples.read(period + "/vote-" + i);
            votes.add(Vote.parse(document).verify(Vote.signedAt(Samples.TIME)));
        }
        return votes;
    }
}

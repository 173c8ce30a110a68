package io.allium.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.authority.ConsensusMaker;
import io.allium.base.Untrusted;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.ExtraInfo;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Vote;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PopulationTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:10:00Z");
    private static final Duration DELAY = Duration.ofMinutes(5);

    private final List<MadeRelay> relays = Population.of(60, 1, NOW);

    @Test
    void itsDocumentsAreSignedLikeThoseOfRelays() throws Untrusted {
        for (MadeRelay relay : relays) {
            for (RouterDescriptor made : relay.descriptors()) {
                RouterDescriptor.parse(made.source().bytes()).verify(RouterDescriptor.signedAt(NOW));
            }
            ExtraInfo extra = ExtraInfo.parse(relay.extraInfo())
                    .verify(ExtraInfo.signedBy(relay.newest().keys(), NOW));
            assertThat(relay.newest().details().extraInfo()).contains(extra.digest());
        }
    }

    @Test
    void theSameSeedMakesTheSameRelaysAndVotes() {
        assertThat(Population.of(60, 1, NOW))
                .extracting(each -> each.newest().source())
                .isEqualTo(relays.stream().map(each -> each.newest().source()).toList());
        assertThat(votes()).usingRecursiveComparison().isEqualTo(votes());
    }

    @Test
    void itsAuthoritiesDifferAndAgreeOnAConsensus() throws Untrusted {
        List<Vote> votes = new ArrayList<>();
        for (byte[] vote : votes()) {
            votes.add(Vote.parse(vote).verify(Vote.signedAt(NOW)));
        }
        assertThat(votes.get(0).routers()).isNotEqualTo(votes.get(1).routers());
        for (ConsensusBody consensus : ConsensusMaker.make(votes, votes.size())) {
            assertThat(consensus.routers()).hasSizeBetween(45, 60);
            assertThat(consensus.bandwidthWeights()).isNotEmpty();
        }
    }

    private List<byte[]> votes() {
        Instant validAfter = NOW.plus(DELAY.multipliedBy(2));
        DocumentTimes times = new DocumentTimes(
                validAfter, validAfter.plus(Duration.ofHours(1)), validAfter.plus(Duration.ofHours(3)), DELAY, DELAY);
        return MadeAuthority.of(9, 1, 5000, NOW).stream()
                .map(authority -> authority.vote(relays, times, NOW, 1))
                .toList();
    }
}

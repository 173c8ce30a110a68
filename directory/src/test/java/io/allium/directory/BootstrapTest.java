package io.allium.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import io.allium.directory.DocumentFetcher.Origin;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.Unverified;
import io.allium.testing.SeededEntropy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static final Instant NOW = Samples.NOW;

    @Test
    void aClientAsksForTheConsensusThenItsCertificatesThenMicrodescriptorsUntilItHasEnough() throws Exception {
        Bootstrap bootstrap = bootstrap(false);

        Ask consensus = only(bootstrap.asks(NOW));
        assertThat(consensus.origin()).isEqualTo(Origin.AUTHORITY);
        assertThat(consensus.request().path()).startsWith("/tor/status-vote/current/consensus-microdesc/");
        assertThat(bootstrap.consensus(Samples.consensus(), NOW)).isEqualTo(ConsensusTrack.Outcome.AWAITS_CERTIFICATES);
        bootstrap.ended(consensus, false, NOW);

        Ask certificates = only(bootstrap.asks(NOW));
        assertThat(certificates.request().path()).startsWith("/tor/keys/fp-sk/149A92B7");
        assertThat(bootstrap.certificates(Samples.certificates(), NOW)).containsExactly(ConsensusFlavor.MICRODESC);
        bootstrap.ended(certificates, false, NOW);

        assertThat(bootstrap.isEnough(NOW)).isFalse();
        assertThat(bootstrap.whatIsMissing(NOW)).startsWith("We need more microdescriptors: we have 0/7,");
        Ask microdescriptors = only(bootstrap.asks(NOW));
        assertThat(microdescriptors.origin()).isEqualTo(Origin.CACHE);
        assertThat(((DirectoryRequest.Microdescriptors) microdescriptors.request()).digests())
                .hasSize(7);
        assertThat(bootstrap.microdescriptors(Samples.microdescriptors())).hasSize(7);
        bootstrap.ended(microdescriptors, false, NOW);

        assertThat(bootstrap.isEnough(NOW)).isTrue();
        assertThat(bootstrap.progress()).isEqualTo(1.0);
        assertThat(bootstrap.asks(NOW)).isEmpty();
    }

    @Test
    void fallbacksAreAskedFirstAndAnAuthorityBesideThemAfterSixSeconds() throws Exception {
        Bootstrap bootstrap = bootstrap(true);

        assertThat(only(bootstrap.asks(NOW)).origin()).isEqualTo(Origin.FALLBACK);
        assertThat(bootstrap.asks(NOW.plusSeconds(5))).isEmpty();
        assertThat(bootstrap.wakeAt(NOW)).isEqualTo(NOW.plus(DirectoryPlan.AUTHORITY_DELAY));
        assertThat(only(bootstrap.asks(NOW.plusSeconds(6))).origin()).isEqualTo(Origin.AUTHORITY);
    }

    @Test
    void noAuthorityIsAskedWhileAFallbackIsAnswering() throws Exception {
        Bootstrap bootstrap = bootstrap(true);
        bootstrap.asks(NOW);

        bootstrap.arriving();

        assertThat(bootstrap.asks(NOW.plusSeconds(60))).isEmpty();
    }

    @Test
    void aFailedDownloadIsTriedAgainLaterAndLater() throws Exception {
        Bootstrap bootstrap = bootstrap(false);
        Instant at = NOW;
        for (int i = 0; i < 20; i++) {
            Ask ask = only(bootstrap.asks(at));
            bootstrap.ended(ask, true, at);
            assertThat(bootstrap.asks(at)).isEmpty();
            Instant next = bootstrap.wakeAt(at);
            assertThat(Duration.between(at, next)).isBetween(Duration.ofSeconds(1), Backoff.MAX);
            at = next;
        }
    }

    @Test
    void aClockThatIsSetBackDoesNotPutDownloadsOffForYears() throws Exception {
        Instant wrong = NOW.plus(Duration.ofDays(1000));
        Bootstrap bootstrap = new Bootstrap(plan(false), new SeededEntropy(1), wrong);
        Ask ask = only(bootstrap.asks(wrong));
        bootstrap.ended(ask, true, wrong);

        Ask again = only(bootstrap.asks(NOW));

        bootstrap.ended(again, true, NOW);
        assertThat(bootstrap.asks(NOW)).isEmpty();
    }

    @Test
    void aClockThatIsSetBackBeforeAnythingWasAskedForDelaysNothing() throws Exception {
        Bootstrap bootstrap = new Bootstrap(plan(false), new SeededEntropy(1), NOW.plus(Duration.ofDays(1000)));

        assertThat(bootstrap.asks(NOW)).hasSize(1);
    }

    @Test
    void cachesAreAskedHoweverOftenTheyFail() throws Exception {
        Bootstrap bootstrap = bootstrap(true);
        bootstrap.certificates(Samples.certificates(), NOW);
        bootstrap.consensus(Samples.consensus(), NOW);
        Instant at = NOW;
        for (int i = 0; i < 20; i++) {
            Ask ask = only(bootstrap.asks(at));
            assertThat(ask.origin()).isEqualTo(Origin.CACHE);
            bootstrap.ended(ask, true, at);
            at = bootstrap.wakeAt(at);
        }
    }

    @Test
    void aFewMicrodescriptorsWaitUnlessCircuitsNeedThem() throws Exception {
        Bootstrap bootstrap = new Bootstrap(plan(false, 0.25), new SeededEntropy(7), NOW);
        bootstrap.certificates(Samples.certificates(), NOW);
        bootstrap.consensus(Samples.consensus(), NOW);
        Ask first = only(bootstrap.asks(NOW));
        bootstrap.microdescriptors(Samples.microdescriptors().subList(0, 6));
        bootstrap.ended(first, false, NOW);
        assertThat(bootstrap.isEnough(NOW)).isTrue();

        assertThat(bootstrap.asks(NOW.plusSeconds(10))).isEmpty();
        bootstrap.awaitsFurther(true);
        assertThat(bootstrap.asks(NOW.plusSeconds(10))).hasSize(1);
    }

    @Test
    void aMicrodescriptorThatDidNotComeIsAskedForAgainAfterADelay() throws Exception {
        Bootstrap bootstrap = bootstrap(false);
        bootstrap.certificates(Samples.certificates(), NOW);
        bootstrap.consensus(Samples.consensus(), NOW);
        Ask first = only(bootstrap.asks(NOW));
        bootstrap.microdescriptors(Samples.microdescriptors().subList(0, 3));
        bootstrap.ended(first, false, NOW);

        Instant next = NOW.plus(Duration.ofSeconds(10));

        assertThat(only(bootstrap.asks(next)).request())
                .isInstanceOfSatisfying(
                        DirectoryRequest.Microdescriptors.class,
                        asked -> assertThat(asked.digests()).hasSize(4));
    }

    @Test
    void aMicrodescriptorThatNobodyNamedIsNotTaken() throws Exception {
        Bootstrap bootstrap = bootstrap(false);

        assertThat(bootstrap.microdescriptors(Samples.microdescriptors())).isEmpty();
    }

    @Test
    void theNextConsensusIsFetchedBetweenFreshAndValidUntil() throws Exception {
        for (long seed = 0; seed < 100; seed++) {
            Bootstrap bootstrap = new Bootstrap(plan(false), new SeededEntropy(seed), NOW);
            bootstrap.certificates(Samples.certificates(), NOW);
            bootstrap.consensus(Samples.consensus(), NOW);
            Consensus consensus = bootstrap.consensus(ConsensusFlavor.MICRODESC).orElseThrow();
            bootstrap.microdescriptors(Samples.microdescriptors());

            assertThat(bootstrap.wakeAt(NOW))
                    .as("seed %d", seed)
                    .isAfterOrEqualTo(consensus.freshUntil().plusSeconds(15))
                    .isBefore(consensus.validUntil());
        }
    }

    @Test
    void aConsensusIsNotFetchedTwice() throws Exception {
        Bootstrap bootstrap = bootstrap(false);
        bootstrap.certificates(Samples.certificates(), NOW);
        bootstrap.consensus(Samples.consensus(), NOW);

        assertThat(bootstrap.consensus(Samples.consensus(), NOW)).isEqualTo(ConsensusTrack.Outcome.NOT_NEWER);
    }

    @Test
    void aConsensusOfAnotherDayIsRefused() throws Exception {
        Bootstrap bootstrap = bootstrap(false);

        assertThatThrownBy(() -> bootstrap.consensus(Samples.consensus(), NOW.plus(Duration.ofHours(25))))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("which is not now");
    }

    @Test
    void aConsensusThatAMinoritySignedIsRefused() throws Exception {
        String text = new String(Samples.bytes("consensus-microdesc"), StandardCharsets.US_ASCII);
        int second = text.indexOf("directory-signature", text.indexOf("directory-signature") + 1);
        Unverified<Consensus> minority =
                Consensus.parse(text.substring(0, second).getBytes(StandardCharsets.US_ASCII));
        Bootstrap bootstrap = bootstrap(false);
        bootstrap.certificates(Samples.certificates(), NOW);

        assertThatThrownBy(() -> bootstrap.consensus(minority, NOW)).isInstanceOf(Untrusted.class);
        assertThat(bootstrap.view()).isEmpty();
    }

    @Test
    void aConsensusThatWasChangedIsRefused() throws Exception {
        byte[] changed = new String(Samples.bytes("consensus-microdesc"), StandardCharsets.US_ASCII)
                .replace("Bandwidth=8000", "Bandwidth=9000")
                .getBytes(StandardCharsets.US_ASCII);
        Bootstrap bootstrap = bootstrap(false);
        bootstrap.certificates(Samples.certificates(), NOW);

        assertThatThrownBy(() -> bootstrap.consensus(Consensus.parse(changed), NOW))
                .isInstanceOf(Untrusted.class);
    }

    private static Bootstrap bootstrap(boolean fallbacks) throws Untrusted {
        return new Bootstrap(plan(fallbacks), new SeededEntropy(7), NOW);
    }

    private static DirectoryPlan plan(boolean fallbacks) throws Untrusted {
        return plan(fallbacks, -1);
    }

    private static DirectoryPlan plan(boolean fallbacks, double pathsNeeded) throws Untrusted {
        return new DirectoryPlan(
                Samples.authorities(),
                List.of(ConsensusFlavor.MICRODESC),
                fallbacks,
                false,
                false,
                pathsNeeded,
                fallbacks ? DirectoryPlan.AUTHORITY_DELAY : Duration.ZERO);
    }

    private static Ask only(List<Ask> asks) {
        assertThat(asks).hasSize(1);
        return asks.getFirst();
    }
}

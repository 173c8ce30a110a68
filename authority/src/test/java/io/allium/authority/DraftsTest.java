package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.authority.Ballots.Way;
import io.allium.authority.VotingSchedule.Timing;
import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.ConsensusWriter;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Vote;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Votes and signatures of one period of a network of C tor. */
class DraftsTest {
    private static final byte[] SIGNATURES = Samples.read("next-consensus-signatures");
    private static final Instant NOW = Instant.parse("2026-11-20T11:23:52Z");
    private static final Timing TIMING =
            new Timing(Duration.ofSeconds(20), Duration.ofSeconds(4), Duration.ofSeconds(4));

    private final Set<Fingerprint> authorities = new TreeSet<>();
    private final List<Draft> computed = new ArrayList<>();
    private Drafts drafts;

    @BeforeEach
    void compute() throws Untrusted {
        for (int i = 0; i < 3; i++) {
            authorities.add(
                    Vote.parse(Samples.read("measured/vote-" + i)).claimed().authority());
        }
        Certificates certificates = new Certificates(authorities);
        Ballots ballots = new Ballots(authorities, certificates, (vote, interval) -> {}, Log.NONE);
        ballots.open(VotingSchedule.next(NOW, TIMING, Duration.ZERO));
        assertThat(ballots.receive(Samples.read("v3-status-votes"), Way.TAKEN, "test", NOW)
                        .status())
                .isEqualTo(200);
        for (ConsensusBody body : ConsensusMaker.make(ballots.pending(), 3)) {
            computed.add(new Draft(body, ConsensusWriter.signedPart(body), new TreeMap<>()));
        }
        drafts = new Drafts(authorities, certificates, Log.NONE);
        drafts.open();
    }

    @Test
    void signaturesOfCTorFitWhatWeComputed() {
        drafts.put(computed, NOW);
        assertThat(drafts.needsSignatures()).isTrue();
        assertThat(drafts.signedByMajority(ConsensusFlavor.NS)).isEmpty();
        assertThat(drafts.receive(SIGNATURES, "test", NOW).phrase()).isEqualTo("Signatures added");
        assertThat(drafts.needsSignatures()).isFalse();
        assertThat(drafts.signedByMajority(ConsensusFlavor.MICRODESC)).isPresent();
        assertThat(drafts.text(ConsensusFlavor.NS).orElseThrow()).isEqualTo(Samples.read("next-consensus"));
        assertThat(drafts.detached().orElseThrow()).isEqualTo(SIGNATURES);
    }

    /** It came too late to vote: clients would refuse the signature of one whom the document does not name. */
    @Test
    void anAuthorityWhoseVoteIsNotInAConsensusDoesNotSignIt() throws Exception {
        RsaKeyPair identity = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, new SystemEntropy());
        RsaKeyPair signing = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, new SystemEntropy());
        byte[] certificate =
                KeyCertificate.write(Optional.empty(), identity, signing, NOW, NOW.plus(Duration.ofDays(90)));
        AuthorityKeys strangers =
                new AuthorityKeys(signing, KeyCertificate.parse(certificate).claimed());
        drafts.put(
                computed.stream().map(each -> Draft.of(each.body(), strangers)).toList(), NOW);
        assertThat(drafts.detached()).isEmpty();
        drafts.receive(SIGNATURES, "test", NOW);

        assertThat(drafts.signedByMajority(ConsensusFlavor.NS)).isPresent();
        assertThat(drafts.text(ConsensusFlavor.NS).orElseThrow()).isEqualTo(Samples.read("next-consensus"));
    }

    @Test
    void signaturesThatAreEarlyWaitForTheConsensus() {
        assertThat(drafts.receive(SIGNATURES, "test", NOW).phrase()).isEqualTo("Signature queued");
        drafts.put(computed, NOW);
        assertThat(drafts.signedByMajority(ConsensusFlavor.NS)).isPresent();
    }

    @Test
    void signaturesThatWeHaveAreIgnored() {
        drafts.put(computed, NOW);
        drafts.receive(SIGNATURES, "test", NOW);
        assertThat(drafts.receive(SIGNATURES, "test", NOW).phrase()).isEqualTo("Signatures ignored");
    }

    @Test
    void signaturesForAnotherConsensusAreRejected() {
        drafts.put(computed, NOW);
        String other = text().replaceFirst("consensus-digest [0-9A-F]{4}", "consensus-digest 0000")
                .replaceFirst("sha256 [0-9A-F]{4}", "sha256 0000");
        assertThat(drafts.receive(bytes(other), "test", NOW).phrase()).isEqualTo("Mismatched digest.");
        String later = text().replace("valid-until 2026-11-20 11:25:00", "valid-until 2026-11-20 11:26:00");
        assertThat(drafts.receive(bytes(later), "test", NOW).status()).isEqualTo(400);
        assertThat(drafts.receive(bytes("nonsense"), "test", NOW).phrase())
                .isEqualTo("Couldn't parse detached signatures.");
        assertThat(drafts.signedByMajority(ConsensusFlavor.NS)).isEmpty();
    }

    @Test
    void aSignatureUnderTheWrongAlgorithmDoesNotCount() {
        drafts.put(computed, NOW);
        drafts.receive(bytes(text().replace("microdesc sha256 1", "microdesc sha1 1")), "test", NOW);
        assertThat(drafts.signedByMajority(ConsensusFlavor.NS)).isPresent();
        assertThat(drafts.signedByMajority(ConsensusFlavor.MICRODESC)
                        .map(draft -> draft.signatures().size()))
                .contains(2);
    }

    @Test
    void noMoreThanSomeDocumentsWait() {
        for (int i = 0; i < Drafts.QUEUE_MAX; i++) {
            assertThat(drafts.receive(SIGNATURES, "test", NOW).status()).isEqualTo(200);
        }
        assertThat(drafts.receive(SIGNATURES, "test", NOW).status()).isEqualTo(503);
    }

    @Test
    void aDocumentWithoutEndIsNotRead() {
        String flood =
                text() + text().substring(text().indexOf("directory-signature")).repeat(200);
        assertThat(flood.length()).isGreaterThan(Drafts.LENGTH_MAX);
        assertThat(drafts.receive(bytes(flood), "test", NOW).status()).isEqualTo(400);
    }

    private static String text() {
        return new String(SIGNATURES, StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

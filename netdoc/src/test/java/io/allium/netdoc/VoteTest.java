package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import io.allium.crypto.RsaKeyPair;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VoteTest {
    private static final byte[] SAMPLE = Samples.bytes("with-srv-authority");

    @Test
    void aVoteOfCTorReadsAndVerifies() throws Untrusted {
        Vote vote = Vote.parse(SAMPLE).verify(Vote.signedAt(Samples.NOW));

        assertThat(vote.header().methods()).containsExactly(32, 33, 34, 35);
        assertThat(vote.header().published()).isEqualTo(Instant.parse("2026-11-20T11:36:52Z"));
        assertThat(vote.header().source().nickname()).isEqualTo("a1");
        assertThat(vote.authority().hex()).isEqualTo("908F40FA76B6D4E5C01E69A9A119E17AE8E6EB35");
        assertThat(vote.header().flagThresholds()).containsEntry("guard-wfu", "98.000%");
        assertThat(vote.header().bandwidthFileDigest().orElseThrow().base64())
                .isEqualTo("kzFbl6qIImN+8Cp2rre964xRQDBPrE80msU//7KUIN0");
        assertThat(vote.header().sharedRandomParticipant()).isTrue();
        assertThat(vote.header().sharedRandomCommits()).hasSize(3);
        assertThat(vote.header().previousSharedRandom().orElseThrow().reveals()).isEqualTo(3);
        assertThat(vote.routers()).hasSize(7);
        VoteEntry r2 = vote.routers().get(2);
        assertThat(r2.identity().orElseThrow().base64()).isEqualTo("l7hnHvokBuM3CaFfDBOdicp6qmX0STXzeMsHDLK6V4Y");
        assertThat(r2.status().bandwidth().orElseThrow().measured()).hasValue(6000);
        assertThat(r2.stats()).contains("wfu=1.000000 tk=894 mtbf=894");
        assertThat(r2.microdescriptor(34).orElseThrow().base64())
                .isEqualTo("Ut29w74vbDeeOn28X5bzMLaGVjJhGfuQdTt/ikUrxf4");
        assertThat(r2.microdescriptor(35).orElseThrow().base64())
                .isEqualTo("OqmJLa7azZHqlvHIaAi/g5vkp0mGfUSQO+ECLY0Nj8k");
        assertThat(r2.microdescriptor(36)).isEmpty();
    }

    @Test
    void itsDigestIsTheOneInTheConsensus() throws Untrusted {
        Consensus consensus =
                Consensus.parse(Samples.bytes("with-srv-consensus")).claimed();
        Vote vote = Vote.parse(SAMPLE).claimed();

        assertThat(consensus.body().sources().stream()
                        .filter(each -> each.source().equals(vote.header().source()))
                        .findFirst()
                        .orElseThrow()
                        .voteDigest())
                .contains(vote.digest());
    }

    @Test
    void threeVotesInARowRead() throws Untrusted {
        String all = Samples.text("v3-status-votes");
        int votes = 0;
        for (String each : all.split("(?=network-status-version )")) {
            Vote.parse(each.getBytes(StandardCharsets.UTF_8)).verify(Vote.signedAt(Samples.NOW));
            votes++;
        }
        assertThat(votes).isEqualTo(3);
    }

    @Test
    void whatWeWriteIsWhatCTorWroteButForTheSignature() throws Untrusted {
        RsaKeyPair identity = TestKeys.rsa(1);
        RsaKeyPair signing = TestKeys.rsa(2);
        KeyCertificate certificate = KeyCertificate.parse(KeyCertificate.write(
                        Optional.empty(),
                        identity,
                        signing,
                        TestKeys.PUBLISHED,
                        TestKeys.PUBLISHED.plus(Duration.ofDays(90))))
                .claimed();
        Vote theirs = Vote.parse(SAMPLE).claimed();
        String renamed = Samples.text("with-srv-authority")
                .replace(
                        theirs.body().certificate().source().text(),
                        certificate.source().text())
                .replace(
                        "dir-source a1 908F40FA76B6D4E5C01E69A9A119E17AE8E6EB35",
                        "dir-source a1 " + identity.fingerprint().hex());
        VoteHeader h = theirs.header();
        DirectorySource source = new DirectorySource(
                "a1",
                identity.fingerprint(),
                h.source().hostname(),
                h.source().address(),
                h.source().dirPort(),
                h.source().orPort());
        VoteHeader header = new VoteHeader(
                h.methods(),
                h.published(),
                h.times(),
                h.clientVersions(),
                h.serverVersions(),
                h.packages(),
                h.knownFlags(),
                h.flagThresholds(),
                h.protocols(),
                h.parameters(),
                h.bandwidthFileHeaders(),
                h.bandwidthFileDigest(),
                source,
                h.contact(),
                h.legacyIdentity(),
                h.sharedRandomParticipant(),
                h.sharedRandomCommits(),
                h.previousSharedRandom(),
                h.currentSharedRandom());
        VoteBody body = new VoteBody(header, certificate, theirs.routers());

        String written = new String(VoteWriter.write(body, signing), StandardCharsets.UTF_8);

        assertThat(upToSignature(written)).isEqualTo(upToSignature(renamed));
        Vote ours = Vote.parse(written.getBytes(StandardCharsets.UTF_8)).verify(Vote.signedAt(Samples.NOW));
        assertThat(ours.body()).isEqualTo(body);
    }

    @Test
    void aVoteOfAnotherThanItsCertificateIsRefused() {
        String other = Samples.text("with-srv-authority").replace("dir-source a1 908F", "dir-source a1 0000");

        assertThatThrownBy(() -> Vote.parse(other.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("of another identity than the key certificate");
    }

    @Test
    void anExpiredCertificateIsRefused() {
        assertThatThrownBy(() -> Vote.parse(SAMPLE).verify(Vote.signedAt(Instant.parse("2028-01-01T00:00:00Z"))))
                .hasMessageContaining("expired");
    }

    @Test
    void aChangedByteInTheSignedPartIsRefused() {
        int signed = Samples.text("with-srv-authority").indexOf("directory-signature");
        for (int i = 0; i < signed; i += 13) {
            byte[] bad = SAMPLE.clone();
            bad[i] ^= 4;
            assertThatThrownBy(() -> Vote.parse(bad).verify(Vote.signedAt(Samples.NOW)))
                    .as("byte %d", i)
                    .isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void aConsensusIsWrittenAsCTorWritesIt() throws Untrusted {
        for (String name :
                List.of("consensus-ns", "consensus-microdesc", "with-srv-consensus", "with-srv-consensus-microdesc")) {
            Consensus theirs = Consensus.parse(Samples.bytes(name)).claimed();

            assertThat(ConsensusWriter.write(theirs.body(), theirs.signatures()))
                    .as(name)
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo(Samples.text(name));
            assertThat(ConsensusWriter.signedPart(theirs.body())).isEqualTo(theirs.signed());
            assertThat(ConsensusWriter.write(theirs.signed(), theirs.signatures()))
                    .as(name)
                    .isEqualTo(theirs.source().bytes());
        }
    }

    @Test
    void aConsensusThatWeSignVerifies() throws Untrusted {
        ConsensusBody body =
                Consensus.parse(Samples.bytes("consensus-microdesc")).claimed().body();
        RsaKeyPair identity = TestKeys.rsa(1);
        RsaKeyPair signing = TestKeys.rsa(2);
        KeyCertificate certificate = KeyCertificate.parse(KeyCertificate.write(
                        Optional.empty(),
                        identity,
                        signing,
                        TestKeys.PUBLISHED,
                        TestKeys.PUBLISHED.plus(Duration.ofDays(90))))
                .verify(KeyCertificate::selfSigned);
        DirectorySignature signature = ConsensusWriter.sign(body, identity.fingerprint(), signing);

        Consensus.parse(ConsensusWriter.write(body, List.of(signature)))
                .verify(new AuthoritySignatures(List.of(identity.fingerprint()), List.of(certificate), Samples.NOW));
    }

    @Test
    void signaturesApartFromTheirConsensusAreWrittenAsCTorWritesThem() throws Untrusted {
        DetachedSignatures theirs = DetachedSignatures.parse(Samples.bytes("next-consensus-signatures"));

        assertThat(theirs.bytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(Samples.text("next-consensus-signatures"));
        assertThat(theirs.of(ConsensusFlavor.MICRODESC)).hasSize(3);
        Consensus ns = Consensus.parse(Samples.bytes("next-consensus")).claimed();
        assertThat(theirs.consensusDigest()).isEqualTo(ns.sha1());
        AuthoritySignatures trust =
                new AuthoritySignatures(ConsensusTest.AUTHORITIES, ConsensusTest.CERTIFICATES, Samples.NOW);
        assertThat(trust.tally(ns.signed(), theirs.of(ConsensusFlavor.NS)).good())
                .hasSize(3);
    }

    @Test
    void moreSignaturesAreAppendedToAConsensus() throws Untrusted {
        Consensus theirs = Consensus.parse(Samples.bytes("consensus-ns")).claimed();
        Consensus fewer = Consensus.parse(
                        ConsensusWriter.write(theirs.body(), theirs.signatures().subList(0, 1)))
                .claimed();

        assertThat(ConsensusWriter.append(fewer, theirs.signatures().subList(1, 3)))
                .isEqualTo(Samples.bytes("consensus-ns"));
    }

    private static String upToSignature(String document) {
        return document.substring(0, document.indexOf("directory-signature"));
    }
}

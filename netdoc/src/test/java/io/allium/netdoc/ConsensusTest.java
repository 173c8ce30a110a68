package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsensusTest {
    static final List<KeyCertificate> CERTIFICATES =
            KeyCertificate.parseAll(Samples.bytes("key-certificates")).documents().stream()
                    .map(Unverified::claimed)
                    .toList();
    static final List<Fingerprint> AUTHORITIES =
            CERTIFICATES.stream().map(KeyCertificate::fingerprint).toList();
    private static final AuthoritySignatures TRUST = new AuthoritySignatures(AUTHORITIES, CERTIFICATES, Samples.NOW);

    @Test
    void consensusesOfCTorReadAndVerify() throws Untrusted {
        for (String name : List.of(
                "consensus-ns",
                "consensus-microdesc",
                "next-consensus",
                "with-srv-consensus",
                "with-srv-consensus-microdesc")) {
            Consensus consensus = Consensus.parse(Samples.bytes(name)).verify(TRUST);
            assertThat(consensus.routers()).as(name).hasSizeBetween(6, 7);
            assertThat(TRUST.tally(consensus).good()).hasSize(3);
        }
    }

    @Test
    void anNsConsensusTellsWhatItSays() throws Untrusted {
        Consensus consensus = Consensus.parse(Samples.bytes("consensus-ns")).claimed();

        assertThat(consensus.flavor()).isEqualTo(ConsensusFlavor.NS);
        assertThat(consensus.header().method()).isEqualTo(35);
        assertThat(consensus.validAfter()).isEqualTo(Instant.parse("2026-11-20T11:23:00Z"));
        assertThat(consensus.freshUntil()).isEqualTo(Instant.parse("2026-11-20T11:23:20Z"));
        assertThat(consensus.header().times().voteDelay()).isEqualTo(Duration.ofSeconds(4));
        assertThat(consensus.header().clientVersions()).containsExactly("0.4.9.11");
        assertThat(consensus.header().knownFlags()).hasSize(12);
        assertThat(consensus.header().protocols().requiredClient().text())
                .isEqualTo("Cons=2 Desc=2 FlowCtrl=1 Link=4 Microdesc=2 Relay=2");
        assertThat(consensus.parameters()).containsEntry("circwindow", 1000);
        assertThat(consensus.body().sources()).hasSize(3);
        assertThat(consensus.body().sources().getFirst().contact()).contains("a3@test.example");
        assertThat(consensus.body().bandwidthWeights()).hasSize(19).containsEntry("Wgd", 3333);
        RouterStatus r4 = consensus.routers().getFirst();
        assertThat(r4.nickname()).isEqualTo("r4");
        assertThat(r4.descriptor().orElseThrow().base64()).isEqualTo("3/PXHy8BRtBmhWh5yY8TKX1mmCo");
        assertThat(r4.orPort()).isEqualTo(Endpoint.parse("127.0.0.1:6014"));
        assertThat(r4.has(RouterFlag.HS_DIR)).isTrue();
        assertThat(r4.has(RouterFlag.AUTHORITY)).isFalse();
        assertThat(r4.version()).contains("Tor 0.4.9.11");
        assertThat(r4.bandwidth().orElseThrow().bandwidth()).isEqualTo(8000);
        assertThat(r4.policy().orElseThrow().allows(443)).isTrue();
        assertThat(r4.policy().orElseThrow().allows(25)).isFalse();
        assertThat(consensus.routers().get(1).bandwidth().orElseThrow().unmeasured())
                .isTrue();
        assertThat(consensus.routers().get(4).additionalOrPorts()).containsExactly(Endpoint.parse("[::1]:6113"));
    }

    @Test
    void aMicrodescConsensusNamesMicrodescriptors() throws Untrusted {
        Consensus consensus =
                Consensus.parse(Samples.bytes("with-srv-consensus-microdesc")).claimed();

        assertThat(consensus.flavor()).isEqualTo(ConsensusFlavor.MICRODESC);
        RouterStatus r4 = consensus.routers().getFirst();
        assertThat(r4.microdescriptor().orElseThrow().base64())
                .isEqualTo("2vtm8vRE4nxRZHNk7+ysjHhzvk/H1jJ+cAbi0fsPTmo");
        assertThat(r4.descriptor()).isEmpty();
        assertThat(r4.published()).isEqualTo(Instant.parse("2038-01-01T00:00:00Z"));
        assertThat(consensus.header().currentSharedRandom().orElseThrow().reveals())
                .isEqualTo(3);
        assertThat(consensus.signatures()).allMatch(each -> each.algorithm().equals("sha256"));
    }

    @Test
    void equalValuesOfManyRelaysAreKeptOnce() throws Untrusted {
        List<RouterStatus> routers =
                Consensus.parse(Samples.bytes("consensus-ns")).claimed().routers();

        assertThat(routers.get(0).protocols()).isSameAs(routers.get(1).protocols());
        assertThat(routers.get(0).flags()).isSameAs(routers.get(2).flags());
    }

    @Test
    void halfOfTheAuthoritiesAreTooFew() throws Untrusted {
        List<Fingerprint> four = new ArrayList<>(AUTHORITIES);
        four.add(Fingerprint.parse("0".repeat(40)));

        Consensus.parse(Samples.bytes("consensus-ns")).verify(new AuthoritySignatures(four, CERTIFICATES, Samples.NOW));
        assertThatThrownBy(() -> Consensus.parse(Samples.bytes("consensus-ns"))
                        .verify(new AuthoritySignatures(four, CERTIFICATES.subList(0, 2), Samples.NOW)))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("2 of 4 authorities signed");
    }

    @Test
    void expiredOrUnknownCertificatesProveNothing() throws Untrusted {
        Consensus consensus = Consensus.parse(Samples.bytes("consensus-ns")).claimed();
        Instant late = Instant.parse("2030-01-01T00:00:00Z");

        assertThat(new AuthoritySignatures(AUTHORITIES, CERTIFICATES, late)
                        .tally(consensus)
                        .missing())
                .hasSize(3);
        assertThat(new AuthoritySignatures(List.of(), CERTIFICATES, Samples.NOW)
                        .tally(consensus)
                        .isEnough())
                .isFalse();
    }

    @Test
    void anAuthorityThatSignsTwiceCountsOnce() throws Untrusted {
        String text = Samples.text("consensus-ns");
        int second = text.indexOf("directory-signature", text.indexOf("directory-signature") + 1);
        String first = text.substring(text.indexOf("directory-signature"), second);
        String twice = text.substring(0, second) + first;

        Consensus consensus = parse(twice).claimed();

        assertThat(consensus.signatures()).hasSize(2);
        assertThat(TRUST.tally(consensus).good()).hasSize(1);
        assertThat(TRUST.tally(consensus).isEnough()).isFalse();
    }

    @Test
    void aChangedByteInTheSignedPartIsRefused() {
        byte[] good = Samples.bytes("consensus-microdesc");
        int signed = new String(good, StandardCharsets.US_ASCII).indexOf("directory-signature");
        for (int i = 0; i < signed; i += 11) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            assertThatThrownBy(() -> Consensus.parse(bad).verify(TRUST))
                    .as("byte %d", i)
                    .isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void whatIsMalformedIsRefusedInASentence() {
        String good = Samples.text("consensus-ns");

        assertThatThrownBy(() -> parse(good.replace("consensus-method 35", "consensus-method many")))
                .hasMessage("consensus: line 3, consensus-method: 'many' is not a number");
        assertThatThrownBy(() -> parse(good.replace("vote-status consensus", "vote-status vote")))
                .hasMessageContaining("is not a consensus");
        assertThatThrownBy(() -> parse(good.replace("fresh-until 2026", "fresh-until 2025")))
                .hasMessageContaining("fresh-until: is not after valid-after");
        assertThatThrownBy(() -> parse(good.replace("r r4 FNon", "r r4 zNon"))).hasMessageContaining("relay $");
        assertThatThrownBy(() -> parse(good.replace("cc_alg=2 ", "cc_alg=2 cc_alg=2 ")))
                .hasMessageContaining("'cc_alg' occurs again");
        assertThatThrownBy(() -> parse(good.replace("directory-footer\n", ""))).isInstanceOf(Untrusted.class);
        assertThatThrownBy(() -> parse(good.substring(0, good.indexOf("directory-signature"))))
                .hasMessageContaining("directory-signature: missing");
        assertThatThrownBy(() -> parse("")).isInstanceOf(Untrusted.class);
    }

    @Test
    void thousandsOfRelaysReadFast() throws Untrusted {
        byte[] large = ConsensusOfThousands.text(8000).getBytes(StandardCharsets.UTF_8);

        assertThat(Consensus.parse(large).claimed().routers()).hasSize(8000);
    }

    private static Unverified<Consensus> parse(String text) throws Untrusted {
        return Consensus.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anAuthorityWithManySignaturesCountsOnce() throws Untrusted {
        Consensus consensus = Consensus.parse(Samples.bytes("consensus-ns")).claimed();
        DirectorySignature real = consensus.signatures().getFirst();
        List<DirectorySignature> many = new ArrayList<>();
        for (int i = 1; i <= 1000; i++) {
            byte[] key = new byte[Fingerprint.LENGTH];
            key[0] = (byte) i;
            key[1] = (byte) (i >> 8);
            many.add(new DirectorySignature("sha1", real.identity(), Fingerprint.of(key), real.signature()));
        }
        AuthoritySignatures.Tally unknownKeys = TRUST.tally(consensus.signed(), many);
        assertThat(unknownKeys.missing()).hasSize(1);
        assertThat(unknownKeys.good()).isEmpty();

        byte[] garbled = real.signature().bytes();
        garbled[5] ^= 1;
        many.clear();
        for (int i = 0; i < 1000; i++) {
            many.add(new DirectorySignature("sha1", real.identity(), real.signingKey(), Slice.of(garbled)));
            many.add(new DirectorySignature("x" + i, real.identity(), real.signingKey(), real.signature()));
        }
        AuthoritySignatures.Tally wrong = TRUST.tally(consensus.signed(), many);
        assertThat(wrong.bad()).hasSize(1);
        assertThat(wrong.good()).isEmpty();
    }
}

package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MicrodescriptorTest {
    private static final byte[] SAMPLE = Samples.bytes("microdescs");

    @Test
    void microdescriptorsOfCTorRead() {
        DocumentList<Microdescriptor> all = Microdescriptor.parseAll(SAMPLE);

        assertThat(all.refused()).isEmpty();
        assertThat(all.documents()).hasSize(7);
        assertThat(all.documents().stream()
                        .mapToInt(each -> each.source().length())
                        .sum())
                .isEqualTo(SAMPLE.length);
        Microdescriptor exit = all.documents().getFirst();
        assertThat(exit.policy().allows(25)).isTrue();
        assertThat(exit.ipv6Policy()).isEqualTo(PortPolicy.ACCEPT_ALL);
        assertThat(exit.identity().orElseThrow().base64()).isEqualTo("1VV9V9KtiH1v+rRGOcm48wPqN2o9T0fXgiprmvlIN5c");
        assertThat(all.documents().get(1).policy()).isEqualTo(PortPolicy.REJECT_ALL);
        assertThat(all.documents().get(3).familyIds())
                .containsExactly("ed25519:DtMhmygAV8AKEAxu45riTXcQVlg8J9/yCpHJwi5YbVU");
    }

    @Test
    void ourDerivationFromDescriptorsIsThatOfCTorByteForByte() {
        Set<String> theirs = Microdescriptor.parseAll(SAMPLE).documents().stream()
                .map(each -> each.source().text())
                .collect(Collectors.toSet());

        Set<String> ours = RouterDescriptor.parseAll(Samples.bytes("server-descriptors")).documents().stream()
                .map(each -> Microdescriptor.of(each.claimed(), 35)
                        .orElseThrow()
                        .source()
                        .text())
                .collect(Collectors.toSet());

        assertThat(ours).isEqualTo(theirs);
    }

    @Test
    void methodsBeforeThirtyFiveLeaveFamilyIdsOut() {
        RouterDescriptor r2 = RouterDescriptorTest.named("r2");

        assertThat(Microdescriptor.of(r2, 34).orElseThrow().familyIds()).isEmpty();
        assertThat(Microdescriptor.of(r2, 34).orElseThrow().digest())
                .isNotEqualTo(Microdescriptor.of(r2, 35).orElseThrow().digest());
        assertThat(Microdescriptor.of(r2, 32)).isEqualTo(Microdescriptor.of(r2, 34));
    }

    @Test
    void familiesBecomeCanonical() throws Untrusted {
        Fingerprint self = Fingerprint.parse("F".repeat(40));

        assertThat(Families.canonical(
                        List.of("Zoe", "$" + "ab".repeat(20) + "=zoe", "zoe", "ab".repeat(20), "$12", "x-new:thing"),
                        self))
                .containsExactly("$12", "$" + "AB".repeat(20), "$" + "F".repeat(40), "x-new:thing", "zoe");
    }

    @Test
    void aCacheSaysWhenTheyWereLastListed() throws Untrusted {
        String one =
                Microdescriptor.parseAll(SAMPLE).documents().getFirst().source().text();

        Microdescriptor read =
                Microdescriptor.parse(("@last-listed 2026-11-20 11:24:00\n" + one).getBytes(StandardCharsets.UTF_8));

        assertThat(read.lastListed()).contains(Instant.parse("2026-11-20T11:24:00Z"));
        assertThat(read.digest()).isEqualTo(Sha256Digest.over(Slice.of(one.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void oneWithoutAnOnionKeyObjectReads() throws Untrusted {
        Microdescriptor read = Microdescriptor.parse(
                ("onion-key\nntor-onion-key " + "A".repeat(43) + "\n").getBytes(StandardCharsets.UTF_8));

        assertThat(read.identity()).isEmpty();
        assertThatThrownBy(() -> Microdescriptor.parse("onion-key\n".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("microdescriptor: ntor-onion-key: missing");
    }
}

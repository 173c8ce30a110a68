package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouterDescriptorTest {
    private static final byte[] SAMPLE = Samples.bytes("server-descriptors");

    @Test
    void descriptorsOfCTorReadAndVerify() throws Untrusted {
        DocumentList<Unverified<RouterDescriptor>> all = RouterDescriptor.parseAll(SAMPLE);

        assertThat(all.refused()).isEmpty();
        assertThat(all.documents()).hasSize(7);
        for (Unverified<RouterDescriptor> each : all.documents()) {
            each.verify(RouterDescriptor.signedAt(Samples.NOW));
        }
    }

    @Test
    void aDescriptorTellsWhatItSays() throws Untrusted {
        RouterDescriptor r3 = named("r3");

        assertThat(r3.orEndpoint()).hasToString("127.0.0.1:6013");
        assertThat(r3.details().additionalOrPorts()).containsExactly(Endpoint.parse("[::1]:6113"));
        assertThat(r3.fingerprint().hex()).isEqualTo("96A7DCEC0B7B4552FD4AE375722E02E35CF49838");
        assertThat(r3.identity().base64()).isEqualTo("1VV9V9KtiH1v+rRGOcm48wPqN2o9T0fXgiprmvlIN5c");
        assertThat(r3.published()).isEqualTo(Instant.parse("2026-11-20T11:22:21Z"));
        assertThat(r3.details().platform()).contains("Tor 0.4.9.11 on Linux");
        assertThat(r3.details().protocols().supports("Relay", 6)).isTrue();
        assertThat(r3.details().contact()).contains("r3 <r3@test.example>");
        assertThat(r3.details().bandwidth()).isEqualTo(new AdvertisedBandwidth(41943040, 41943040, 6150));
        assertThat(r3.details().ipv6Policy()).isEqualTo(PortPolicy.ACCEPT_ALL);
        assertThat(r3.details().tunnelledDirectory()).isFalse();
        assertThat(r3.details().exitPolicy().allows(Endpoint.parse("192.0.2.1:25")))
                .isTrue();
        assertThat(named("r2").keys().familyCertificates()).hasSize(1);
        assertThat(named("r2").details().family()).hasSize(2);
        assertThat(named("a1").details().exitPolicy().allows(Endpoint.parse("192.0.2.1:25")))
                .isFalse();
    }

    @Test
    void itsDigestIsTheOneInTheConsensus() throws Untrusted {
        assertThat(named("r1").digest().base64()).isEqualTo("jbiY83w+1rrt6dfLwwxlIMWhkAI");
    }

    @Test
    void itNamesItsExtraInfoDocument() throws Untrusted {
        DocumentList<Unverified<ExtraInfo>> extras = ExtraInfo.parseAll(Samples.bytes("extra-infos"));

        assertThat(extras.refused()).isEmpty();
        assertThat(extras.documents()).hasSize(7);
        for (Unverified<ExtraInfo> each : extras.documents()) {
            RouterDescriptor router = named(each.claimed().nickname());
            ExtraInfo extra = each.verify(ExtraInfo.signedBy(router.keys(), Samples.NOW));
            assertThat(router.details().extraInfo()).contains(extra.digest());
            assertThat(extra.statistics()).anyMatch(line -> line.startsWith("geoip-db-digest "));
        }
    }

    @Test
    void anExpiredCertificateIsRefused() throws Untrusted {
        RouterDescriptor descriptor = named("r1");
        Instant late = descriptor.expires();

        assertThatThrownBy(() ->
                        RouterDescriptor.parse(descriptor.source().bytes()).verify(RouterDescriptor.signedAt(late)))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("expired");
    }

    @Test
    void aChangedByteAnywhereIsRefused() throws Untrusted {
        byte[] good = named("r2").source().bytes();
        for (int i = 0; i < good.length; i += 7) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            int at = i;
            assertThatThrownBy(() -> RouterDescriptor.parse(bad).verify(RouterDescriptor.signedAt(Samples.NOW)))
                    .as("byte %d", at)
                    .isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void aMissingOrRepeatedItemIsRefused() throws Untrusted {
        String good = named("r4").source().text();

        assertThatThrownBy(() -> parse(good.replaceFirst("published [^\n]*\n", "")))
                .hasMessage("server descriptor: published: missing");
        assertThatThrownBy(() -> parse(good.replaceFirst("uptime 23\n", "uptime 23\nuptime 23\n")))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("uptime: occurs again");
        assertThatThrownBy(() -> parse(good.replaceFirst("hidden-service-dir\n", "router-sig-ed25519 AAAA\n")))
                .isInstanceOf(Untrusted.class);
        assertThatThrownBy(() -> parse(good.replace("router r4 ", "router r_4 ")))
                .hasMessageContaining("line 1, router: 'r_4' is not a nickname");
    }

    @Test
    void oneBadDescriptorDoesNotCostItsNeighbours() {
        String damaged = Samples.text("server-descriptors").replace("router r3 127.0.0.1", "router r3 127.0.0.999");
        DocumentList<Unverified<RouterDescriptor>> all =
                RouterDescriptor.parseAll(damaged.getBytes(StandardCharsets.UTF_8));

        assertThat(all.refused()).singleElement().asString().contains("127.0.0.999");
        assertThat(all.documents()).hasSize(6);

        String truncated = Samples.text("server-descriptors").replace("-----END CROSSCERT-----\nntor", "ntor");
        assertThat(RouterDescriptor.parseAll(truncated.getBytes(StandardCharsets.UTF_8))
                        .documents())
                .isEmpty();
    }

    @Test
    void annotationsAreKeptAndAreNoPartOfTheDocument() throws Untrusted {
        RouterDescriptor plain = named("r1");
        byte[] annotated = ("@downloaded-at 2026-11-20 11:22:21\n@purpose bridge\n"
                        + plain.source().text())
                .getBytes(StandardCharsets.UTF_8);

        RouterDescriptor read = RouterDescriptor.parse(annotated).claimed();

        assertThat(read.annotations()).containsExactly("@downloaded-at 2026-11-20 11:22:21", "@purpose bridge");
        assertThat(read.digest()).isEqualTo(plain.digest());
    }

    @Test
    void whatWeWriteReadsBackTheSameAndVerifies() throws Untrusted {
        RouterSecrets secrets = TestKeys.router(1);
        RouterDetails details = TestKeys.details().build();

        RouterDescriptor read = RouterDescriptor.parse(
                        RouterDescriptorWriter.write(details, secrets, Duration.ofDays(28)))
                .verify(RouterDescriptor.signedAt(Samples.NOW));

        assertThat(read.details())
                .usingRecursiveComparison()
                .ignoringFields("exitPolicy")
                .isEqualTo(details);
        assertThat(read.details().exitPolicy().descriptorLines())
                .isEqualTo(details.exitPolicy().descriptorLines());
        assertThat(read.fingerprint()).isEqualTo(secrets.rsaIdentity().fingerprint());
        assertThat(read.keys().ntorOnionKey()).isEqualTo(secrets.ntorOnionKey().publicKey());
    }

    @Test
    void bothSignsOfTheNtorKeyCertify() throws Untrusted {
        List<Integer> signs = new ArrayList<>();
        for (int seed = 1; signs.stream().distinct().count() < 2; seed++) {
            RouterSecrets secrets = TestKeys.router(seed);
            RouterDescriptor.parse(
                            RouterDescriptorWriter.write(TestKeys.details().build(), secrets, Duration.ofDays(28)))
                    .verify(RouterDescriptor.signedAt(Samples.NOW));
            signs.add(secrets.ntorOnionKey().ed25519Sign());
        }
    }

    @Test
    void theWriterOrdersItemsAsCTorDoes() throws Untrusted {
        RouterDescriptor ours = RouterDescriptor.parse(RouterDescriptorWriter.write(
                        TestKeys.details().build(), TestKeys.router(1), Duration.ofDays(28)))
                .claimed();

        List<String> keywords = ours.source()
                .text()
                .lines()
                .filter(line -> line.matches("[a-z0-9-]+( .*)?") && !line.matches("[A-Za-z0-9+/=]{40,}"))
                .map(line -> line.split(" ")[0])
                .distinct()
                .toList();
        assertThat(keywords)
                .containsExactly(
                        "router",
                        "identity-ed25519",
                        "master-key-ed25519",
                        "or-address",
                        "platform",
                        "proto",
                        "published",
                        "fingerprint",
                        "uptime",
                        "bandwidth",
                        "extra-info-digest",
                        "caches-extra-info",
                        "onion-key",
                        "signing-key",
                        "onion-key-crosscert",
                        "ntor-onion-key-crosscert",
                        "family",
                        "hidden-service-dir",
                        "family-cert",
                        "contact",
                        "ntor-onion-key",
                        "reject",
                        "accept",
                        "ipv6-policy",
                        "tunnelled-dir-server",
                        "router-sig-ed25519",
                        "router-signature");
    }

    @Test
    void ourExtraInfoReadsBackAndVerifies() throws Untrusted {
        RouterSecrets secrets = TestKeys.router(1);
        List<String> lines = List.of("geoip-db-digest " + "0".repeat(40), "x-new thing");

        byte[] written = ExtraInfo.write("ours", Samples.NOW, lines, secrets);
        RouterDescriptor router = RouterDescriptor.parse(
                        RouterDescriptorWriter.write(TestKeys.details().build(), secrets, Duration.ofDays(28)))
                .claimed();
        ExtraInfo read = ExtraInfo.parse(written).verify(ExtraInfo.signedBy(router.keys(), Samples.NOW));

        assertThat(read.statistics()).isEqualTo(lines);
        assertThat(read.source().bytes()).isEqualTo(written);
    }

    @Test
    void statisticsThatAuthoritiesWouldNotTakeAreLeftOut() throws Untrusted {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            lines.add("x-long " + "a".repeat(5000));
        }
        byte[] written = ExtraInfo.write("ours", Samples.NOW, lines, TestKeys.router(1));

        assertThat(written.length).isLessThanOrEqualTo(ExtraInfo.MAX_LENGTH);
        assertThat(ExtraInfo.parse(written).claimed().statistics()).hasSizeBetween(8, 10);
    }

    private static Unverified<RouterDescriptor> parse(String text) throws Untrusted {
        return RouterDescriptor.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    static RouterDescriptor named(String nickname) {
        return RouterDescriptor.parseAll(SAMPLE).documents().stream()
                .map(Unverified::claimed)
                .filter(each -> each.nickname().equals(nickname))
                .findFirst()
                .orElseThrow();
    }
}

package io.allium.authority;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.SystemEntropy;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.AdvertisedBandwidth;
import io.allium.netdoc.ProtocolVersions;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterDescriptorWriter;
import io.allium.netdoc.RouterDetails;
import io.allium.netdoc.RouterSecrets;
import io.allium.netdoc.Unverified;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

/** Documents that networks of C tor 0.4.9.11 produced. */
final class Samples {
    /** When the recorded descriptors were valid. */
    static final Instant TIME = Instant.parse("2026-11-20T11:23:00Z");

    private Samples() {}

    static byte[] read(String name) {
        try (InputStream in = Samples.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no sample " + name);
            }
            return in.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static List<RouterDescriptor> descriptors() {
        return RouterDescriptor.parseAll(read("server-descriptors")).documents().stream()
                .map(Unverified::claimed)
                .toList();
    }

    static RouterDescriptor descriptor(String nickname) {
        return descriptors().stream()
                .filter(descriptor -> descriptor.nickname().equals(nickname))
                .findFirst()
                .orElseThrow();
    }

    /** The descriptor of a relay made up for the test, signed as any is. */
    static RouterDescriptor made(String nickname, Instant published, UnaryOperator<RouterDetails.Builder> with) {
        Entropy entropy = new SystemEntropy();
        Ed25519KeyPair signing = Ed25519KeyPair.generate(entropy);
        RouterSecrets secrets = new RouterSecrets(
                RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, entropy),
                Ed25519Certificate.sign(
                        Ed25519Certificate.IDENTITY_SIGNS_SIGNING,
                        signing.publicKey(),
                        published.plus(Duration.ofDays(30)),
                        Ed25519KeyPair.generate(entropy),
                        true),
                signing,
                RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, entropy),
                Curve25519KeyPair.generate(entropy),
                List.of());
        RouterDetails.Builder details = RouterDetails.builder(
                        nickname, Endpoint.parseAddress("198.51.100.7"), 9001, published)
                .platform("Tor 0.4.9.11 on Linux")
                .protocols(ProtocolVersions.of("Cons=1-2 Desc=1-4 FlowCtrl=1-2 Link=3-5 LinkAuth=3 Relay=2-4"))
                .bandwidth(new AdvertisedBandwidth(1_000_000, 2_000_000, 300_000));
        byte[] written = RouterDescriptorWriter.write(with.apply(details).build(), secrets, Duration.ofDays(28));
        return RouterDescriptor.parseAll(written).documents().getFirst().claimed();
    }
}

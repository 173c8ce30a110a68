package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import io.allium.cell.LinkSpecifier;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.TimePeriod;
import io.allium.netdoc.IntroductionPoint;
import io.allium.netdoc.OnionDescriptor;
import io.allium.netdoc.OnionDescriptorBody;
import io.allium.netdoc.OnionDescriptorKeys;
import io.allium.netdoc.OnionDescriptorLayers;
import io.allium.testing.SeededEntropy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptors that their service has signed, and that are of no use all the same. */
class BadDescriptorsTest {
    private static final TimePeriod PERIOD = new TimePeriod(20_000, 1440);
    private static final Instant NOW = PERIOD.start().plus(Duration.ofHours(3));

    private final SeededEntropy entropy = new SeededEntropy(1);
    private final Ed25519KeyPair identity = Ed25519KeyPair.generate(entropy);
    private final Ed25519KeyPair signing = Ed25519KeyPair.generate(entropy);
    private final OnionDescriptorKeys keys = OnionDescriptorKeys.of(
            identity.publicKey(), KeyBlinding.blind(identity, PERIOD), signing, NOW.plus(Duration.ofHours(54)));

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 47, 48, 49, 100, 10_000, 30_000})
    void nonsenseUnderAGoodSignatureIsRefused(int length) {
        assertThatThrownBy(() -> read(written(entropy.bytes(length)))).isInstanceOf(Untrusted.class);
    }

    @Test
    void whatWasSealedForAnotherRevisionDoesNotOpen() throws Exception {
        byte[] sealed = OnionDescriptorLayers.seal(keys, 1, body(List.of()), List.of(), entropy);

        assertThat(read(OnionDescriptor.write(keys, OnionDescriptor.LIFETIME_DEFAULT, 1, sealed))
                        .isReadable())
                .isTrue();
        assertThatThrownBy(() -> read(OnionDescriptor.write(keys, OnionDescriptor.LIFETIME_DEFAULT, 2, sealed)))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("outer layer does not open");
    }

    @Test
    void whatIsLongerThanTheConsensusAllowsIsNotEvenRead() {
        byte[] large = written(entropy.bytes(OnionDescriptor.LENGTH_LIMIT));

        assertThatThrownBy(() -> read(large)).isInstanceOf(Untrusted.class);
    }

    /** The descriptor is as good as the points that are left. */
    @Test
    void pointsWithKeysOfSmallOrderAreLeftOut() throws Exception {
        Curve25519Key good = Curve25519KeyPair.generate(entropy).publicKey();
        List<IntroductionPoint> points = new ArrayList<>(List.of(point(good, good)));
        for (Curve25519Key bad : smallOrder()) {
            points.add(point(bad, good));
            points.add(point(good, bad));
        }
        KnownDescriptor known = read(written(OnionDescriptorLayers.seal(keys, 1, body(points), List.of(), entropy)));

        assertThat(ServiceDescriptors.body(known).introductionPoints()).containsExactly(points.getFirst());
    }

    /** Zero, one, and a point of order eight. */
    private static List<Curve25519Key> smallOrder() {
        List<Curve25519Key> keys = new ArrayList<>();
        for (String hex : List.of(
                "00".repeat(32),
                "01" + "00".repeat(31),
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")) {
            keys.add(Curve25519Key.of(HexFormat.of().parseHex(hex)));
        }
        return keys;
    }

    private IntroductionPoint point(Curve25519Key onionKey, Curve25519Key encryptionKey) throws Untrusted {
        List<LinkSpecifier> specifiers = List.of(
                new LinkSpecifier.Ipv4(Endpoint.parse("99.1.2.3:9001")),
                new LinkSpecifier.LegacyIdentity(Fingerprint.of(entropy.bytes(Fingerprint.LENGTH))));
        return IntroductionPoint.certify(
                specifiers,
                onionKey,
                Ed25519KeyPair.generate(entropy).publicKey(),
                encryptionKey,
                signing,
                NOW.plus(Duration.ofHours(54)));
    }

    private static OnionDescriptorBody body(List<IntroductionPoint> points) {
        return new OnionDescriptorBody(List.of(), false, Optional.empty(), Optional.empty(), points);
    }

    private byte[] written(byte[] sealed) {
        return OnionDescriptor.write(keys, OnionDescriptor.LIFETIME_DEFAULT, 1, sealed);
    }

    private KnownDescriptor read(byte[] document) throws Untrusted {
        return KnownDescriptor.read(
                document,
                new OnionAddress(identity.publicKey()),
                PERIOD,
                keys.blindedKey(),
                Optional.empty(),
                OnionDescriptor.LENGTH_LIMIT,
                NOW);
    }
}

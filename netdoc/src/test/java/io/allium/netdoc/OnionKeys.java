package io.allium.netdoc;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import io.allium.cell.LinkSpecifier;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.PuzzleSeed;
import io.allium.crypto.TimePeriod;
import io.allium.testing.SeededEntropy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An onion service from a seed. */
final class OnionKeys {
    static final Instant NOW = Samples.NOW;
    static final Instant EXPIRES = Instant.parse("2100-01-01T00:00:00Z");
    static final Ed25519KeyPair IDENTITY = Ed25519KeyPair.generate(entropy(1));
    static final TimePeriod PERIOD = TimePeriod.containing(NOW, TimePeriod.LENGTH_DEFAULT);
    static final Ed25519KeyPair BLINDED = KeyBlinding.blind(IDENTITY, PERIOD);
    static final Ed25519KeyPair SIGNING = Ed25519KeyPair.generate(entropy(2));
    static final OnionDescriptorKeys KEYS = OnionDescriptorKeys.of(IDENTITY.publicKey(), BLINDED, SIGNING, EXPIRES);

    private OnionKeys() {}

    static Entropy entropy(long seed) {
        return new SeededEntropy(seed);
    }

    static IntroductionPoint point(int number) throws Untrusted {
        return point(number, SIGNING, EXPIRES);
    }

    static IntroductionPoint point(int number, Ed25519KeyPair signing, Instant expires) throws Untrusted {
        Entropy entropy = entropy(100 + number);
        return IntroductionPoint.certify(
                List.of(
                        new LinkSpecifier.Ipv4(Endpoint.parse("192.0.2." + number + ":9001")),
                        new LinkSpecifier.LegacyIdentity(Fingerprint.of(entropy.bytes(Fingerprint.LENGTH))),
                        new LinkSpecifier.Ed25519(Ed25519Identity.of(entropy.bytes(Ed25519Identity.LENGTH))),
                        new LinkSpecifier.Ipv6(Endpoint.parse("[2001:db8::" + number + "]:9001")),
                        new LinkSpecifier.Unknown(77, new byte[] {1, 2, 3})),
                curve(entropy),
                Ed25519KeyPair.generate(entropy).publicKey(),
                curve(entropy),
                signing,
                expires);
    }

    private static Curve25519Key curve(Entropy entropy) {
        return Curve25519KeyPair.generate(entropy).publicKey();
    }

    /** A body with everything in it. */
    static OnionDescriptorBody body(int points) throws Untrusted {
        List<IntroductionPoint> all = new ArrayList<>();
        for (int i = 0; i < points; i++) {
            all.add(point(i));
        }
        return new OnionDescriptorBody(
                List.of("ed25519"),
                true,
                Optional.of(new OnionFlowControl("1-2", 31)),
                Optional.of(new ProofOfWorkParameters(
                        PuzzleSeed.of(entropy(3).bytes(PuzzleSeed.LENGTH)),
                        4_000_000_000L,
                        Instant.parse("2026-11-20T13:14:21Z"))),
                all);
    }
}

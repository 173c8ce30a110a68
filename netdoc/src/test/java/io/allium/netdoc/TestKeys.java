package io.allium.netdoc;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.RsaKeyPair;
import io.allium.testing.SeededEntropy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Keys from a seed, and a relay to sign with them. */
final class TestKeys {
    static final Instant PUBLISHED = Instant.parse("2026-11-20T11:20:00Z");

    private TestKeys() {}

    static RouterSecrets router(int seed) {
        Entropy entropy = new SeededEntropy(seed);
        Ed25519KeyPair master = Ed25519KeyPair.generate(entropy);
        Ed25519KeyPair signing = Ed25519KeyPair.generate(entropy);
        return new RouterSecrets(
                RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, entropy),
                Ed25519Certificate.sign(
                        Ed25519Certificate.IDENTITY_SIGNS_SIGNING,
                        signing.publicKey(),
                        PUBLISHED.plus(Duration.ofDays(30)),
                        master,
                        true),
                signing,
                RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, entropy),
                Curve25519KeyPair.generate(entropy),
                List.of(Ed25519KeyPair.generate(entropy)));
    }

    static RsaKeyPair rsa(int seed) {
        return RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, new SeededEntropy(seed));
    }

    static RouterDetails.Builder details() throws Untrusted {
        ExitPolicy policy = new ExitPolicyConfiguration(
                        List.of("accept *:80,reject *:*"),
                        true,
                        true,
                        List.of(),
                        ExitPolicyConfiguration.Ending.DEFAULT)
                .policy();
        return RouterDetails.builder("ours", Endpoint.parseAddress("127.0.0.1"), 9001, PUBLISHED)
                .dirPort(9030)
                .additionalOrPort(Endpoint.parse("[::1]:9001"))
                .platform("Tor 0.4.9.11 on Linux")
                .protocols(ProtocolVersions.of("Cons=1-2 Desc=1-4 FlowCtrl=1-2 Link=3-5 Relay=2-4"))
                .uptime(77)
                .bandwidth(new AdvertisedBandwidth(1_000_000, 2_000_000, 30_000))
                .extraInfo(new ExtraInfoDigest(Sha1Digest.of(new byte[20]), Optional.of(Sha256Digest.of(new byte[32]))))
                .cachesExtraInfo(true)
                .family(List.of("$23922BC81B1CB1B5B6340AFFA93A318398BC09F9", "friend"))
                .hiddenServiceDirectory(true)
                .contact("ours <ours@test.example>")
                .exitPolicy(policy)
                .tunnelledDirectory(true);
    }
}

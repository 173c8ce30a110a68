package io.allium.client;

import io.allium.base.Endpoint;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.ConsensusHeader;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.FlagSet;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.PortPolicy;
import io.allium.netdoc.ProtocolDemands;
import io.allium.netdoc.ProtocolVersions;
import io.allium.netdoc.RouterBandwidth;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Slice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Networks made up for tests: relay {@code i} is named {@code ri} and lives at {@code 10.i.0.1} if nothing else is said. */
final class TestNetwork {
    private static final PortPolicy NOTHING = PortPolicy.REJECT_ALL;

    private final List<RouterStatus> routers = new ArrayList<>();
    private final List<Microdescriptor> descriptors = new ArrayList<>();
    private String protocols = "Relay=2-4";
    private Instant from = Instant.parse("2026-11-20T12:00:00Z");

    /** A network of guards that are no exits and exits that are no guards, so many of each. */
    static TestNetwork of(int guards, int exits) {
        TestNetwork network = new TestNetwork();
        for (int i = 0; i < guards; i++) {
            network.guard(i);
        }
        for (int i = 0; i < exits; i++) {
            network.exit(guards + i, PortPolicy.ACCEPT_ALL);
        }
        return network;
    }

    /** What the relays added from now on can do. */
    TestNetwork protocols(String list) {
        protocols = list;
        return this;
    }

    TestNetwork validFrom(Instant time) {
        from = time;
        return this;
    }

    TestNetwork guard(int number) {
        return relay(number, address(number), NOTHING, List.of(), 1000, RouterFlag.GUARD);
    }

    TestNetwork exit(int number, PortPolicy policy) {
        return relay(number, address(number), policy, List.of(), 1000, RouterFlag.EXIT);
    }

    TestNetwork relay(
            int number, String address, PortPolicy policy, List<String> family, long bandwidth, RouterFlag... flags) {
        List<String> names = new ArrayList<>(List.of("Running", "Valid", "Fast", "Stable", "V2Dir"));
        for (RouterFlag flag : flags) {
            names.add(flag.text());
        }
        Sha256Digest digest = Sha256Digest.over(Slice.of(("md" + number).getBytes(StandardCharsets.US_ASCII)));
        routers.add(new RouterStatus(
                "r" + number,
                fingerprint(number),
                Optional.empty(),
                Optional.of(digest),
                Instant.EPOCH,
                Endpoint.parse(address + ":9001"),
                0,
                List.of(),
                FlagSet.ofNames(names),
                Optional.empty(),
                ProtocolVersions.of(protocols),
                Optional.of(new RouterBandwidth(bandwidth, OptionalLong.empty(), false)),
                Optional.empty()));
        descriptors.add(new Microdescriptor(
                Slice.empty(),
                digest,
                Curve25519Key.of(key(number)),
                List.of(),
                family,
                List.of(),
                policy,
                NOTHING,
                Optional.of(Ed25519Identity.of(key(number))),
                Optional.empty()));
        return this;
    }

    /** The relay is gone from the consensus. */
    TestNetwork without(int number) {
        routers.removeIf(each -> each.fingerprint().equals(fingerprint(number)));
        return this;
    }

    NetworkView view() {
        return view(Map.of());
    }

    NetworkView view(Map<String, Integer> parameters) {
        DocumentTimes times = new DocumentTimes(
                from,
                from.plus(Duration.ofHours(1)),
                from.plus(Duration.ofHours(3)),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5));
        ConsensusHeader header = new ConsensusHeader(
                ConsensusFlavor.MICRODESC,
                35,
                times,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                ProtocolDemands.NONE,
                parameters,
                Optional.empty(),
                Optional.empty());
        List<RouterStatus> sorted = new ArrayList<>(routers);
        sorted.sort(Comparator.comparing(RouterStatus::fingerprint));
        Map<String, Integer> weights = Map.of("Wgg", 10000, "Wmg", 5000, "Wme", 0, "Wee", 10000, "Wmm", 10000);
        return NetworkView.of(new ConsensusBody(header, List.of(), sorted, weights), descriptors);
    }

    private static String address(int number) {
        return (10 + (number >> 8)) + "." + (number & 0xff) + ".0.1";
    }

    static Fingerprint fingerprint(int number) {
        byte[] bytes = new byte[Fingerprint.LENGTH];
        bytes[0] = (byte) (number >> 8);
        bytes[1] = (byte) number;
        return Fingerprint.of(bytes);
    }

    private static byte[] key(int number) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) (number >> 8);
        bytes[1] = (byte) number;
        return bytes;
    }

    static ClientOptions options() {
        return ClientOptions.builder(List.of(), List.of()).build();
    }
}

package io.allium.onionservice;

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
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Slice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A network made up for tests, of relays that may be directories and introduction points. */
final class TestNetwork {
    static final int RELAYS = 20;

    private TestNetwork() {}

    static NetworkView view(Instant validAfter) {
        List<RouterStatus> routers = new ArrayList<>();
        List<Microdescriptor> descriptors = new ArrayList<>();
        for (int i = 0; i < RELAYS; i++) {
            Sha256Digest digest = Sha256Digest.over(Slice.of(("md" + i).getBytes(StandardCharsets.US_ASCII)));
            byte[] key = new byte[32];
            key[0] = (byte) (i + 1);
            byte[] fingerprint = new byte[20];
            fingerprint[0] = (byte) (i + 1);
            routers.add(new RouterStatus(
                    "r" + i,
                    Fingerprint.of(fingerprint),
                    Optional.empty(),
                    Optional.of(digest),
                    Instant.EPOCH,
                    Endpoint.parse("10." + i + ".0.1:9001"),
                    0,
                    List.of(),
                    FlagSet.ofNames(List.of("Running", "Valid", "Fast", "Stable", "HSDir")),
                    Optional.empty(),
                    ProtocolVersions.of("HSDir=2 HSIntro=4-5"),
                    Optional.of(new RouterBandwidth(1000, OptionalLong.empty(), false)),
                    Optional.empty()));
            descriptors.add(new Microdescriptor(
                    Slice.empty(),
                    digest,
                    Curve25519Key.of(key),
                    List.of(),
                    List.of(),
                    List.of(),
                    PortPolicy.REJECT_ALL,
                    PortPolicy.REJECT_ALL,
                    Optional.of(Ed25519Identity.of(key)),
                    Optional.empty()));
        }
        DocumentTimes times = new DocumentTimes(
                validAfter,
                validAfter.plus(Duration.ofHours(1)),
                validAfter.plus(Duration.ofHours(3)),
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
                Map.of(),
                Optional.empty(),
                Optional.empty());
        return NetworkView.of(new ConsensusBody(header, List.of(), routers, Map.of()), descriptors);
    }
}

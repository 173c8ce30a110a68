package io.allium.authority;

import io.allium.base.Endpoint;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.FlagSet;
import io.allium.netdoc.ProtocolVersions;
import io.allium.netdoc.RouterBandwidth;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterDetails;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Timestamps;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What the bridge authority knows of each bridge, in the form that the tools read which hand bridges out.
 *
 * @param authority the bridge authority's fingerprint as a relay
 * @spec bridgedb-spec 1.1
 */
record BridgeStatus(Census census, Fingerprint authority) {

    /** The file {@code networkstatus-bridges}. */
    String text() {
        String thresholds = census.thresholds().asMap().entrySet().stream()
                .map(threshold -> threshold.getKey() + "=" + threshold.getValue())
                .collect(Collectors.joining(" "));
        return "published " + Timestamps.text(census.taken()) + "\nflag-thresholds " + thresholds + "\nfingerprint "
                + authority.hex() + "\n" + entries();
    }

    /** The bridges alone. */
    String entries() {
        return census.relays().stream().map(BridgeStatus::entry).collect(Collectors.joining());
    }

    private static String entry(Census.Counted bridge) {
        RouterDescriptor descriptor = bridge.descriptor();
        RouterDetails details = descriptor.details();
        List<Endpoint> ipv6 = CensusTaker.ipv6(details).stream().toList();
        return RouterStatus.of(
                        descriptor,
                        ipv6,
                        flags(bridge.facts()),
                        Optional.empty(),
                        ProtocolVersions.of(""),
                        new RouterBandwidth(bridge.facts().advertised(), OptionalLong.empty(), false))
                .text();
    }

    /** Flags that only a consensus makes sense of, such as Fast and Guard, no bridge has; as in C tor. */
    private static FlagSet flags(RelayFacts facts) {
        Map<RouterFlag, Boolean> deserved = Map.of(
                RouterFlag.AUTHORITY, facts.authority(),
                RouterFlag.BAD_EXIT, facts.badExit(),
                RouterFlag.EXIT, facts.exit(),
                RouterFlag.RUNNING, facts.running(),
                RouterFlag.V2_DIR, facts.servesDirectory(),
                RouterFlag.VALID, facts.valid());
        return FlagSet.of(deserved.keySet().stream()
                .filter(flag -> Boolean.TRUE.equals(deserved.get(flag)))
                .sorted()
                .toArray(RouterFlag[]::new));
    }
}

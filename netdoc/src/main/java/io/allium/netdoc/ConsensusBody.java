package io.allium.netdoc;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a consensus says, without the signatures: what authorities compute and agree on.
 *
 * @param sources sorted by identity
 * @param routers sorted by fingerprint
 * @param bandwidthWeights such as {@code Wgd}, in ten thousandths, in the order of the line; empty if there is none
 */
public record ConsensusBody(
        ConsensusHeader header,
        List<ConsensusSource> sources,
        List<RouterStatus> routers,
        Map<String, Integer> bandwidthWeights) {
    public ConsensusBody {
        sources = List.copyOf(sources);
        routers = List.copyOf(routers);
        bandwidthWeights = Collections.unmodifiableMap(new LinkedHashMap<>(bandwidthWeights));
    }
}

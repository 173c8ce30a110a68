package io.allium.netdoc;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The preamble of a consensus.
 *
 * @param method by which it was computed
 * @param packages each line of that keyword, without it
 * @param knownFlags those that any relay could have got, sorted
 * @param parameters in the order of the line
 * @spec dir-spec 3.4.1
 */
public record ConsensusHeader(
        ConsensusFlavor flavor,
        int method,
        DocumentTimes times,
        List<String> clientVersions,
        List<String> serverVersions,
        List<String> packages,
        List<String> knownFlags,
        ProtocolDemands protocols,
        Map<String, Integer> parameters,
        Optional<SharedRandomValue> previousSharedRandom,
        Optional<SharedRandomValue> currentSharedRandom) {
    public ConsensusHeader {
        clientVersions = List.copyOf(clientVersions);
        serverVersions = List.copyOf(serverVersions);
        packages = List.copyOf(packages);
        knownFlags = List.copyOf(knownFlags);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }
}

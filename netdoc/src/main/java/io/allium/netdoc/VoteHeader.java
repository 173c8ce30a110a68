package io.allium.netdoc;

import io.allium.crypto.Fingerprint;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The preamble of a vote, up to the key certificate.
 *
 * @param methods the consensus methods that the authority knows, ascending
 * @param clientVersions recommended; empty if the authority has no opinion
 * @param packages each line of that keyword, without it
 * @param flagThresholds the {@code flag-thresholds} in the order of the line; informative
 * @param bandwidthFileHeaders the line without its keyword
 * @param bandwidthFileDigest base64 of the SHA-256 of the bandwidth file
 * @param legacyIdentity an older v3 identity of the authority
 * @param sharedRandomParticipant whether it takes part in making the shared random value
 * @spec dir-spec 3.4.1
 */
public record VoteHeader(
        List<Integer> methods,
        Instant published,
        DocumentTimes times,
        List<String> clientVersions,
        List<String> serverVersions,
        List<String> packages,
        List<String> knownFlags,
        Map<String, String> flagThresholds,
        ProtocolDemands protocols,
        Map<String, Integer> parameters,
        Optional<String> bandwidthFileHeaders,
        Optional<Sha256Digest> bandwidthFileDigest,
        DirectorySource source,
        String contact,
        Optional<Fingerprint> legacyIdentity,
        boolean sharedRandomParticipant,
        List<SharedRandomCommit> sharedRandomCommits,
        Optional<SharedRandomValue> previousSharedRandom,
        Optional<SharedRandomValue> currentSharedRandom) {
    public VoteHeader {
        methods = List.copyOf(methods);
        clientVersions = List.copyOf(clientVersions);
        serverVersions = List.copyOf(serverVersions);
        packages = List.copyOf(packages);
        knownFlags = List.copyOf(knownFlags);
        flagThresholds = Collections.unmodifiableMap(new LinkedHashMap<>(flagThresholds));
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        sharedRandomCommits = List.copyOf(sharedRandomCommits);
    }
}

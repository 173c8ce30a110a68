package io.allium.netdoc;

import io.allium.crypto.Fingerprint;
import java.util.Optional;

/**
 * One authority's commitment to its share of the random value, as a vote repeats it; texts as they stand in the vote.
 *
 * @param version of the commitment's format, 1
 * @param algorithm {@code sha3-256}
 * @param authority the v3 identity of who committed
 * @param commit base64 of a time and a digest
 * @param reveal base64 of a time and the share, once revealed
 * @spec srv-spec 4.1.1
 */
public record SharedRandomCommit(
        int version, String algorithm, Fingerprint authority, String commit, Optional<String> reveal) {}

package io.allium.netdoc;

import java.util.Optional;

/**
 * An authority whose vote entered a consensus.
 *
 * @param contact how to reach the operator, as the vote says; absent for an older identity of the same authority
 * @param voteDigest of its vote's signed part; absent likewise
 * @spec dir-spec 3.4.1
 */
public record ConsensusSource(DirectorySource source, Optional<String> contact, Optional<Sha1Digest> voteDigest) {}

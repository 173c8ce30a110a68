package io.allium.netdoc;

/**
 * An authority whose vote entered a consensus.
 *
 * @param contact how to reach the operator, as the vote says
 * @param voteDigest of its vote's signed part
 */
public record ConsensusSource(DirectorySource source, String contact, Sha1Digest voteDigest) {}

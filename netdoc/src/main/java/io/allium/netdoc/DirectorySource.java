package io.allium.netdoc;

import io.allium.crypto.Fingerprint;
import java.net.InetAddress;

/**
 * The authority that a vote is from, or one whose vote entered a consensus: the {@code dir-source} line.
 *
 * @param nickname ends in {@code -legacy} for a second entry under an older identity
 * @param identity the v3 identity
 * @param hostname or the address again
 * @spec dir-spec 3.4.1
 */
public record DirectorySource(
        String nickname, Fingerprint identity, String hostname, InetAddress address, int dirPort, int orPort) {}

package io.allium.netdoc;

import java.util.List;

/**
 * All that a vote says, without the signature.
 *
 * @param certificate of the key that signs it
 * @param routers sorted by fingerprint
 */
public record VoteBody(VoteHeader header, KeyCertificate certificate, List<VoteEntry> routers) {
    public VoteBody {
        routers = List.copyOf(routers);
    }
}

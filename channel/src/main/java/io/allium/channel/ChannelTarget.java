package io.allium.channel;

import io.allium.base.Endpoint;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import java.util.List;
import java.util.Optional;

/**
 * Whom to reach.
 *
 * @param addresses where to dial, tried in this order
 * @param fingerprint who must answer
 * @param identity who else must answer, where it is known
 */
public record ChannelTarget(List<Endpoint> addresses, Fingerprint fingerprint, Optional<Ed25519Identity> identity) {
    public ChannelTarget {
        addresses = List.copyOf(addresses);
    }

    /** The relay in words: its fingerprint and where it is dialled. */
    @Override
    public String toString() {
        return fingerprint + " at " + addresses;
    }
}

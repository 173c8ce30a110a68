package io.allium.authority;

import io.allium.base.Endpoint;
import io.allium.netdoc.RouterDescriptor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All relays that an authority knows at one moment, with what it knows of each: what its vote is made of.
 *
 * @param relays by fingerprint
 * @param thresholds for flags, measured on these
 * @param bandwidths that were applied, if a scanner measures for us
 * @param votesOnRunning whether we have been up for long enough to know who else is
 */
record Census(
        Instant taken,
        List<Counted> relays,
        FlagThresholds thresholds,
        Optional<BandwidthFile> bandwidths,
        boolean votesOnRunning) {

    Census {
        relays = List.copyOf(relays);
    }

    /**
     * A relay, and what we know of it.
     *
     * @param ipv6 its ORPort there, if we vote for one
     */
    record Counted(RouterDescriptor descriptor, RelayFacts facts, Track track, Optional<Endpoint> ipv6) {}
}

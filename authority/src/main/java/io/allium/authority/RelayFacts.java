package io.allium.authority;

import io.allium.netdoc.RouterFlag;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What an authority knows about a relay when it decides about flags.
 *
 * @param running reachable now
 * @param valid not known to be broken or malicious
 * @param hibernating says so itself
 * @param sybil one of too many at one address
 * @param authority one of the directory authorities
 * @param exit lets people exit to ports 80 and 443
 * @param badExit known to tamper, by our operator
 * @param middleOnly fit for nothing but the middle, by our operator
 * @param servesDirectory answers directory questions through its ORPort
 * @param wantsToBeHsDir offers to keep onion service descriptors
 * @param uptime by its own account
 * @param observedUptime by ours; absent where we have not been up for long enough ourselves
 * @param advertised kB/s, capped at what C tor caps it at
 * @param measured kB/s, from the bandwidth file
 * @param mtbf seconds between failures
 * @param wfu fraction of the time that it was up, 0 to 1
 * @param timeKnown weighted seconds
 * @param stale whether its descriptor is older than 18 hours
 * @param stripped flags that it does not get, whatever it is like, by our operator
 */
record RelayFacts(
        boolean running,
        boolean valid,
        boolean hibernating,
        boolean sybil,
        boolean authority,
        boolean exit,
        boolean badExit,
        boolean middleOnly,
        boolean servesDirectory,
        boolean wantsToBeHsDir,
        Duration uptime,
        Optional<Duration> observedUptime,
        long advertised,
        Optional<Long> measured,
        double mtbf,
        double wfu,
        long timeKnown,
        boolean stale,
        Set<RouterFlag> stripped) {

    RelayFacts {
        stripped = Set.copyOf(stripped);
    }

    boolean isActive() {
        return running && valid && !hibernating;
    }

    /** kB/s that we believe it has. */
    long credibleBandwidth(boolean ignoringAdvertised) {
        return measured.orElse(ignoringAdvertised ? 0 : advertised);
    }
}

package io.allium.client;

import io.allium.base.Time;
import io.allium.crypto.Fingerprint;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Exits that let through less than their policy says, by port. Guarded by the lock of {@link TunnelPool}.
 *
 * @spec tor-spec 6.3
 */
final class Refusals {
    /** Refusals remembered; a further one pushes out the oldest. Enough for every exit of the network at one port. */
    static final int REFUSALS_MAX = 2000;

    /** How long: an exit that publishes another policy meanwhile is missed no longer than that. */
    static final Duration REMEMBERED = Duration.ofHours(1);

    private record Refusal(Fingerprint exit, int port) {}

    private final Time time;
    private final Map<Refusal, Long> refusals = new LinkedHashMap<>();

    Refusals(Time time) {
        this.time = time;
    }

    void add(Fingerprint exit, Set<Integer> ports) {
        for (int port : ports) {
            if (refusals.size() >= REFUSALS_MAX) {
                refusals.remove(refusals.keySet().iterator().next());
            }
            refusals.put(new Refusal(exit, port), time.nanos());
        }
    }

    /** Who has refused any of these ports lately. */
    Set<Fingerprint> of(Set<Integer> ports) {
        refusals.values().removeIf(at -> time.nanos() - at > REMEMBERED.toNanos());
        Set<Fingerprint> exits = new TreeSet<>();
        for (Refusal refusal : refusals.keySet()) {
            if (ports.contains(refusal.port)) {
                exits.add(refusal.exit);
            }
        }
        return exits;
    }
}

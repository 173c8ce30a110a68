package io.allium.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which ports an application is likely to want soon: those that it wanted lately. Never written to disk. Guarded by the
 * lock of {@link TunnelPool}.
 *
 * @spec path-spec 2.1.1
 */
final class PredictedPorts {
    /** How long a port is predicted after its last use: C tor takes between half an hour and one. */
    static final Duration REMEMBERED = Duration.ofHours(1);

    /** Ports remembered; further ones push out those that were used the longest ago. */
    static final int PORTS_MAX = 16;

    /** What is predicted before the first use: the web. */
    private static final List<Integer> AT_FIRST = List.of(80, 443);

    private final Map<Integer, Long> lastUsed = new LinkedHashMap<>();

    /** @param now in nanoseconds, as all times here */
    PredictedPorts(long now) {
        AT_FIRST.forEach(port -> lastUsed.put(port, now));
    }

    void used(int port, long now) {
        lastUsed.remove(port);
        if (lastUsed.size() >= PORTS_MAX) {
            lastUsed.remove(lastUsed.keySet().iterator().next());
        }
        lastUsed.put(port, now);
    }

    List<Integer> at(long now) {
        lastUsed.values().removeIf(used -> now - used > REMEMBERED.toNanos());
        return List.copyOf(lastUsed.keySet());
    }
}

package io.allium.sim;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** When relays could not be reached, by their fingerprints in hex. Confined to the carrier. */
final class Outages {
    /** From then to then, in nanoseconds of virtual time. */
    private record Outage(long from, long to) {}

    private final Map<String, List<Outage>> over = new LinkedHashMap<>();
    private final Map<String, Long> since = new LinkedHashMap<>();

    /** The relay that runs there goes down. */
    void began(SimulatedTor relay, long now) {
        since.put(fingerprint(relay), now);
    }

    /** It runs again, if it is still the same relay. */
    void ended(SimulatedTor relay, long now) {
        String fingerprint = fingerprint(relay);
        Long from = since.remove(fingerprint);
        if (from != null) {
            over.computeIfAbsent(fingerprint, any -> new ArrayList<>()).add(new Outage(from, now));
        }
    }

    /** Whether a relay was down at any moment between the two. */
    boolean anyOf(String fingerprint, long from, long to) {
        Long began = since.get(fingerprint);
        return began != null && began <= to
                || over.getOrDefault(fingerprint, List.of()).stream()
                        .anyMatch(outage -> outage.from <= to && outage.to >= from);
    }

    /** The file {@code fingerprint}, which a relay writes when it starts. */
    private static String fingerprint(SimulatedTor relay) {
        byte[] file = relay.host()
                .disk()
                .read(SimulatedTor.DATA.resolve("fingerprint"))
                .orElseThrow();
        return new String(file, StandardCharsets.US_ASCII).strip().split(" ", -1)[1];
    }
}

package io.allium.authority;

import io.allium.base.Endpoint;
import io.allium.crypto.Fingerprint;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Too many relays at one address look like one attacker's: only the most useful of them are voted for.
 *
 * @spec dir-spec 3.4.2
 */
final class Sybils {
    private Sybils() {}

    /**
     * A relay among others at its addresses.
     *
     * @param bandwidth measured or else advertised, kB/s
     */
    record Suspect(
            Fingerprint fingerprint,
            InetAddress ipv4,
            Optional<InetAddress> ipv6,
            boolean authority,
            boolean running,
            long bandwidth) {}

    /** Authorities, then running ones, then fast ones; the fingerprint decides, so that nobody flaps. */
    private static final Comparator<Suspect> USEFUL_FIRST = Comparator.comparing(Suspect::authority)
            .thenComparing(Suspect::running)
            .thenComparingLong(Suspect::bandwidth)
            .reversed()
            .thenComparing(Suspect::fingerprint);

    /**
     * Those that are too many.
     *
     * @param maxAtAddress {@code AuthDirMaxServersPerAddr}; 0 for no limit
     */
    static Set<Fingerprint> among(List<Suspect> relays, int maxAtAddress) {
        Set<Fingerprint> sybils = new TreeSet<>();
        if (maxAtAddress == 0) {
            return sybils;
        }
        Map<String, List<Suspect>> neighbours = new TreeMap<>();
        for (Suspect relay : relays) {
            neighbours
                    .computeIfAbsent(Endpoint.text(relay.ipv4), a -> new ArrayList<>())
                    .add(relay);
            relay.ipv6.ifPresent(address -> neighbours
                    .computeIfAbsent(Endpoint.text(address), a -> new ArrayList<>())
                    .add(relay));
        }
        for (List<Suspect> there : neighbours.values()) {
            there.sort(USEFUL_FIRST);
            there.stream().skip(maxAtAddress).map(Suspect::fingerprint).forEach(sybils::add);
        }
        return sybils;
    }
}

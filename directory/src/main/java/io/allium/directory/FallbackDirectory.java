package io.allium.directory;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A relay that a client without a consensus may ask for one, from a {@code FallbackDir} line. Immutable.
 *
 * @param orPort where it speaks Tor
 * @param ipv6 its ORPort's IPv6 address
 * @param weight how often it is chosen, among others
 * @spec dir-list-spec 2
 */
public record FallbackDirectory(Endpoint orPort, Optional<Endpoint> ipv6, Fingerprint fingerprint, double weight) {
    /** Where it speaks Tor: one or two. */
    public List<Endpoint> orPorts() {
        List<Endpoint> ports = new ArrayList<>(List.of(orPort));
        ipv6.ifPresent(ports::add);
        return ports;
    }

    /**
     * Reads the value of a {@code FallbackDir} line:
     * {@code ipv4address[:dirport] orport=port id=fingerprint [weight=num] [ipv6=[address]:orport]}.
     *
     * @throws LocalFailure with a sentence for whoever wrote the configuration
     */
    public static FallbackDirectory parse(String line) throws LocalFailure {
        try {
            return read(line.strip().split("\\s+"));
        } catch (IllegalArgumentException | Untrusted malformed) {
            throw new LocalFailure("FallbackDir '" + line + "': " + malformed.getMessage(), malformed);
        }
    }

    private static FallbackDirectory read(String[] words) throws Untrusted {
        InetAddress address = words[0].indexOf(':') < 0
                ? Endpoint.parseAddress(words[0])
                : Endpoint.parse(words[0]).address();
        int orPort = 0;
        Optional<Fingerprint> fingerprint = Optional.empty();
        Optional<Endpoint> ipv6 = Optional.empty();
        double weight = 1.0;
        for (int i = 1; i < words.length; i++) {
            String value = words[i].substring(words[i].indexOf('=') + 1);
            if (words[i].startsWith("orport=")) {
                orPort = DirectoryAuthority.port(value);
            } else if (words[i].startsWith("id=")) {
                fingerprint = Optional.of(Fingerprint.parse(value));
            } else if (words[i].startsWith("ipv6=")) {
                ipv6 = Optional.of(Endpoint.parse(value));
            } else if (words[i].startsWith("weight=")) {
                weight = DirectoryAuthority.weight(value);
            }
        }
        if (orPort == 0 || fingerprint.isEmpty()) {
            throw new IllegalArgumentException("orport= and id= are both needed");
        }
        return new FallbackDirectory(new Endpoint(address, orPort), ipv6, fingerprint.get(), weight);
    }
}

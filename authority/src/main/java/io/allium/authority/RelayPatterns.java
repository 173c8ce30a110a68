package io.allium.authority;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.ExitRule;
import io.allium.netdoc.PortRange;
import io.allium.netdoc.RouterDescriptor;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Relays as torrc options name them, with commas between: fingerprints, nicknames, addresses, networks, or {@code *} for
 * all. Countries match none, as without a GeoIP file. Immutable.
 */
public final class RelayPatterns implements RelaySet {
    private static final PortRange ANY_PORT = new PortRange(1, 65_535);

    private final Set<Fingerprint> fingerprints = new HashSet<>();
    private final Set<String> nicknames = new HashSet<>();
    private final List<ExitRule> networks = new ArrayList<>();
    private boolean everybody;

    private RelayPatterns() {}

    /**
     * Reads the values of an option's lines.
     *
     * @throws LocalFailure naming the pattern that makes no sense
     */
    public static RelayPatterns parse(List<String> lines) throws LocalFailure {
        RelayPatterns patterns = new RelayPatterns();
        for (String line : lines) {
            for (String word : line.split(",")) {
                patterns.add(word.strip());
            }
        }
        return patterns;
    }

    @Override
    public boolean contains(RouterDescriptor relay) {
        InetAddress address = relay.details().address();
        return everybody
                || fingerprints.contains(relay.fingerprint())
                || nicknames.contains(relay.nickname().toLowerCase(Locale.ROOT))
                || networks.stream().anyMatch(network -> network.contains(address));
    }

    private void add(String word) throws LocalFailure {
        if (word.equals("*") || word.equals("*:*")) {
            everybody = true;
        } else if (word.matches("\\$?[0-9A-Fa-f]{40}([=~].*)?")) {
            fingerprints.add(fingerprint(word));
        } else if (word.matches("[A-Za-z0-9]{1,19}")) {
            nicknames.add(word.toLowerCase(Locale.ROOT));
        } else if (!word.isEmpty() && !word.matches("\\{[A-Za-z?]{2}}")) {
            networks.add(network(word));
        }
    }

    private static Fingerprint fingerprint(String word) throws LocalFailure {
        try {
            return Fingerprint.parse(word.split("[=~]", 2)[0]);
        } catch (Untrusted malformed) {
            throw new LocalFailure(malformed.getMessage(), malformed);
        }
    }

    /** An address, perhaps with a mask; ports after it don't matter. */
    private static ExitRule network(String word) throws LocalFailure {
        String bare = word.endsWith(":*") ? word.substring(0, word.length() - 2) : word;
        int slash = bare.indexOf('/');
        try {
            InetAddress address = Endpoint.parseAddress(slash < 0 ? bare : bare.substring(0, slash));
            int bits = slash < 0 ? 8 * address.getAddress().length : Integer.parseInt(bare.substring(slash + 1));
            return new ExitRule(true, address, bits, ANY_PORT);
        } catch (IllegalArgumentException malformed) {
            throw new LocalFailure("'" + word + "' is not a fingerprint, nickname, address or network", malformed);
        }
    }
}

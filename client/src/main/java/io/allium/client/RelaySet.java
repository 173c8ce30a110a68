package io.allium.client;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.directory.Relay;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Relays as torrc options name them: fingerprints, nicknames, addresses and networks. Countries ({@code {de}}) match no
 * relay, as without a GeoIP file. Immutable.
 */
public final class RelaySet {
    /** Names no relay. */
    public static final RelaySet NONE = new RelaySet(Set.of(), Set.of(), List.of(), "");

    private final Set<Fingerprint> fingerprints;
    private final Set<String> nicknames;
    private final List<Block> networks;
    private final String text;

    private RelaySet(Set<Fingerprint> fingerprints, Set<String> nicknames, List<Block> networks, String text) {
        this.fingerprints = fingerprints;
        this.nicknames = nicknames;
        this.networks = List.copyOf(networks);
        this.text = text;
    }

    /**
     * Reads a list with commas between its entries.
     *
     * @throws LocalFailure naming the entry that makes no sense
     */
    public static RelaySet parse(String text) throws LocalFailure {
        Set<Fingerprint> fingerprints = new TreeSet<>();
        Set<String> nicknames = new TreeSet<>();
        List<Block> networks = new ArrayList<>();
        for (String entry : text.split(",", -1)) {
            String word = entry.strip();
            if (word.isEmpty() || word.matches("\\{[A-Za-z?]{2}}")) {
                continue;
            }
            if (word.matches("\\$?[0-9A-Fa-f]{40}([=~].*)?")) {
                fingerprints.add(fingerprint(word));
            } else if (word.matches("[A-Za-z0-9]{1,19}")) {
                nicknames.add(word.toLowerCase(Locale.ROOT));
            } else {
                networks.add(Block.parse(word));
            }
        }
        return new RelaySet(fingerprints, nicknames, networks, text);
    }

    /** These, and one more, which the text does not name. */
    public RelaySet with(Fingerprint relay) {
        Set<Fingerprint> more = new TreeSet<>(fingerprints);
        more.add(relay);
        return new RelaySet(more, nicknames, networks, text);
    }

    /** Whether it names nothing, so that the option is as if not given. */
    public boolean isEmpty() {
        return fingerprints.isEmpty() && nicknames.isEmpty() && networks.isEmpty();
    }

    public boolean contains(Relay relay) {
        return fingerprints.contains(relay.fingerprint())
                || (!nicknames.isEmpty() && nicknames.contains(relay.nickname().toLowerCase(Locale.ROOT)))
                || networks.stream()
                        .anyMatch(block -> relay.addresses().stream().anyMatch(at -> block.contains(at.address())));
    }

    /** The list as it was written. */
    @Override
    public String toString() {
        return text;
    }

    private static Fingerprint fingerprint(String word) throws LocalFailure {
        try {
            return Fingerprint.parse(word.split("[=~]", 2)[0]);
        } catch (Untrusted malformed) {
            throw new LocalFailure(malformed.getMessage(), malformed);
        }
    }

    private record Block(InetAddress address, int bits) {
        static Block parse(String word) throws LocalFailure {
            String[] parts = word.split("/", 2);
            try {
                InetAddress address = Endpoint.parseAddress(parts[0]);
                int all = address.getAddress().length * 8;
                int bits = parts.length == 1 ? all : Integer.parseInt(parts[1]);
                if (bits < 0 || bits > all) {
                    throw new LocalFailure("'" + word + "' is not a network: /" + bits + " is not up to /" + all);
                }
                return new Block(address, bits);
            } catch (IllegalArgumentException malformed) {
                throw new LocalFailure("'" + word + "' is not a fingerprint, nickname, address or network", malformed);
            }
        }

        boolean contains(InetAddress other) {
            byte[] mine = address.getAddress();
            byte[] its = other.getAddress();
            if (mine.length != its.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit & 7);
                if ((mine[bit >> 3] & mask) != (its[bit >> 3] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }
}

package io.allium.directory;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A directory authority that we trust, from a {@code DirAuthority} line. Immutable.
 *
 * @param dirPort where it speaks HTTP
 * @param orPort where it speaks Tor, on the address of {@code dirPort}; 0 when the line names none
 * @param ipv6 its ORPort's IPv6 address
 * @param fingerprint of its identity as a relay
 * @param v3Ident fingerprint of the key that signs its key certificates; absent when it signs no consensus
 * @param bridge whether it is an authority for bridges rather than relays
 * @param weight how often it is chosen, among others
 */
public record DirectoryAuthority(
        String nickname,
        Endpoint dirPort,
        int orPort,
        Optional<Endpoint> ipv6,
        Fingerprint fingerprint,
        Optional<Fingerprint> v3Ident,
        boolean bridge,
        double weight) {
    /** Where it speaks Tor: none, one or two. */
    public List<Endpoint> orPorts() {
        List<Endpoint> ports = new ArrayList<>();
        if (orPort != 0) {
            ports.add(new Endpoint(dirPort.address(), orPort));
        }
        ipv6.ifPresent(ports::add);
        return ports;
    }

    /**
     * Reads the value of a {@code DirAuthority} line:
     * {@code [nickname] [flags] ipv4address:dirport fingerprint}.
     *
     * @throws LocalFailure with a sentence for whoever wrote the configuration
     */
    public static DirectoryAuthority parse(String line) throws LocalFailure {
        try {
            return new Reader(line).authority();
        } catch (IllegalArgumentException | Untrusted malformed) {
            throw new LocalFailure("DirAuthority '" + line + "': " + malformed.getMessage(), malformed);
        }
    }

    /** Reads one line, word by word. Confined to the call. */
    private static final class Reader {
        private final List<String> words;
        private String nickname = "";
        private int orPort;
        private Optional<Endpoint> ipv6 = Optional.empty();
        private Optional<Fingerprint> v3Ident = Optional.empty();
        private boolean bridge;
        private double weight = 1.0;

        Reader(String line) {
            words = Arrays.asList(line.strip().split("\\s+"));
        }

        DirectoryAuthority authority() throws Untrusted {
            int at = 0;
            if (isNickname(words.getFirst())) {
                nickname = words.get(at++);
            }
            while (at < words.size() && !startsWithDigit(words.get(at))) {
                flag(words.get(at++));
            }
            if (at >= words.size() - 1) {
                throw new IllegalArgumentException("address and fingerprint are missing");
            }
            Endpoint dirPort = Endpoint.parse(words.get(at));
            Fingerprint fingerprint = Fingerprint.parse(String.join("", words.subList(at + 1, words.size())));
            String name = nickname.isEmpty() ? "" + dirPort : nickname;
            return new DirectoryAuthority(name, dirPort, orPort, ipv6, fingerprint, v3Ident, bridge, weight);
        }

        private static boolean isNickname(String word) {
            return word.matches("[A-Za-z0-9]{1,19}") && !word.equalsIgnoreCase("bridge");
        }

        private static boolean startsWithDigit(String word) {
            return !word.isEmpty() && Character.isDigit(word.charAt(0));
        }

        /** Flags that we don't know are passed over, as C tor does: {@code no-v2}, {@code hs} and such. */
        private void flag(String word) throws Untrusted {
            String value = word.substring(word.indexOf('=') + 1);
            if (word.equalsIgnoreCase("bridge")) {
                bridge = true;
            } else if (word.startsWith("orport=")) {
                orPort = port(value);
            } else if (word.startsWith("v3ident=")) {
                v3Ident = Optional.of(Fingerprint.parse(value));
            } else if (word.startsWith("ipv6=")) {
                ipv6 = Optional.of(Endpoint.parse(value));
            } else if (word.startsWith("weight=")) {
                weight = weight(value);
            }
        }
    }

    static int port(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (port == 0 || port > 0xffff) {
            throw new IllegalArgumentException("'" + text + "' is not a port");
        }
        return port;
    }

    static double weight(String text) {
        if (!text.matches("[0-9]{1,15}(\\.[0-9]{1,15})?")) {
            throw new IllegalArgumentException("'" + text + "' is not a weight");
        }
        return Double.parseDouble(text);
    }
}

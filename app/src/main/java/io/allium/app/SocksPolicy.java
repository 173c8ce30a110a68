package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who may use the SOCKS ports: the first rule that matches an application's address decides, and none accepts. Immutable. */
record SocksPolicy(List<Rule> rules) {

    /** {@code accept} or {@code reject} of a network; no network means every address. */
    record Rule(boolean accept, @Nullable InetAddress network, int bits) {
        boolean matches(InetAddress address) {
            return network == null || sharesPrefix(network.getAddress(), address.getAddress(), bits);
        }
    }

    SocksPolicy {
        rules = List.copyOf(rules);
    }

    static SocksPolicy parse(List<String> lines) throws LocalFailure {
        List<Rule> rules = new ArrayList<>();
        for (String line : lines) {
            for (String item : line.split(",")) {
                rules.add(rule(item.strip()));
            }
        }
        return new SocksPolicy(rules);
    }

    boolean allows(InetAddress address) {
        return rules.stream()
                .filter(rule -> rule.matches(address))
                .findFirst()
                .map(Rule::accept)
                .orElse(true);
    }

    /** {@code accept ADDRESS[/BITS][:PORT]}; an application's own port has no meaning, so only {@code *} may stand there. */
    private static Rule rule(String text) throws LocalFailure {
        String[] words = text.split("\\s+");
        String action = words[0].toLowerCase(Locale.ROOT);
        boolean known = List.of("accept", "accept6", "reject", "reject6").contains(action);
        if (words.length != 2 || !known) {
            throw new LocalFailure("SocksPolicy: '" + text + "' is not accept or reject and an address");
        }
        boolean accept = action.startsWith("accept");
        String pattern = words[1].endsWith(":*") ? words[1].substring(0, words[1].length() - 2) : words[1];
        if (pattern.equals("*")) {
            return new Rule(accept, null, 0);
        }
        int slash = pattern.indexOf('/');
        try {
            InetAddress network = Endpoint.parseAddress(slash < 0 ? pattern : pattern.substring(0, slash));
            int most = network.getAddress().length * 8;
            int bits = slash < 0 ? most : Integer.parseInt(pattern.substring(slash + 1));
            if (bits < 0 || bits > most) {
                throw new LocalFailure("SocksPolicy: '" + text + "' has a prefix longer than its address");
            }
            return new Rule(accept, network, bits);
        } catch (IllegalArgumentException malformed) {
            throw new LocalFailure("SocksPolicy: '" + pattern + "' is not an address", malformed);
        }
    }

    private static boolean sharesPrefix(byte[] network, byte[] address, int bits) {
        if (network.length != address.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >>> (i & 7);
            if ((network[i >> 3] & mask) != (address[i >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }
}

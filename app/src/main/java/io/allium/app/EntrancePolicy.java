package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Who may use a port of ours: the first rule that matches somebody's address decides. Immutable. */
record EntrancePolicy(List<Rule> rules) {
    /** What {@code private} stands for, as in C tor. */
    private static final List<String> PRIVATE = List.of(
            "0.0.0.0/8",
            "169.254.0.0/16",
            "127.0.0.0/8",
            "192.168.0.0/16",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "[::]/8",
            "[fc00::]/7",
            "[fe80::]/10",
            "[fec0::]/10",
            "[ff00::]/8");

    /** A port behind an address; it is the other side's own, so that it means nothing and is passed over. */
    private static final Pattern WITH_PORT = Pattern.compile("([^:]+|.*](?:/[0-9]+)?):(?:\\*|[0-9]+(?:-[0-9]+)?)");

    /** {@code accept} or {@code reject} of a network; no network means every address. */
    record Rule(boolean accept, @Nullable InetAddress network, int bits) {
        boolean matches(InetAddress address) {
            return network == null || sharesPrefix(network.getAddress(), address.getAddress(), bits);
        }
    }

    EntrancePolicy {
        rules = List.copyOf(rules);
    }

    /** Reads the lines of an option that says who may come. */
    static EntrancePolicy parse(Options options, String option) throws LocalFailure {
        List<Rule> rules = new ArrayList<>();
        try {
            for (String line : options.lines(option)) {
                for (String item : line.split(",")) {
                    rules.addAll(rules(item.strip()));
                }
            }
        } catch (LocalFailure malformed) {
            throw malformed.in(option);
        }
        return new EntrancePolicy(rules);
    }

    /** @param otherwise whether those may come of whom no rule says anything */
    boolean allows(InetAddress address, boolean otherwise) {
        return rules.stream()
                .filter(rule -> rule.matches(address))
                .findFirst()
                .map(Rule::accept)
                .orElse(otherwise);
    }

    /** {@code accept ADDRESS[/BITS][:PORT]}, or for an address {@code *} or {@code private}. */
    private static List<Rule> rules(String text) throws LocalFailure {
        String[] words = text.split("\\s+");
        String action = words[0].toLowerCase(Locale.ROOT);
        boolean known = List.of("accept", "accept6", "reject", "reject6").contains(action);
        if (words.length != 2 || !known) {
            throw new LocalFailure("'" + text + "' is not accept or reject and an address");
        }
        boolean accept = action.startsWith("accept");
        Matcher ported = WITH_PORT.matcher(words[1]);
        String pattern = ported.matches() ? ported.group(1) : words[1];
        if (pattern.equals("*")) {
            return List.of(new Rule(accept, null, 0));
        }
        List<Rule> rules = new ArrayList<>();
        for (String each : pattern.equalsIgnoreCase("private") ? PRIVATE : List.of(pattern)) {
            rules.add(rule(accept, each));
        }
        return rules;
    }

    private static Rule rule(boolean accept, String pattern) throws LocalFailure {
        int slash = pattern.indexOf('/');
        try {
            InetAddress network = Endpoint.parseAddress(slash < 0 ? pattern : pattern.substring(0, slash));
            int most = network.getAddress().length * 8;
            int bits = slash < 0 ? most : Integer.parseInt(pattern.substring(slash + 1));
            if (bits < 0 || bits > most) {
                throw new LocalFailure("'" + pattern + "' has a prefix longer than its address");
            }
            return new Rule(accept, network, bits);
        } catch (IllegalArgumentException malformed) {
            throw new LocalFailure("'" + pattern + "' is not an address", malformed);
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

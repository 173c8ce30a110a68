package io.allium.netdoc;

import io.allium.base.Untrusted;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What the operator says about exits, and the policy that follows from it as it does in C tor: IPv6 shut unless asked
 * for, private networks and our own addresses rejected, then the operator's lines, then the default or reduced policy.
 *
 * @param lines the arguments of {@code ExitPolicy}: rules with commas between them, such as {@code accept *:80,reject *:*}
 * @param ipv6Exit {@code IPv6Exit}
 * @param rejectPrivate {@code ExitPolicyRejectPrivate}
 * @param ownAddresses public addresses of this machine, to be rejected
 * @param ending what follows the operator's lines
 */
public record ExitPolicyConfiguration(
        List<String> lines, boolean ipv6Exit, boolean rejectPrivate, List<InetAddress> ownAddresses, Ending ending) {
    public ExitPolicyConfiguration {
        lines = List.copyOf(lines);
        ownAddresses = List.copyOf(ownAddresses);
    }

    /** What decides where no line of the operator does. */
    public enum Ending {
        /** Most ports but those of mail and file sharing. */
        DEFAULT("reject *:25,reject *:119,reject *:135-139,reject *:445,reject *:563,reject *:1214,"
                + "reject *:4661-4666,reject *:6346-6429,reject *:6699,reject *:6881-6999,accept *:*"),
        /** {@code ReducedExitPolicy}: a list of well-known services. */
        REDUCED("accept *:20-23,accept *:43,accept *:53,accept *:79-81,accept *:88,accept *:110,accept *:143,"
                + "accept *:194,accept *:220,accept *:389,accept *:443,accept *:464,accept *:465,accept *:531,"
                + "accept *:543-544,accept *:554,accept *:563,accept *:587,accept *:636,accept *:706,accept *:749,"
                + "accept *:873,accept *:902-904,accept *:981,accept *:989-995,accept *:1194,accept *:1220,"
                + "accept *:1293,accept *:1500,accept *:1533,accept *:1677,accept *:1723,accept *:1755,accept *:1863,"
                + "accept *:2082-2083,accept *:2086-2087,accept *:2095-2096,accept *:2102-2104,accept *:3128,"
                + "accept *:3389,accept *:3690,accept *:4321,accept *:4643,accept *:5050,accept *:5190,"
                + "accept *:5222-5223,accept *:5228,accept *:5900,accept *:6660-6669,accept *:6679,accept *:6697,"
                + "accept *:8000,accept *:8008,accept *:8074,accept *:8080,accept *:8082,accept *:8087-8088,"
                + "accept *:8232-8233,accept *:8332-8333,accept *:8443,accept *:8888,accept *:9418,accept *:9999,"
                + "accept *:10000,accept *:11371,accept *:18080-18081,accept *:18089,accept *:19294,accept *:19638,"
                + "accept *:50002,accept *:64738,reject *:*"),
        /** Nothing more is accepted: bridges. */
        REJECT("reject *4:*,reject *6:*");

        private final String rules;

        Ending(String rules) {
            this.rules = rules;
        }

        /** The rules as an operator would write them, with commas between. */
        public String rules() {
            return rules;
        }
    }

    /** The policy, without rules that decide nothing; {@link Untrusted} says which of the operator's rules is none. */
    public ExitPolicy policy() throws Untrusted {
        List<ExitRule> rules = new ArrayList<>();
        if (!ipv6Exit) {
            rules.add(ExitRule.ofAllIpv6(false, ALL_PORTS));
        }
        rules.addAll(privateRules());
        rules = new ArrayList<>(new ExitPolicy(rules).withoutRedundancies().rules());
        for (String line : lines) {
            rules.addAll(parseLine(line));
        }
        rules.addAll(parseLine(ending.rules));
        return new ExitPolicy(rules).withoutRedundancies();
    }

    /** The rules that keep streams from private networks and from this machine. */
    public List<ExitRule> privateRules() {
        List<ExitRule> rules = new ArrayList<>();
        if (rejectPrivate) {
            rules.addAll(PrivateNetworks.rules(false, ALL_PORTS));
        }
        for (InetAddress own : ownAddresses) {
            ExitRule rule = new ExitRule(false, own, 8 * own.getAddress().length, ALL_PORTS);
            if (!PrivateNetworks.contain(own) && (ipv6Exit || !rule.isIpv6())) {
                rules.add(rule);
            }
        }
        return rules;
    }

    /** The rules of one line; {@code *} and {@code private} become a rule for each network of both families. */
    static List<ExitRule> parseLine(String line) throws Untrusted {
        List<ExitRule> rules = new ArrayList<>();
        for (String entry : line.split(",")) {
            String text = entry.strip();
            if (!text.isEmpty()) {
                try {
                    rules.addAll(parseRule(text));
                } catch (Untrusted malformed) {
                    throw malformed.in("exit policy '" + text + "'");
                }
            }
        }
        return rules;
    }

    private static List<ExitRule> parseRule(String text) throws Untrusted {
        String[] words = text.split("\\s+");
        if (words.length != 2) {
            throw new Untrusted("is not an action and an address");
        }
        return switch (words[0]) {
            case "accept" -> expand(true, words[1], false);
            case "reject" -> expand(false, words[1], false);
            case "accept6" -> expand(true, words[1], true);
            case "reject6" -> expand(false, words[1], true);
            default -> throw new Untrusted("begins with neither accept nor reject");
        };
    }

    private static List<ExitRule> expand(boolean accepts, String pattern, boolean ipv6) throws Untrusted {
        ExitRule.Split split = ExitRule.Split.of(pattern);
        PortRange ports = ExitRule.ports(split.ports(), pattern);
        if (split.mask() == null) {
            switch (split.address()) {
                case "private" -> {
                    return PrivateNetworks.rules(accepts, ports);
                }
                case "*" -> {
                    ExitRule six = ExitRule.ofAllIpv6(accepts, ports);
                    return ipv6 ? List.of(six) : List.of(ExitRule.ofAllIpv4(accepts, ports), six);
                }
                case "*4" -> {
                    return List.of(ExitRule.ofAllIpv4(accepts, ports));
                }
                case "*6" -> {
                    return List.of(ExitRule.ofAllIpv6(accepts, ports));
                }
                default -> {}
            }
        }
        return List.of(ExitRule.parse(accepts, pattern, ipv6));
    }

    private static final PortRange ALL_PORTS = new PortRange(1, PortRange.MAX_PORT);
}

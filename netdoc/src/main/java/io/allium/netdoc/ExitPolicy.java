package io.allium.netdoc;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * To which addresses and ports a relay connects for its clients: the first rule that matches decides, and what none
 * matches is accepted. Immutable. {@link ExitPolicyConfiguration} makes one from the operator's lines.
 *
 * @spec dir-spec 2.1.3
 */
public record ExitPolicy(List<ExitRule> rules) {
    public static final ExitPolicy REJECT_ALL = new ExitPolicy(List.of(
            ExitRule.ofAllIpv4(false, new PortRange(1, PortRange.MAX_PORT)),
            ExitRule.ofAllIpv6(false, new PortRange(1, PortRange.MAX_PORT))));

    public ExitPolicy {
        rules = List.copyOf(rules);
    }

    /** Reads the accept and reject lines of a server descriptor, in which {@code *} is every IPv4 address. */
    static ExitPolicy parse(Section section) throws Untrusted {
        List<ExitRule> rules = new ArrayList<>();
        for (Item item : section.items()) {
            if (isRule(item)) {
                rules.add(rule(item));
            }
        }
        return new ExitPolicy(rules);
    }

    /** Whether a connection to this destination is accepted. */
    public boolean allows(Endpoint destination) {
        return allows(destination.address(), destination.port());
    }

    public boolean allows(InetAddress address, int port) {
        for (ExitRule rule : rules) {
            if (rule.matches(address, port)) {
                return rule.accepts();
            }
        }
        return true;
    }

    /** Whether no destination at all is accepted. */
    public boolean rejectsAll() {
        return rejectsAll(false) && rejectsAll(true);
    }

    /** The lines of a server descriptor for IPv4, without newlines; the descriptor has a summary for IPv6. */
    public List<String> descriptorLines() {
        if (rejectsAll()) {
            return List.of("reject *:*");
        }
        return rules.stream().filter(rule -> !rule.isIpv6()).map(ExitRule::text).collect(Collectors.toList());
    }

    /** The summary for {@code p} lines. */
    public PortPolicy ipv4Summary() {
        return PolicySummary.of(rules, false);
    }

    /** The summary for {@code ipv6-policy} and {@code p6} lines. */
    public PortPolicy ipv6Summary() {
        return PolicySummary.of(rules, true);
    }

    /** The same policy without rules that never decide anything, found as C tor finds them. */
    ExitPolicy withoutRedundancies() {
        List<ExitRule> kept = withoutUnreachable();
        for (int i = 0; i < kept.size() - 1; i++) {
            ExitRule rule = kept.get(i);
            kept.subList(i + 1, kept.size()).removeIf(rule::covers);
        }
        for (int i = 0; i < kept.size() - 1; i++) {
            if (isCoveredLater(kept, i)) {
                kept.remove(i--);
            }
        }
        return new ExitPolicy(kept);
    }

    /** Drops what follows a rule for every address and port of its family. */
    private List<ExitRule> withoutUnreachable() {
        List<ExitRule> kept = new ArrayList<>();
        boolean ipv4Decided = false;
        boolean ipv6Decided = false;
        for (ExitRule rule : rules) {
            if (rule.isIpv6() ? !ipv6Decided : !ipv4Decided) {
                kept.add(rule);
                ipv4Decided |= rule.isCatchAll() && !rule.isIpv6();
                ipv6Decided |= rule.isCatchAll() && rule.isIpv6();
            }
        }
        return kept;
    }

    /** Whether a later rule says the same of all that this one decides, and none between says otherwise. */
    private static boolean isCoveredLater(List<ExitRule> rules, int index) {
        ExitRule rule = rules.get(index);
        for (ExitRule later : rules.subList(index + 1, rules.size())) {
            if (rule.accepts() != later.accepts()) {
                if (rule.intersects(later)) {
                    return false;
                }
            } else if (later.covers(rule)) {
                return true;
            }
        }
        return false;
    }

    private boolean rejectsAll(boolean ipv6) {
        for (ExitRule rule : rules) {
            if (rule.isIpv6() == ipv6) {
                if (rule.accepts()) {
                    return false;
                }
                if (rule.isCatchAll()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isRule(Item item) {
        return item.is("accept") || item.is("reject") || item.is("accept6") || item.is("reject6");
    }

    private static ExitRule rule(Item item) throws Untrusted {
        boolean ipv6 = item.keyword().endsWith("6");
        try {
            ExitRule rule = ExitRule.parse(item.keyword().startsWith("accept"), item.argument(0), ipv6);
            if (rule.isIpv6() != ipv6) {
                throw new Untrusted("'" + item.argument(0) + "' is of the other family");
            }
            return rule;
        } catch (Untrusted malformed) {
            throw malformed.in(item.toString());
        }
    }
}

package io.allium.netdoc;

import java.util.ArrayList;
import java.util.List;

/**
 * Boils an exit policy down to ports. A port counts as accepted once every address is accepted there, unless so much of
 * the address space was rejected before that it is no longer "most addresses": two /8 networks of IPv4, more than a /16
 * of IPv6. Private networks don't count. Confined to one summary.
 *
 * @spec dir-spec 3.8.2
 */
final class PolicySummary {
    private final boolean ipv6;
    private final List<Stretch> stretches = new ArrayList<>(List.of(new Stretch(1, PortRange.MAX_PORT)));

    private PolicySummary(boolean ipv6) {
        this.ipv6 = ipv6;
    }

    static PortPolicy of(List<ExitRule> rules, boolean ipv6) {
        PolicySummary summary = new PolicySummary(ipv6);
        for (ExitRule rule : rules) {
            if (rule.isIpv6() == ipv6) {
                summary.add(rule);
            }
        }
        return summary.result();
    }

    private void add(ExitRule rule) {
        int low = Math.max(1, rule.ports().low());
        int high = rule.ports().high();
        if (high < low) {
            return;
        }
        if (rule.accepts()) {
            if (rule.bits() == 0) {
                between(low, high).forEach(this::accept);
            }
        } else if (!PrivateNetworks.isOne(rule)) {
            long weight = weight(rule.bits());
            between(low, high).forEach(stretch -> stretch.reject(weight));
        }
    }

    private void accept(Stretch stretch) {
        if (stretch.rejected <= (ipv6 ? IPV6_CUTOFF : IPV4_CUTOFF)) {
            stretch.accepted = true;
        }
    }

    /** How many addresses a network has; in units of a /64 for IPv6, where smaller ones count nothing. */
    private long weight(int bits) {
        int free = (ipv6 ? 64 : 32) - bits;
        if (free < 0) {
            return 0;
        }
        return free >= Long.SIZE - 1 ? Long.MAX_VALUE : 1L << free;
    }

    /** The stretches of ports from low to high, cut where needed. */
    private List<Stretch> between(int low, int high) {
        cutBefore(low);
        cutBefore(high + 1);
        return stretches.stream()
                .filter(stretch -> low <= stretch.low && stretch.high <= high)
                .toList();
    }

    private void cutBefore(int port) {
        for (int i = 0; i < stretches.size(); i++) {
            Stretch stretch = stretches.get(i);
            if (stretch.low < port && port <= stretch.high) {
                stretches.add(i + 1, stretch.cut(port));
                return;
            }
        }
    }

    private PortPolicy result() {
        List<PortRange> accepts = ranges(true);
        List<PortRange> rejects = ranges(false);
        if (accepts.isEmpty()) {
            return PortPolicy.REJECT_ALL;
        }
        if (rejects.isEmpty()) {
            return PortPolicy.ACCEPT_ALL;
        }
        PortPolicy accepting = new PortPolicy(true, accepts);
        PortPolicy rejecting = new PortPolicy(false, rejects);
        int acceptLength = accepting.text().length();
        int rejectLength = rejecting.text().length();
        if (acceptLength > MAX_LENGTH && rejectLength > MAX_LENGTH) {
            return shortened(accepts);
        }
        return rejectLength < acceptLength ? rejecting : accepting;
    }

    /** The ranges of ports that are accepted, or those that are not, each as long as can be. */
    private List<PortRange> ranges(boolean accepted) {
        List<PortRange> ranges = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < stretches.size(); i++) {
            Stretch stretch = stretches.get(i);
            boolean last = i == stretches.size() - 1;
            if (from == 0) {
                from = stretch.low;
            }
            if (last || stretches.get(i + 1).accepted != stretch.accepted) {
                if (stretch.accepted == accepted) {
                    ranges.add(new PortRange(from, stretch.high));
                }
                from = 0;
            }
        }
        return ranges;
    }

    /** As many of the ranges as the longest summary holds. */
    private static PortPolicy shortened(List<PortRange> ranges) {
        List<PortRange> kept = new ArrayList<>(ranges);
        while (new PortPolicy(true, kept).text().length() > MAX_LENGTH) {
            kept.removeLast();
        }
        return new PortPolicy(true, kept);
    }

    /** "including the accept": dir-spec 3.8.2. */
    private static final int MAX_LENGTH = 1000;

    /** The addresses in two /8 networks. */
    private static final long IPV4_CUTOFF = 1L << 32 - 7;

    /** The /64 networks in a /16. */
    private static final long IPV6_CUTOFF = 1L << 64 - 16;

    /** Consecutive ports of which the same is known. */
    private static final class Stretch {
        private final int low;
        private int high;
        private long rejected;
        private boolean accepted;

        Stretch(int low, int high) {
            this.low = low;
            this.high = high;
        }

        Stretch cut(int port) {
            Stretch rest = new Stretch(port, high);
            rest.rejected = rejected;
            rest.accepted = accepted;
            high = port - 1;
            return rest;
        }

        void reject(long weight) {
            rejected = rejected > Long.MAX_VALUE - weight ? Long.MAX_VALUE : rejected + weight;
        }
    }
}

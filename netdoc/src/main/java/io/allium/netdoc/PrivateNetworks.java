package io.allium.netdoc;

import io.allium.base.Endpoint;
import java.net.InetAddress;
import java.util.List;

/**
 * The networks that are not the public Internet, as exit policies know them under the name {@code private}.
 *
 * @spec dir-spec 2.1.3
 */
public final class PrivateNetworks {
    private static final PortRange ALL_PORTS = new PortRange(1, PortRange.MAX_PORT);

    /** In the order in which C tor writes them. */
    private static final List<ExitRule> NETWORKS = List.of(
            network("0.0.0.0", 8),
            network("169.254.0.0", 16),
            network("127.0.0.0", 8),
            network("192.168.0.0", 16),
            network("10.0.0.0", 8),
            network("172.16.0.0", 12),
            network("::", 8),
            network("fc00::", 7),
            network("fe80::", 10),
            network("fec0::", 10),
            network("ff00::", 8),
            network("::", 127));

    private PrivateNetworks() {}

    /** All of them, such as {@code 10.0.0.0/8} and {@code [fc00::]/7}. */
    public static List<String> texts() {
        return NETWORKS.stream().map(PrivateNetworks::text).toList();
    }

    private static String text(ExitRule network) {
        String address = Endpoint.text(network.network());
        return (network.isIpv6() ? "[" + address + "]" : address) + "/" + network.bits();
    }

    /** A rule for each of the networks. */
    static List<ExitRule> rules(boolean accepts, PortRange ports) {
        return NETWORKS.stream()
                .map(each -> new ExitRule(accepts, each.network(), each.bits(), ports))
                .toList();
    }

    /** Whether the rule is about exactly one of these networks. */
    static boolean isOne(ExitRule rule) {
        return NETWORKS.stream()
                .anyMatch(each -> each.bits() == rule.bits() && each.network().equals(rule.network()));
    }

    /** Whether the address lies in one of these networks. */
    public static boolean contain(InetAddress address) {
        return NETWORKS.stream().anyMatch(each -> each.contains(address));
    }

    private static ExitRule network(String address, int bits) {
        return new ExitRule(false, Endpoint.parseAddress(address), bits, ALL_PORTS);
    }
}

package io.allium.client;

import io.allium.base.Endpoint;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a circuit must be good for. Immutable.
 *
 * @param ports that its exit must let through
 * @param ipv6 whether they are wanted at an IPv6 address
 * @param stable whether it must live long
 * @param exit whether it leaves the network at all, if only for lookups; otherwise any relay may be its end
 */
record Demand(Set<Integer> ports, boolean ipv6, boolean stable, boolean exit) {
    Demand {
        ports = new TreeSet<>(ports);
    }

    /** A stream to this host and port. */
    static Demand of(Destination to, ClientOptions options) {
        Optional<InetAddress> address = to.address();
        boolean ipv6 = address.isPresent() && new Endpoint(address.get(), to.port()).isIpv6();
        return new Demand(Set.of(to.port()), ipv6, options.longLivedPorts().contains(to.port()), true);
    }

    /** A lookup, which any exit serves. */
    static Demand lookup() {
        return new Demand(Set.of(), false, false, true);
    }

    /** A path that stays within the network. */
    static Demand internal() {
        return internal(true);
    }

    /** The same of relays that need not live long. */
    static Demand internal(boolean stable) {
        return new Demand(Set.of(), false, stable, false);
    }

    @Override
    public String toString() {
        return exit
                ? (stable ? "stable exit to " : "exit to ") + (ports.isEmpty() ? "any port" : "ports " + ports)
                : "internal";
    }
}

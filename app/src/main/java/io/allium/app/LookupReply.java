package io.allium.app;

import io.allium.cell.RelayMessage.Resolved;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an application hears of an exit's answers to a lookup: the one that its port's flags prefer among those that they
 * allow.
 *
 * @param version of SOCKS; an answer of version 4 has no room for IPv6
 */
record LookupReply(PortLine port, int version, Resolved resolved) {
    /** The address to tell, of those of a name. */
    Optional<InetAddress> address() {
        Optional<InetAddress> v4 = addresses()
                .filter(address -> !(address instanceof Inet6Address) && port.has(PortLine.Flag.IPV4_TRAFFIC))
                .findFirst();
        Optional<InetAddress> v6 = addresses()
                .filter(address -> address instanceof Inet6Address && port.has(PortLine.Flag.IPV6_TRAFFIC))
                .findFirst();
        if (version == 4) {
            return v4;
        }
        return port.has(PortLine.Flag.PREFER_IPV6) ? v6.or(() -> v4) : v4.or(() -> v6);
    }

    /** The name to tell, of those of an address. */
    Optional<String> name() {
        return resolved.answers().stream()
                .flatMap(answer -> answer instanceof Resolved.HostName host ? Stream.of(host.name()) : Stream.empty())
                .findFirst();
    }

    private Stream<InetAddress> addresses() {
        return resolved.answers().stream()
                .flatMap(answer ->
                        answer instanceof Resolved.Address address ? Stream.of(address.address()) : Stream.empty());
    }
}

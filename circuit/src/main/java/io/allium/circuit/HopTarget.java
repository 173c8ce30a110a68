package io.allium.circuit;

import io.allium.base.Endpoint;
import io.allium.cell.LinkSpecifier;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A relay as a circuit needs to know it: who it is, where the relay before it finds it, and which handshake it takes.
 *
 * @param onionKey its ntor onion key; null where it is not known, which leaves CREATE_FAST, for a first hop
 * @param addresses its OR ports, IPv4 and IPv6
 * @param ntorV3 whether it advertises Relay=4
 * @param congestionControl whether it is to be the circuit's last hop, and advertises FlowCtrl=2
 */
public record HopTarget(
        Fingerprint fingerprint,
        Optional<Ed25519Identity> identity,
        @Nullable Curve25519Key onionKey,
        List<Endpoint> addresses,
        boolean ntorV3,
        boolean congestionControl) {
    public HopTarget {
        addresses = List.copyOf(addresses);
    }

    /** What EXTEND2 says of it, in the order in which everybody says it. @spec tor-spec 5.1.2 */
    List<LinkSpecifier> specifiers() {
        List<LinkSpecifier> specifiers = new ArrayList<>();
        first(false).ifPresent(address -> specifiers.add(LinkSpecifier.of(address)));
        specifiers.add(new LinkSpecifier.LegacyIdentity(fingerprint));
        identity.ifPresent(key -> specifiers.add(new LinkSpecifier.Ed25519(key)));
        first(true).ifPresent(address -> specifiers.add(LinkSpecifier.of(address)));
        return specifiers;
    }

    /** Relays consider only the first address of each family. */
    private Optional<Endpoint> first(boolean ipv6) {
        return addresses.stream().filter(address -> address.isIpv6() == ipv6).findFirst();
    }

    @Override
    public String toString() {
        return "$" + fingerprint.hex();
    }
}

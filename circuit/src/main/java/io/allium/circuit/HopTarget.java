package io.allium.circuit;

import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import io.allium.cell.LinkSpecifier;
import io.allium.cell.RelayCell;
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
 * @param described what somebody else says of it; empty where we know it ourselves
 */
public record HopTarget(
        Fingerprint fingerprint,
        Optional<Ed25519Identity> identity,
        @Nullable Curve25519Key onionKey,
        List<Endpoint> addresses,
        boolean ntorV3,
        boolean congestionControl,
        List<LinkSpecifier> described) {
    /** What EXTEND2 has room for beside an ntor onionskin and the lengths of both: tor-spec 5.1.2. */
    private static final int DESCRIBED_BYTES_MAX = RelayCell.DATA_MAX - 5 - 84;

    public HopTarget {
        addresses = List.copyOf(addresses);
        described = List.copyOf(described);
    }

    /** A relay that we know from the directory. */
    public HopTarget(
            Fingerprint fingerprint,
            Optional<Ed25519Identity> identity,
            @Nullable Curve25519Key onionKey,
            List<Endpoint> addresses,
            boolean ntorV3,
            boolean congestionControl) {
        this(fingerprint, identity, onionKey, addresses, ntorV3, congestionControl, List.of());
    }

    /**
     * A relay that somebody else describes: a service its introduction point, or a client its rendezvous point. Our
     * consensus may list another one, or none; what we think of it must not show, and so it is asked for as it was
     * described, with ntor.
     *
     * @throws ProtocolViolation if it is not said who it is, or where over IPv4, or more than anybody can be asked
     * @spec rend-spec-v3 3.3
     */
    public static HopTarget described(List<LinkSpecifier> specifiers, Curve25519Key onionKey) throws ProtocolViolation {
        Fingerprint fingerprint = null;
        Optional<Ed25519Identity> identity = Optional.empty();
        List<Endpoint> addresses = new ArrayList<>();
        for (LinkSpecifier specifier : specifiers) {
            switch (specifier) {
                case LinkSpecifier.Ipv4 ipv4 -> addresses.add(ipv4.endpoint());
                case LinkSpecifier.Ipv6 ipv6 -> addresses.add(ipv6.endpoint());
                case LinkSpecifier.LegacyIdentity legacy -> fingerprint = legacy.fingerprint();
                case LinkSpecifier.Ed25519 ed25519 -> identity = Optional.of(ed25519.identity());
                case LinkSpecifier.Unknown _ -> {}
            }
        }
        if (specifiers.stream().mapToInt(each -> 2 + each.value().length).sum() > DESCRIBED_BYTES_MAX) {
            throw new ProtocolViolation("link specifiers: too long for EXTEND2");
        }
        if (fingerprint == null || addresses.stream().allMatch(Endpoint::isIpv6)) {
            throw new ProtocolViolation("link specifiers: without an RSA identity or an IPv4 address");
        }
        return new HopTarget(fingerprint, identity, onionKey, addresses, false, false, specifiers);
    }

    /** What EXTEND2 says of it, in the order in which everybody says it unless it was described. @spec tor-spec 5.1.2 */
    public List<LinkSpecifier> specifiers() {
        if (!described.isEmpty()) {
            return described;
        }
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

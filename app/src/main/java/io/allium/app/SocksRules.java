package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Refused;
import io.allium.base.Untrusted;
import io.allium.client.AddressMap;
import io.allium.client.VirtualNetwork;
import io.allium.crypto.OnionAddress;
import java.net.Inet6Address;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What applications may ask for, as the options and the flags of their port say. Decides and does nothing. Immutable, but for
 * the addresses that are replaced.
 *
 * @param safe SafeSocks: an application that looked the name up itself is refused
 * @param rejectInternal ClientRejectInternalAddresses: no streams to names of this machine or its network
 * @param test TestSocks: each request is logged with whether it did
 * @param rejectedPorts RejectPlaintextPorts
 * @param warnedPorts WarnPlaintextPorts
 * @param map what MapAddress, or a controller, replaces
 */
record SocksRules(
        EntrancePolicy policy,
        boolean safe,
        boolean test,
        boolean rejectInternal,
        boolean anyHostName,
        Set<Integer> warnedPorts,
        Set<Integer> rejectedPorts,
        AddressMap map) {

    /** The rules of these options, where {@code map} knows which addresses are replaced. */
    static SocksRules of(Options options, AddressMap map) throws LocalFailure {
        return new SocksRules(
                EntrancePolicy.parse(options, "SocksPolicy"),
                options.flag("SafeSocks"),
                options.flag("TestSocks"),
                options.flag("ClientRejectInternalAddresses"),
                options.flag("AllowNonRFC953Hostnames"),
                ports(options, "WarnPlaintextPorts"),
                ports(options, "RejectPlaintextPorts"),
                map);
    }

    /** Has the addresses replaced that these options name. */
    static void configure(AddressMap map, Options options) throws LocalFailure {
        map.configure(
                options.lines("MapAddress"),
                options.flag("AllowNonRFC953Hostnames"),
                VirtualNetwork.parseIpv4(options.text("VirtualAddrNetworkIPv4").orElse("")),
                VirtualNetwork.parseIpv6(options.text("VirtualAddrNetworkIPv6").orElse("")));
    }

    /** The request with its address replaced as MapAddress says; addresses to be looked up in reverse are left alone. */
    SocksRequest mapped(SocksRequest request) {
        return request.command() == SocksRequest.Command.RESOLVE_PTR
                ? request
                : request.withHost(map.rewrite(request.host()));
    }

    /** Why the request is not served, if it is not: neither as it was sent, nor as {@link #mapped} makes it. */
    Optional<Refused> refusal(SocksRequest request, PortLine port) {
        if (request.command() == SocksRequest.Command.RESOLVE_PTR && !request.isAddress()) {
            return no(Refused.Kind.ADDRESS_TYPE, "only an address can be looked up in reverse");
        }
        if (leaksName(request) && safe) {
            return no(Refused.Kind.NOT_ALLOWED, "SafeSocks refuses applications that look names up themselves");
        }
        if (rejectedPorts.contains(request.port()) && request.command() == SocksRequest.Command.CONNECT) {
            return no(Refused.Kind.NOT_ALLOWED, "RejectPlaintextPorts names port " + request.port());
        }
        if (isExitNotation(request)) {
            return no(Refused.Kind.GENERAL, "the .exit notation is not supported");
        }
        return mappedRefusal(mapped(request), port);
    }

    private Optional<Refused> mappedRefusal(SocksRequest request, PortLine port) {
        if (request.host().isEmpty() || !request.isAddress() && !isHostName(request.host())) {
            return no(Refused.Kind.GENERAL, "the host name is malformed");
        }
        if (request.isOnion()) {
            return onionRefusal(request, port);
        }
        if (map.isVirtual(request.host())) {
            return no(Refused.Kind.GENERAL, "nothing stands behind this virtual address");
        }
        if (isExitNotation(request)) {
            return no(Refused.Kind.GENERAL, "MapAddress leads to the .exit notation, which is not supported");
        }
        Optional<Refused> flag = flagRefusal(request, port);
        if (flag.isPresent() || request.command() != SocksRequest.Command.CONNECT) {
            return flag;
        }
        if (request.port() == 0) {
            return no(Refused.Kind.GENERAL, "nothing listens on port 0");
        }
        if (rejectInternal && isLocalName(request.host())) {
            return no(Refused.Kind.GENERAL, "the name of this machine or its network means nothing to an exit");
        }
        return Optional.empty();
    }

    private static Optional<Refused> onionRefusal(SocksRequest request, PortLine port) {
        if (!port.has(PortLine.Flag.ONION_TRAFFIC)) {
            return no(Refused.Kind.NOT_ALLOWED, "this port has NoOnionTraffic");
        }
        if (request.command() != SocksRequest.Command.CONNECT) {
            return no(Refused.Kind.RESOLVE_FAILED, "onion services have no addresses that could be looked up");
        }
        try {
            OnionAddress.parse(request.host());
        } catch (Untrusted malformed) {
            return no(Refused.Kind.ONION_ADDRESS_INVALID, malformed.getMessage());
        }
        return request.port() == 0 ? no(Refused.Kind.GENERAL, "nothing listens on port 0") : Optional.empty();
    }

    /** Whether the application sent an address where it could have sent a name: it may have asked a name server. */
    boolean leaksName(SocksRequest request) {
        return request.addressed()
                && request.command() != SocksRequest.Command.RESOLVE_PTR
                && !map.holds(request.host());
    }

    private static Optional<Refused> flagRefusal(SocksRequest request, PortLine port) {
        if (!request.isAddress()) {
            return port.has(PortLine.Flag.DNS_REQUEST)
                    ? Optional.empty()
                    : no(Refused.Kind.NOT_ALLOWED, "this port has NoDNSRequest");
        }
        boolean ipv6 = Endpoint.parseAddress(request.host()) instanceof Inet6Address;
        PortLine.Flag needed = ipv6 ? PortLine.Flag.IPV6_TRAFFIC : PortLine.Flag.IPV4_TRAFFIC;
        return port.has(needed) ? Optional.empty() : no(Refused.Kind.NOT_ALLOWED, "this port has No" + needed);
    }

    private static boolean isExitNotation(SocksRequest request) {
        return isUnder(request.host(), "exit");
    }

    private static Optional<Refused> no(Refused.Kind kind, String why) {
        return Optional.of(new Refused(kind, why));
    }

    /** RFC 953 and what is common beside it; with AllowNonRFC953Hostnames anything printable. */
    private boolean isHostName(String host) {
        String pattern =
                anyHostName ? "[\\x21-\\x7e]{1,255}" : "(?=.{1,255}$)[A-Za-z0-9_]([-A-Za-z0-9_.]*[A-Za-z0-9_])?\\.?";
        return host.matches(pattern) && !host.contains("..");
    }

    /** Names that mean this machine or its network; their addresses are the client's to refuse. */
    static boolean isLocalName(String host) {
        return isUnder("." + host, "localhost") || isUnder("." + host, "local");
    }

    /** Whether a name lies under a top-level domain, also where a dot ends it: exits must not hear of such names. */
    static boolean isUnder(String host, String domain) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.endsWith("." + domain) || name.endsWith("." + domain + ".");
    }

    private static Set<Integer> ports(Options options, String name) {
        return options.list(name).stream().map(Integer::parseInt).collect(Collectors.toUnmodifiableSet());
    }
}

package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Refused;
import io.allium.control.CString;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.StatusEvents;
import io.allium.directory.CountryFiles;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Slice;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * We as a relay, as controllers see it: who we are, what we say of ourselves, and what others make of it. Immutable.
 *
 * @spec control-spec 3.9, 4.1.6, 4.1.9, 4.1.10, 4.1.14
 */
public final class RelayControl implements ControlPart, RelayEvents {
    private final Supplier<Optional<Relay>> relay;
    private final CountryFiles countries;
    private final ControlEvents events;

    /** @param relay nothing where we are none, and while the network is disabled */
    public RelayControl(Supplier<Optional<Relay>> relay, CountryFiles countries, ControlEvents events) {
        this.relay = relay;
        this.countries = countries;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .unlisted(
                        "fingerprint",
                        () -> relay.get()
                                .map(now -> now.self().fingerprint().hex())
                                .orElseThrow(() -> new Refused(Refused.Kind.GENERAL, "Not running in server mode")))
                .key("address", "Our address.", () -> address(port -> !port.isIpv6()))
                .key("address/v4", "Our IPv4 address.", () -> address(port -> !port.isIpv6()))
                .key("address/v6", "Our IPv6 address.", () -> address(Endpoint::isIpv6))
                .key("status/fresh-relay-descs", "What we would say of ourselves now.", this::freshDescriptors)
                .key("status/clients-seen", "From which countries clients came to us as a bridge.", this::clients)
                .unlisted("status/reachability-succeeded", () -> "OR=" + reachable() + " DIR=" + reachable())
                .unlisted("status/reachability-succeeded/or", this::reachable)
                .unlisted("status/reachability-succeeded/dir", this::reachable)
                .unlisted("status/good-server-descriptor", this::accepted)
                .unlisted("status/accepted-server-descriptor", this::accepted);
        handshakes(catalogue, "ntor", OnionSkins::requested, OnionSkins::assigned);
        handshakes(catalogue, "tap", _ -> 0, _ -> 0); // nobody answers these any more
    }

    private static Refused noHandshake() {
        return new Refused(Refused.Kind.GENERAL, "Unrecognized handshake type");
    }

    private void handshakes(
            ControlCatalogue catalogue,
            String kind,
            ToLongFunction<OnionSkins> requested,
            ToLongFunction<OnionSkins> assigned) {
        catalogue
                .prefix("stats/" + kind + "/", "How many such handshakes came.", _ -> {
                    throw noHandshake();
                })
                .key("stats/" + kind + "/requested", "How many were asked for.", () -> count(requested))
                .key("stats/" + kind + "/assigned", "How many were answered.", () -> count(assigned));
    }

    private String count(ToLongFunction<OnionSkins> what) {
        return Long.toString(
                relay.get().map(now -> what.applyAsLong(now.onionSkins())).orElse(0L));
    }

    private String address(Predicate<Endpoint> family) throws Refused {
        return relay.get().stream()
                .flatMap(now -> now.options().orPorts().stream())
                .filter(family)
                .map(port -> Endpoint.text(port.address()))
                .findFirst()
                .orElseThrow(() -> new Refused(Refused.Kind.GENERAL, "Address unknown"));
    }

    private String freshDescriptors() throws Refused {
        SelfDescriptor.Documents documents = relay.get()
                .map(now -> now.self().fresh())
                .orElseThrow(() -> new Refused(Refused.Kind.GENERAL, "Only relays have descriptors"));
        return Slice.of(documents.router()).text()
                + Slice.of(documents.extraInfo()).text();
    }

    private String clients() {
        return text(relay.get().flatMap(Relay::clients).orElse(ClientsSeen.Interval.NONE));
    }

    private String text(ClientsSeen.Interval interval) {
        if (!countries.hasIpv4() && !countries.hasIpv6()) {
            return interval.text(Optional.empty());
        }
        return interval.text(Optional.of(address -> countries.country(address).orElse(CountryFiles.UNKNOWN)));
    }

    /** Who needs not be reached is not unreachable. */
    private String reachable() {
        return digit(Relay::isReachable, true);
    }

    private String accepted() {
        return digit(Relay::isDescriptorAccepted, false);
    }

    private String digit(Function<Relay, Boolean> what, boolean otherwise) {
        return relay.get().map(what).orElse(otherwise) ? "1" : "0";
    }

    @Override
    public void descriptorArrived(RouterDescriptor descriptor) {
        if (events.wanted(ControlEvent.NEWDESC)) {
            events.tell(ControlEvent.NEWDESC, descriptor.fingerprint() + "~" + descriptor.nickname());
        }
    }

    @Override
    public void descriptorChanged() {
        if (events.wanted(ControlEvent.DESCCHANGED)) {
            events.tell(ControlEvent.DESCCHANGED);
        }
    }

    @Override
    public void checkingReachability(Endpoint orPort) {
        notice("CHECKING_REACHABILITY ORADDRESS=" + orPort);
    }

    @Override
    public void reachable(Endpoint orPort) {
        notice("REACHABILITY_SUCCEEDED ORADDRESS=" + orPort);
    }

    @Override
    public void unreachable(Endpoint orPort) {
        warn("REACHABILITY_FAILED ORADDRESS=" + orPort);
    }

    @Override
    public void descriptorAccepted(Endpoint authority) {
        notice("ACCEPTED_SERVER_DESCRIPTOR DIRAUTH=" + authority);
        notice("GOOD_SERVER_DESCRIPTOR");
    }

    @Override
    public void descriptorRefused(Endpoint authority, String reason) {
        warn("BAD_SERVER_DESCRIPTOR DIRAUTH=" + authority + " REASON=" + CString.quote(reason));
    }

    @Override
    public void serverFailed(Endpoint nameServer, String why) {
        notice("NAMESERVER_STATUS NS=" + nameServer + " STATUS=DOWN ERR=" + CString.quote(why));
    }

    @Override
    public void serverBack(Endpoint nameServer) {
        notice("NAMESERVER_STATUS NS=" + nameServer + " STATUS=UP");
    }

    @Override
    public void allServersFailed() {
        warn("NAMESERVER_ALL_DOWN");
    }

    @Override
    public void clientsSeen(ClientsSeen.Interval interval) {
        if (events.wanted(ControlEvent.CLIENTS_SEEN)) {
            events.tell(ControlEvent.CLIENTS_SEEN, text(interval));
        }
    }

    private void notice(String action) {
        events.status(StatusEvents.Scope.SERVER, Log.Severity.NOTICE, action);
    }

    private void warn(String action) {
        events.status(StatusEvents.Scope.SERVER, Log.Severity.WARN, action);
    }
}

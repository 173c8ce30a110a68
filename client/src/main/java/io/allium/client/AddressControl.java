package io.allium.client;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.cell.RelayMessage.Resolved;
import io.allium.control.CString;
import io.allium.control.ControlArguments;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlReply;
import io.allium.control.ControlSyntax;
import io.allium.control.ControlTime;
import io.allium.control.ControlWords;
import io.allium.control.StatusEvents;
import java.net.Inet6Address;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which addresses are replaced by others, as controllers see and say it, and what they have looked up. Immutable, but for the
 * addresses, which have a lock.
 *
 * @spec control-spec 3.8, 3.20, 4.1.7
 */
public final class AddressControl implements ControlPart {
    private static final int EXHAUSTED = 451;

    private final AddressMap map;
    private final Supplier<Optional<Client>> client;
    private final Time time;
    private final ZoneId zone;
    private final ControlEvents events;

    /**
     * @param client nothing while the network is disabled
     * @param zone in which times are told beside UTC
     */
    public AddressControl(
            Entropy entropy, Supplier<Optional<Client>> client, Time time, ZoneId zone, ControlEvents events) {
        this.map = new AddressMap(
                entropy, (from, to) -> events.tell(ControlEvent.ADDRMAP, from + " " + to + " NEVER CACHED=\"YES\""));
        this.client = client;
        this.time = time;
        this.zone = zone;
        this.events = events;
    }

    /** What is said of addresses. */
    public AddressMap map() {
        return map;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key(
                        "address-mappings/all",
                        "Which addresses others replace.",
                        () -> lines(EnumSet.allOf(AddressMap.Source.class)))
                .key("address-mappings/cache", "Of these, what exits said: nothing, as we keep none.", () -> "")
                .key(
                        "address-mappings/config",
                        "Of these, what the configuration says.",
                        () -> lines(EnumSet.of(AddressMap.Source.CONFIGURATION)))
                .key(
                        "address-mappings/control",
                        "Of these, what controllers said.",
                        () -> lines(EnumSet.of(AddressMap.Source.CONTROLLER)))
                .command(
                        "MAPADDRESS",
                        ControlSyntax.words(0, 0).withKeywords(),
                        (arguments, session) -> mapAddress(arguments))
                .command(
                        "RESOLVE",
                        ControlSyntax.words(0, 0).withFlags(),
                        (arguments, session) -> resolve(arguments, session.source()));
    }

    private String lines(Set<AddressMap.Source> sources) {
        return String.join("\n", map.lines(sources));
    }

    private ControlReply mapAddress(ControlArguments arguments) {
        if (arguments.keywords().isEmpty()) {
            return ControlReply.of(ControlReply.BAD_ARGUMENT, "syntax error: not enough arguments to mapaddress.");
        }
        ControlReply reply = new ControlReply();
        for (ControlWords.Word word : arguments.keywords()) {
            map(word.key(), word.value().orElse(""), reply);
        }
        return reply;
    }

    private void map(String from, String to, ControlReply reply) {
        if (!map.isTarget(to)) {
            reply.line(ControlReply.BAD_ARGUMENT, "syntax error: invalid address '" + to + "'");
            return;
        }
        Optional<AddressMap.Made> made = made(from);
        if (made.isPresent()) {
            Optional<String> address = map.makeUp(made.get(), to);
            if (address.isPresent()) {
                reply.line(ControlReply.OK, address.get() + "=" + to);
            } else {
                reply.line(EXHAUSTED, "resource exhausted: skipping '" + from + "=" + to + "'");
            }
            return;
        }
        Optional<String> wrong = map.map(from, to);
        if (wrong.isPresent()) {
            reply.line(
                    ControlReply.BAD_ARGUMENT,
                    "syntax error: invalid address mapping  '" + from + "=" + to + "': " + wrong.get());
        } else {
            reply.line(ControlReply.OK, from + "=" + to);
        }
    }

    /** What a controller wants made up that names these. */
    private static Optional<AddressMap.Made> made(String from) {
        return switch (from) {
            case "." -> Optional.of(AddressMap.Made.NAME);
            case "0.0.0.0" -> Optional.of(AddressMap.Made.IPV4);
            case "::" -> Optional.of(AddressMap.Made.IPV6);
            default -> Optional.empty();
        };
    }

    private ControlReply resolve(ControlArguments arguments, String source) {
        boolean reverse = arguments
                .keyword("mode")
                .map(mode -> mode.equalsIgnoreCase("reverse"))
                .orElse(false);
        for (ControlWords.Word word : arguments.keywords()) {
            if (word.value().orElse("").isEmpty()) {
                resolve(word.key(), reverse, source);
            }
        }
        return ControlReply.ok();
    }

    private void resolve(String name, boolean reverse, String source) {
        Optional<ControlledTunnels> tunnels =
                client.get().map(now -> now.tunnels().controlled());
        String host = reverse ? name : map.rewrite(name);
        if (tunnels.isEmpty() || !Destination.isHost(name) || !Destination.isHost(host)) {
            tell(name, Optional.empty(), time.now(), 0);
            return;
        }
        Destination to = new Destination(host, 0);
        Tunnels.Origin origin =
                Tunnels.Origin.byUs(source, StreamEvents.Purpose.DNS_REQUEST).naming(new Destination(name, 0));
        boolean isAddress = to.address().isPresent();
        if (isOnion(host)) {
            events.status(
                    StatusEvents.Scope.CLIENT, Log.Severity.WARN, "SOCKS_BAD_HOSTNAME HOSTNAME=" + CString.quote(host));
            tell(name, Optional.empty(), time.now(), tunnels.get().lookUpNothing(to, origin, "TORPROTOCOL"));
        } else if (isAddress && !reverse) {
            tell(name, Optional.of(host), time.now(), tunnels.get().lookUpNothing(to, origin, "DONE"));
        } else if (reverse && !isAddress || map.isVirtual(host)) {
            tell(name, Optional.empty(), time.now(), tunnels.get().lookUpNothing(to, origin, "INTERNAL"));
        } else {
            tunnels.get().lookUp(to, origin, (stream, answer) -> tell(name, answer, stream));
        }
    }

    private static boolean isOnion(String host) {
        return host.toLowerCase(Locale.ROOT).endsWith(".onion");
    }

    /** The first answer that has a meaning, rather IPv4. */
    private void tell(String name, Optional<Resolved> resolved, long stream) {
        List<Resolved.Answer> answers = resolved.map(Resolved::answers).orElse(List.of());
        Optional<Resolved.Answer> first = answers.stream()
                .filter(answer -> text(answer).isPresent())
                .min((one, other) -> Boolean.compare(isIpv6(one), isIpv6(other)));
        Instant expires = time.now().plusSeconds(first.map(Resolved.Answer::ttl).orElse(0L));
        tell(name, first.flatMap(AddressControl::text), expires, stream);
    }

    private static Optional<String> text(Resolved.Answer answer) {
        return switch (answer) {
            case Resolved.Address address -> Optional.of(Endpoint.text(address.address()));
            case Resolved.HostName host -> Optional.of(host.name());
            case Resolved.Failure none -> Optional.empty();
        };
    }

    private static boolean isIpv6(Resolved.Answer answer) {
        return answer instanceof Resolved.Address found && found.address() instanceof Inet6Address;
    }

    private void tell(String name, Optional<String> found, Instant expires, long stream) {
        if (!events.wanted(ControlEvent.ADDRMAP)) {
            return;
        }
        events.tell(
                ControlEvent.ADDRMAP,
                name + " " + found.orElse("<error>") + " \"" + ControlTime.seconds(expires, zone) + "\""
                        + (found.isEmpty() ? " error=yes" : "")
                        + " EXPIRES=\"" + ControlTime.seconds(expires) + "\" CACHED=\"NO\""
                        + (stream == 0 ? "" : " STREAMID=" + stream));
    }
}

package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.channel.Channel;
import io.allium.channel.Channels;
import io.allium.client.CircuitEvents;
import io.allium.client.Client;
import io.allium.client.GuardEvents;
import io.allium.client.StreamEvents;
import io.allium.client.Tunnels;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import io.allium.onionservice.OnionService;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Fills {@link GetInfo} with what a running Tor can tell. Its methods stand in the order of control-spec 3.9. */
final class ControlInformation {
    private final GetInfo information = new GetInfo();

    ControlInformation() {
        information
                .key("version", "The version of Tor, and ours.", () -> Version.TEXT)
                .key("info/names", "What GETINFO can be asked.", information::names)
                .key("events/names", "What SETEVENTS may name.", () -> String.join(" ", ControlEvents.NAMES))
                .key("signal/names", "What SIGNAL may name.", () -> ControlSignal.NAMES);
    }

    GetInfo information() {
        return information;
    }

    /** The configuration, and where it came from. */
    ControlInformation configuration(Supplier<Options> options, String torrc, String defaultsTorrc) {
        information
                .key("config-file", "Where the torrc is.", () -> torrc)
                .key("config-defaults-file", "Where the defaults-torrc is.", () -> defaultsTorrc)
                .key(
                        "config-text",
                        "The configuration as a torrc.",
                        () -> options.get().dump(false))
                .key("config-can-saveconf", "Whether SAVECONF can write the torrc.", () -> "0")
                .key("config/names", "The options and their types.", ControlInformation::optionNames)
                .key("config/defaults", "The options' defaults.", ControlInformation::optionDefaults)
                .prefix("config/", "An option's value.", name -> optionValue(options.get(), name));
        return this;
    }

    /** The process and its traffic. */
    ControlInformation process(Time time, long processId, String user, long startedNanos) {
        information
                .key("process/pid", "The process ID.", () -> Long.toString(processId))
                .key("process/user", "Whose process it is.", () -> user)
                .key("process/uid", "The number of its user.", () -> "-1")
                .key("process/descriptor-limit", "How many files it may open.", () -> "-1")
                .key(
                        "uptime",
                        "Seconds since the start.",
                        () -> Long.toString(
                                Duration.ofNanos(time.nanos() - startedNanos).toSeconds()))
                .key("current-time/utc", "The time, UTC.", () -> ControlText.seconds(time.now()))
                .key("dormant", "Whether we sleep.", () -> "0");
        return this;
    }

    /** Where we listen. */
    ControlInformation listeners(Ports ports) {
        for (Ports.Kind kind : Ports.Kind.values()) {
            information.key("net/listeners/" + kind.key(), "Where the port is open.", () -> ports.listeners(kind));
        }
        for (String none : List.of("trans", "natd", "dns", "httptunnel", "extor", "metrics")) {
            information.key("net/listeners/" + none, "Never open: not supported yet.", () -> "");
        }
        return this;
    }

    /** How far we are. */
    ControlInformation bootstrap(BootstrapStatus report) {
        information
                .key("status/bootstrap-phase", "The last step of the bootstrap.", report::phase)
                .key(
                        "status/enough-dir-info",
                        "Whether circuits can be built.",
                        () -> bit(report.hasEnoughInformation()))
                .key(
                        "network-liveness",
                        "Whether the network answers.",
                        () -> report.hasEnoughInformation() ? "up" : "down");
        return this;
    }

    /** Circuits, streams, guards and relays, where this Tor is a client. */
    ControlInformation client(Supplier<Optional<Client>> client) {
        information
                .key(
                        "circuit-status",
                        "Our circuits.",
                        () -> lines(client, c -> circuits(c).map(ControlText::circuit)))
                .key(
                        "stream-status",
                        "Our streams.",
                        () -> lines(client, c -> streams(c).map(ControlText::stream)))
                .key(
                        "entry-guards",
                        "Our guards.",
                        () -> lines(client, c -> guards(c).map(ControlText::guard)))
                .key(
                        "status/circuit-established",
                        "Whether a circuit has been built.",
                        () -> bit(client.get()
                                .map(Client::tunnels)
                                .map(Tunnels::isCircuitEstablished)
                                .orElse(false)))
                .key(
                        "ns/all",
                        "What the consensus says of every relay.",
                        () -> lines(client, c -> relays(c).map(Relay::status).map(ControlText::relay)))
                .prefix("ns/id/", "What it says of the relay with this fingerprint.", id -> relay(client, id))
                .prefix("ns/name/", "What it says of the relay with this name.", name -> named(client, name));
        return this;
    }

    /** The onion services that we are. */
    ControlInformation onions(Supplier<List<OnionService>> services) {
        information.key(
                "onions/status",
                "Whether our onion services can be reached, and which step is in the way.",
                () -> services.get().stream()
                        .map(service -> ControlText.service(service.status()))
                        .collect(Collectors.joining("\n")));
        return this;
    }

    /** Our connections to relays. */
    ControlInformation channels(Supplier<Optional<Channels>> channels) {
        information
                .key("traffic/read", "Bytes read.", () -> bytes(channels, Channels::bytesRead))
                .key("traffic/written", "Bytes written.", () -> bytes(channels, Channels::bytesWritten))
                .key(
                        "orconn-status",
                        "The relays that we are connected to.",
                        () -> channels.get().map(Channels::all).orElse(List.of()).stream()
                                .filter(Channel::isOpen)
                                .map(channel -> ControlText.peer(channel) + " CONNECTED")
                                .collect(Collectors.joining("\n")));
        return this;
    }

    private static String bytes(Supplier<Optional<Channels>> channels, Function<Channels, Long> count) {
        return channels.get().map(count).orElse(0L).toString();
    }

    /** Who we are, where this Tor is a relay. */
    ControlInformation identity(Supplier<Optional<Fingerprint>> fingerprint, Supplier<Optional<String>> address) {
        information
                .key(
                        "fingerprint",
                        "Our fingerprint as a relay.",
                        () -> fingerprint.get().map(Fingerprint::hex).orElseThrow(ControlInformation::notRelay))
                .key("address", "Our address.", () -> address.get().orElseThrow(ControlInformation::noAddress))
                .key("address/v4", "Our IPv4 address.", () -> address.get().orElseThrow(ControlInformation::noAddress));
        return this;
    }

    private static Refused notRelay() {
        return new Refused(Refused.Kind.GENERAL, "Not currently a server");
    }

    private static Refused noAddress() {
        return new Refused(Refused.Kind.GENERAL, "Address unknown");
    }

    private static Optional<String> optionValue(Options options, String name) {
        return OptionTable.find(name).map(option -> String.join("\n", options.values(option)));
    }

    private static String optionNames() {
        Stream<String> real = OptionTable.all().stream()
                .map(option -> option.name() + " " + option.type().label());
        Stream<String> virtual = OptionTable.all().stream()
                .map(Option::slot)
                .filter(slot -> OptionTable.find(slot).isEmpty())
                .distinct()
                .map(slot -> slot + " Virtual");
        return Stream.concat(real, virtual)
                .sorted(String.CASE_INSENSITIVE_ORDER)
                .collect(Collectors.joining("\n"));
    }

    private static String optionDefaults() {
        return OptionTable.all().stream()
                .filter(option -> option.defaultText() != null)
                .map(option -> option.name() + " " + String.join("", Options.DEFAULTS.values(option)))
                .collect(Collectors.joining("\n"));
    }

    private static String lines(Supplier<Optional<Client>> client, Function<Client, Stream<String>> lines) {
        return client.get().map(lines).orElse(Stream.empty()).collect(Collectors.joining("\n"));
    }

    private static Stream<CircuitEvents.Status> circuits(Client client) {
        return client.tunnels().circuits().stream();
    }

    private static Stream<StreamEvents.Status> streams(Client client) {
        return client.tunnels().streams().stream();
    }

    private static Stream<GuardEvents.Status> guards(Client client) {
        return client.guards().snapshot().stream();
    }

    private static Stream<Relay> relays(Client client) {
        return client.view().map(NetworkView::relays).orElse(List.of()).stream();
    }

    private static Optional<String> relay(Supplier<Optional<Client>> client, String id) throws TorException {
        Fingerprint fingerprint;
        try {
            fingerprint = Fingerprint.parse(id);
        } catch (TorException malformed) {
            throw new LocalFailure("'" + id + "' is not a fingerprint", malformed);
        }
        return client.get()
                .flatMap(Client::view)
                .flatMap(view -> view.relay(fingerprint))
                .map(Relay::status)
                .map(ControlText::relay);
    }

    private static Optional<String> named(Supplier<Optional<Client>> client, String name) {
        return client.get()
                .flatMap(Client::view)
                .flatMap(view -> view.relayNamed(name))
                .map(Relay::status)
                .map(ControlText::relay);
    }

    private static String bit(boolean value) {
        return value ? "1" : "0";
    }
}

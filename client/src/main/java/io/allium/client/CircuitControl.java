package io.allium.client;

import io.allium.base.TorException;
import io.allium.circuit.CircuitTraffic;
import io.allium.circuit.CongestionState;
import io.allium.control.ControlArguments;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlReply;
import io.allium.control.ControlSyntax;
import io.allium.control.ControlWords;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Our circuits, as controllers see them, build them and end them. Immutable.
 *
 * @spec control-spec 3.10, 3.11, 3.17, 4.1.1, 4.1.16, 4.1.22, 4.1.27
 */
public final class CircuitControl implements ControlPart, CircuitEvents {
    private final Supplier<Optional<Client>> client;
    private final ControlEvents events;

    CircuitControl(Supplier<Optional<Client>> client, ControlEvents events) {
        this.client = client;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key("circuit-status", "Our circuits.", this::circuits)
                .key(
                        "status/circuit-established",
                        "Whether a circuit has been built.",
                        () -> isEstablished() ? "1" : "0")
                .key("network-liveness", "Whether the network answers.", () -> isLive() ? "up" : "down")
                .command(
                        "EXTENDCIRCUIT",
                        ControlSyntax.words(1, 1).withFlags(),
                        (arguments, session) -> extendCircuit(arguments))
                .command(
                        "SETCIRCUITPURPOSE",
                        ControlSyntax.words(1, 1).withKeywords(),
                        (arguments, session) -> setCircuitPurpose(arguments))
                .command(
                        "CLOSECIRCUIT",
                        ControlSyntax.words(1, 1).withFlags(),
                        (arguments, session) -> closeCircuit(arguments));
    }

    private String circuits() {
        return client.get()
                .map(now -> now.tunnels().circuits().stream()
                        .map(CircuitText::circuit)
                        .collect(Collectors.joining("\n")))
                .orElse("");
    }

    private boolean isEstablished() {
        return client.get().map(now -> now.tunnels().isCircuitEstablished()).orElse(false);
    }

    private boolean isLive() {
        return client.get()
                .map(now -> now.tunnels().controlled().isNetworkLive())
                .orElse(false);
    }

    @Override
    public void circuitChanged(CircuitEvents.Status status) {
        if (events.wanted(ControlEvent.CIRC)) {
            events.tell(ControlEvent.CIRC, CircuitText.circuit(status));
        }
    }

    @Override
    public void useChanged(CircuitEvents.Status status, CircuitEvents.Use before, Optional<Instant> cannibalised) {
        if (events.wanted(ControlEvent.CIRC_MINOR)) {
            events.tell(ControlEvent.CIRC_MINOR, CircuitText.circuitUse(status, before, cannibalised));
        }
    }

    @Override
    public void circuitCarried(int circuit, CircuitTraffic traffic, Optional<CongestionState> congestion, Instant now) {
        if (events.wanted(ControlEvent.CIRC_BW)) {
            events.tell(ControlEvent.CIRC_BW, CircuitText.traffic(circuit, traffic, congestion, now));
        }
    }

    @Override
    public void networkChanged(boolean live) {
        events.tell(ControlEvent.NETWORK_LIVENESS, live ? "UP" : "DOWN");
    }

    @Override
    public void buildTimeoutSet(CircuitEvents.BuildTimeout timeout) {
        if (events.wanted(ControlEvent.BUILDTIMEOUT_SET)) {
            events.tell(ControlEvent.BUILDTIMEOUT_SET, CircuitText.buildTimeout(timeout));
        }
    }

    /** {@code EXTENDCIRCUIT 0 [path] [purpose=…]} begins one; with its number it is made longer. */
    private ControlReply extendCircuit(ControlArguments arguments) {
        String circuit = arguments.word(0);
        Optional<String> path = path(arguments);
        String wanted = behindPath(arguments, path).keyword("PURPOSE").orElse("general");
        Optional<CircuitEvents.Purpose> purpose = purpose(wanted);
        if (purpose.isEmpty()) {
            return unknownPurpose(wanted);
        }
        boolean isNew = circuit.equals("0");
        Optional<TrackedCircuit> existing = isNew ? Optional.empty() : circuit(circuit);
        if (!isNew && existing.isEmpty()) {
            return unknownCircuit(circuit);
        }
        if (path.isEmpty()) {
            return isNew
                    ? launch(List.of(), purpose.get())
                    : ControlReply.of(ControlReply.BAD_ARGUMENT, "syntax error: path required.");
        }
        List<Relay> relays = new ArrayList<>();
        for (String name : path.get().split(",", -1)) {
            Optional<Relay> relay = relay(name);
            if (relay.isEmpty()) {
                return ControlReply.of(ControlReply.UNRECOGNIZED, "No such router \"" + name + "\"");
            }
            if (!relay.get().isUsable()) {
                return ControlReply.of(ControlReply.UNRECOGNIZED, "No descriptor for \"" + name + "\"");
            }
            relays.add(relay.get());
        }
        return isNew ? launch(relays, purpose.get()) : extend(existing.orElseThrow(), relays);
    }

    /** The path is the first argument behind the number, if it is a word alone. */
    private static Optional<String> path(ControlArguments arguments) {
        if (arguments.keywords().isEmpty()) {
            return Optional.empty();
        }
        ControlWords.Word first = arguments.keywords().getFirst();
        String value = first.value().orElse("");
        if (value.isEmpty()) {
            return Optional.of(first.key());
        }
        return first.key().startsWith("$") ? Optional.of(first.key() + "=" + value) : Optional.empty();
    }

    private static ControlArguments behindPath(ControlArguments arguments, Optional<String> path) {
        return path.isEmpty()
                ? arguments
                : new ControlArguments(
                        arguments.words(),
                        arguments.keywords().subList(1, arguments.keywords().size()));
    }

    private ControlReply launch(List<Relay> path, CircuitEvents.Purpose purpose) {
        Optional<Client> now = client.get();
        if (now.isPresent()) {
            try {
                return ControlReply.of(
                        ControlReply.OK,
                        "EXTENDED " + now.get().tunnels().controlled().launch(path, purpose));
            } catch (TorException none) {
                return ControlReply.of(ControlReply.FAILED, "Couldn't start circuit");
            }
        }
        return ControlReply.of(ControlReply.FAILED, "Couldn't start circuit");
    }

    private ControlReply extend(TrackedCircuit circuit, List<Relay> relays) {
        Optional<String> refusal = client.get()
                .map(now -> now.tunnels().controlled().extend(circuit, relays))
                .orElse(Optional.of("is gone"));
        return refusal.map(why -> ControlReply.of(ControlReply.FAILED, "Circuit " + circuit.id + " " + why))
                .orElseGet(() -> ControlReply.of(ControlReply.OK, "EXTENDED " + circuit.id));
    }

    private ControlReply setCircuitPurpose(ControlArguments arguments) {
        Optional<TrackedCircuit> circuit = circuit(arguments.word(0));
        if (circuit.isEmpty()) {
            return unknownCircuit(arguments.word(0));
        }
        Optional<String> wanted = arguments.keyword("PURPOSE");
        if (wanted.isEmpty()) {
            return ControlReply.of(ControlReply.UNRECOGNIZED, "No purpose given");
        }
        Optional<CircuitEvents.Purpose> purpose = purpose(wanted.get());
        if (purpose.isEmpty()) {
            return unknownPurpose(wanted.get());
        }
        boolean changed = client.get()
                .map(now -> now.tunnels().controlled().use(circuit.get(), purpose.get()))
                .orElse(false);
        return changed
                ? ControlReply.ok()
                : ControlReply.of(
                        ControlReply.FAILED, "Circuit " + circuit.get().id + " is for what a controller cannot change");
    }

    private ControlReply closeCircuit(ControlArguments arguments) {
        Optional<TrackedCircuit> circuit = circuit(arguments.word(0));
        if (circuit.isEmpty()) {
            return unknownCircuit(arguments.word(0));
        }
        boolean isUsed = circuit.get()
                .carrier()
                .map(carrier -> carrier.openStreams() > 0)
                .orElse(false);
        if (!isUsed || !arguments.hasFlag("IfUnused")) {
            client.get().ifPresent(now -> now.tunnels().controlled().close(circuit.get()));
        }
        return ControlReply.ok();
    }

    /** As C tor reads it: the key may stand before the word a second time. */
    private static Optional<CircuitEvents.Purpose> purpose(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        String name = word.startsWith("purpose=") ? word.substring("purpose=".length()) : word;
        return switch (name) {
            case "general" -> Optional.of(CircuitEvents.Purpose.GENERAL);
            case "controller" -> Optional.of(CircuitEvents.Purpose.CONTROLLER);
            default -> Optional.empty();
        };
    }

    /** A relay by its fingerprint, perhaps with a nickname behind it that means nothing, or by its nickname. */
    private Optional<Relay> relay(String name) {
        Optional<NetworkView> view = client.get().flatMap(Client::view);
        if (view.isEmpty() || name.isEmpty()) {
            return Optional.empty();
        }
        String fingerprint = name.startsWith("$") ? name.substring(1) : name;
        if (fingerprint.matches("[0-9A-Fa-f]{40}(~.*)?")) {
            try {
                return view.get().relay(Fingerprint.parse(fingerprint.substring(0, 40)));
            } catch (TorException malformed) {
                return Optional.empty();
            }
        }
        return name.startsWith("$") ? Optional.empty() : view.get().called(name);
    }

    private Optional<TrackedCircuit> circuit(String number) {
        return number.matches("[0-9]{1,9}")
                ? client.get().flatMap(now -> now.tunnels().controlled().circuit(Integer.parseInt(number)))
                : Optional.empty();
    }

    private static ControlReply unknownCircuit(String number) {
        return ControlReply.of(ControlReply.UNRECOGNIZED, "Unknown circuit \"" + number + "\"");
    }

    private static ControlReply unknownPurpose(String purpose) {
        return ControlReply.of(ControlReply.UNRECOGNIZED, "Unknown purpose \"" + purpose + "\"");
    }
}

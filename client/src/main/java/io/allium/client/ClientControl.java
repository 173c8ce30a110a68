package io.allium.client;

import io.allium.base.Refused;
import io.allium.base.TorException;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlCommand;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlReply;
import io.allium.crypto.Fingerprint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Our circuits, streams and guards, as controllers see them, and what they do with them, a method a command. Immutable.
 *
 * @spec control-spec 3.9, 3.10, 3.16, 3.17, 3.25, 4.1.1, 4.1.2, 4.1.16
 */
public final class ClientControl implements ControlPart, CircuitEvents, StreamEvents, GuardEvents {
    private final Supplier<Optional<Client>> client;
    private final ControlEvents events;

    /** @param client nothing while the network is disabled */
    public ClientControl(Supplier<Optional<Client>> client, ControlEvents events) {
        this.client = client;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key(
                        "circuit-status",
                        "Our circuits.",
                        () -> lines(now -> now.tunnels().circuits().stream().map(CircuitText::circuit)))
                .key(
                        "stream-status",
                        "Our streams.",
                        () -> lines(now -> now.tunnels().streams().stream().map(CircuitText::stream)))
                .key(
                        "entry-guards",
                        "Our guards.",
                        () -> lines(now -> now.guards().snapshot().stream().map(CircuitText::guard)))
                .key(
                        "status/circuit-established",
                        "Whether a circuit has been built.",
                        () -> client.get()
                                        .map(now -> now.tunnels().isCircuitEstablished())
                                        .orElse(false)
                                ? "1"
                                : "0")
                .command("EXTENDCIRCUIT", (command, session) -> extendCircuit(command))
                .command("CLOSECIRCUIT", (command, session) -> closeCircuit(command))
                .command("CLOSESTREAM", (command, session) -> closeStream(command))
                .command("DROPGUARDS", (command, session) -> dropGuards(command));
    }

    private String lines(Function<Client, Stream<String>> lines) {
        return client.get().map(lines).orElse(Stream.empty()).collect(Collectors.joining("\n"));
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
    public void streamChanged(StreamEvents.Status status) {
        if (events.wanted(ControlEvent.STREAM)) {
            events.tell(ControlEvent.STREAM, CircuitText.stream(status));
        }
    }

    @Override
    public void guardChanged(Fingerprint guard, String nickname, GuardEvents.Change change) {
        events.tell(ControlEvent.GUARD, "ENTRY " + new CircuitEvents.Hop(guard, nickname) + " " + change);
    }

    /** {@code EXTENDCIRCUIT 0 [path] [purpose=…]} begins one; with its number it is made longer. */
    private ControlReply extendCircuit(ControlCommand command) throws TorException {
        if (command.words().isEmpty()) {
            return ControlReply.wantsArguments(command, "at least 1");
        }
        Optional<Integer> circuit = number(command.words().getFirst());
        if (circuit.isEmpty()) {
            return ControlReply.of(
                    ControlReply.UNRECOGNIZED,
                    "Unknown circuit \"" + command.words().getFirst() + "\"");
        }
        List<Fingerprint> path = new ArrayList<>();
        for (String word : command.words().subList(1, command.words().size())) {
            if (word.toLowerCase(Locale.ROOT).startsWith("purpose=")) {
                continue;
            }
            for (String relay : word.split(",")) {
                try {
                    path.add(Fingerprint.parse(relay.replaceFirst("[~=].*", "")));
                } catch (TorException unknown) {
                    return ControlReply.of(ControlReply.UNRECOGNIZED, "No such router \"" + relay + "\"");
                }
            }
        }
        Tunnels tunnels = tunnels();
        int number = circuit.get();
        if (number == 0) {
            number = tunnels.launch(path);
        } else {
            tunnels.extend(number, path);
        }
        return ControlReply.of(ControlReply.OK, "EXTENDED " + number);
    }

    private ControlReply closeCircuit(ControlCommand command) throws TorException {
        if (command.words().isEmpty()) {
            return ControlReply.wantsArguments(command, "at least 1");
        }
        String name = command.words().getFirst();
        boolean ifUnused = command.words().stream().anyMatch(word -> word.equalsIgnoreCase("IfUnused"));
        Optional<Integer> circuit = number(name);
        boolean known = circuit.isPresent() && tunnels().closeCircuit(circuit.get(), ifUnused);
        return known
                ? ControlReply.ok()
                : ControlReply.of(ControlReply.UNRECOGNIZED, "Unknown circuit \"" + name + "\"");
    }

    private ControlReply closeStream(ControlCommand command) throws TorException {
        if (command.words().size() < 2) {
            return ControlReply.wantsArguments(command, "at least 2");
        }
        String name = command.words().getFirst();
        Optional<Integer> stream = number(name);
        boolean known = stream.isPresent() && tunnels().closeStream(stream.get());
        return known
                ? ControlReply.ok()
                : ControlReply.of(ControlReply.UNRECOGNIZED, "Unknown stream \"" + name + "\"");
    }

    private ControlReply dropGuards(ControlCommand command) {
        if (!command.words().isEmpty()) {
            return ControlReply.of(
                    ControlReply.BAD_ARGUMENT, "Bad arguments to DROPGUARDS: Cannot accept more than 0 argument(s)");
        }
        client.get().ifPresent(now -> now.guards().forgetAll());
        return ControlReply.ok();
    }

    private Tunnels tunnels() throws TorException {
        return client.get()
                .map(Client::tunnels)
                .orElseThrow(() -> new Refused(Refused.Kind.NETWORK_DOWN, "The network is disabled"));
    }

    private static Optional<Integer> number(String text) {
        return text.matches("[0-9]{1,9}") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
    }
}

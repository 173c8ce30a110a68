package io.allium.app;

import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.TorException;
import io.allium.client.Tunnels;
import io.allium.crypto.Fingerprint;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a controller that has authenticated may ask for, a method a command. Immutable.
 *
 * @spec control-spec 3
 */
final class ControlCommands {
    private static final String FEATURES = "VERBOSE_NAMES EXTENDED_EVENTS";

    private final Controlled controlled;
    private final GetInfo information;

    ControlCommands(Controlled controlled, GetInfo information) {
        this.controlled = controlled;
        this.information = information.key("features/names", "What USEFEATURE may name.", () -> FEATURES);
    }

    ControlReply execute(ControlCommand command, ControlSession session) throws InterruptedException {
        try {
            return switch (command.name()) {
                case "GETINFO" -> getInfo(command);
                case "GETCONF" -> getConf(command);
                case "SETCONF" -> setConf(command, false);
                case "RESETCONF" -> setConf(command, true);
                case "SETEVENTS" -> setEvents(command, session);
                case "SIGNAL" -> signal(command);
                case "TAKEOWNERSHIP" -> own(session, true);
                case "DROPOWNERSHIP" -> own(session, false);
                case "USEFEATURE" -> useFeature(command);
                case "EXTENDCIRCUIT" -> extendCircuit(command);
                case "CLOSECIRCUIT" -> closeCircuit(command);
                case "CLOSESTREAM" -> closeStream(command);
                case "DROPGUARDS" -> dropGuards(command);
                case "QUIT" ->
                    ControlReply.of(ControlReply.OK, "closing connection").andClose();
                default -> unrecognized(command);
            };
        } catch (ProtocolViolation malformed) {
            return ControlReply.of(ControlReply.BAD_SYNTAX, malformed.getMessage());
        } catch (TorException failed) {
            return ControlReply.of(ControlReply.FAILED, failed.getMessage());
        }
    }

    static ControlReply unrecognized(ControlCommand command) {
        return ControlReply.of(ControlReply.UNRECOGNIZED_COMMAND, "Unrecognized command \"" + command.name() + "\"");
    }

    private ControlReply getInfo(ControlCommand command) throws TorException, InterruptedException {
        ControlReply values = new ControlReply();
        ControlReply unknown = new ControlReply();
        boolean allKnown = true;
        for (String key : command.words()) {
            Optional<String> value = information.answer(key);
            if (value.isPresent()) {
                values.value(key, value.get());
            } else {
                allKnown = false;
                unknown.line(ControlReply.UNRECOGNIZED, "Unrecognized key \"" + key + "\"");
            }
        }
        return allKnown ? values.line(ControlReply.OK, "OK") : unknown;
    }

    private ControlReply getConf(ControlCommand command) {
        ControlReply values = new ControlReply();
        ControlReply unknown = new ControlReply();
        boolean allKnown = true;
        for (String name : command.words()) {
            if (name.equalsIgnoreCase("HiddenServiceOptions")) {
                values.line(ControlReply.OK, "HiddenServiceOptions");
                continue;
            }
            Optional<Option> option = OptionTable.find(name);
            if (option.isEmpty()) {
                allKnown = false;
                unknown.line(ControlReply.UNRECOGNIZED, "Unrecognized configuration key \"" + name + "\"");
                continue;
            }
            List<String> set = controlled.options().values(option.get());
            set.forEach(value -> values.line(ControlReply.OK, option.get().name() + "=" + value));
            if (set.isEmpty()) {
                values.line(ControlReply.OK, option.get().name());
            }
        }
        if (command.words().isEmpty()) {
            return ControlReply.ok();
        }
        return allKnown ? values : unknown;
    }

    private ControlReply setConf(ControlCommand command, boolean reset) throws TorException {
        List<ConfigLine> lines = new ArrayList<>();
        for (ControlWords.Word word : ControlWords.parse(command.arguments())) {
            if (OptionTable.find(word.key()).isEmpty()) {
                return ControlReply.of(
                        ControlReply.UNRECOGNIZED,
                        "Unrecognized option: Unknown option '" + word.key() + "'.  Failing.");
            }
            boolean clears =
                    word.value().isEmpty() || reset && word.value().get().isEmpty();
            lines.add(new ConfigLine(
                    clears ? ConfigLine.Command.CLEAR : ConfigLine.Command.SET,
                    word.key(),
                    word.value().orElse(""),
                    command.name()));
        }
        Options next;
        try {
            next = controlled.options().with(lines, warning -> {});
        } catch (TorException unparseable) {
            return ControlReply.of(ControlReply.BAD_SYNTAX, "Unacceptable option value: " + unparseable.getMessage());
        }
        try {
            controlled.change(next);
        } catch (TorException impossible) {
            return ControlReply.of(ControlReply.INVALID, "Unable to set option: " + impossible.getMessage());
        }
        return ControlReply.ok();
    }

    private static ControlReply setEvents(ControlCommand command, ControlSession session) {
        Set<String> events = new LinkedHashSet<>();
        for (String word : command.words()) {
            String event = word.toUpperCase(Locale.ROOT);
            if (event.equals("EXTENDED")) {
                continue; // always on
            }
            if (!ControlEvents.NAMES.contains(event)) {
                return ControlReply.of(ControlReply.UNRECOGNIZED, "Unrecognized event \"" + word + "\"");
            }
            events.add(event);
        }
        session.subscribe(events);
        return ControlReply.ok();
    }

    private ControlReply signal(ControlCommand command) {
        if (command.words().size() != 1) {
            return wantsArguments(command, "exactly one");
        }
        String name = command.words().getFirst();
        Optional<ControlSignal> signal = ControlSignal.named(name);
        if (signal.isEmpty()) {
            return ControlReply.of(ControlReply.UNRECOGNIZED, "Unrecognized signal code \"" + name + "\"");
        }
        return ControlReply.ok().afterwards(() -> controlled.signal(signal.get()));
    }

    private static ControlReply own(ControlSession session, boolean owns) {
        session.own(owns);
        return ControlReply.ok();
    }

    private static ControlReply useFeature(ControlCommand command) {
        for (String word : command.words()) {
            if (!List.of(FEATURES.split(" ")).contains(word.toUpperCase(Locale.ROOT))) {
                return ControlReply.of(ControlReply.UNRECOGNIZED, "Unrecognized feature \"" + word + "\"");
            }
        }
        return ControlReply.ok();
    }

    /** {@code EXTENDCIRCUIT 0 [path] [purpose=…]} begins one; with its number it is made longer. */
    private ControlReply extendCircuit(ControlCommand command) throws TorException {
        if (command.words().isEmpty()) {
            return wantsArguments(command, "at least 1");
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
            return wantsArguments(command, "at least 1");
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
            return wantsArguments(command, "at least 2");
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
        controlled.dropGuards();
        return ControlReply.ok();
    }

    private Tunnels tunnels() throws TorException {
        return controlled
                .tunnels()
                .orElseThrow(() ->
                        new Refused(Refused.Kind.NETWORK_DOWN, "The network is disabled, or this Tor is no client"));
    }

    private static ControlReply wantsArguments(ControlCommand command, String howMany) {
        return ControlReply.of(
                ControlReply.BAD_ARGUMENT, "Bad arguments to " + command.name() + ": Need " + howMany + " argument(s)");
    }

    private static Optional<Integer> number(String text) {
        return text.matches("[0-9]{1,9}") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
    }
}

package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.ProtocolViolation;
import io.allium.base.TorException;
import io.allium.control.CString;
import io.allium.control.ControlArguments;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlCommand;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlReply;
import io.allium.control.ControlSyntax;
import io.allium.control.ControlWords;
import io.allium.directory.PublicNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The configuration, as controllers see it and change it. Immutable.
 *
 * @spec control-spec 3.1, 3.2, 3.3, 3.6, 3.9, 3.22, 4.1.18
 */
final class ConfigurationControl implements ControlPart {
    private final Controlled controlled;
    private final ConfigurationSource source;
    private final ControlEvents events;
    private final Log log;

    ConfigurationControl(Controlled controlled, ConfigurationSource source, ControlEvents events, Log log) {
        this.controlled = controlled;
        this.source = source;
        this.events = events;
        this.log = log;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key("config-file", "Where the torrc is.", source::torrc)
                .key("config-defaults-file", "Where the defaults-torrc is.", source::defaultsTorrc)
                .key("config-text", "The configuration as a torrc.", this::text)
                .key(
                        "config-can-saveconf",
                        "Whether SAVECONF can write the torrc without FORCE.",
                        () -> source.isWritable() ? "1" : "0")
                .key("config/names", "The options and their types.", ConfigurationControl::optionNames)
                .key("config/defaults", "The options' defaults.", ConfigurationControl::optionDefaults)
                .prefix("config/", "An option's value.", this::optionValue)
                .command("GETCONF", (command, session) -> getConf(command))
                .command("SETCONF", (command, session) -> setConf(command, false))
                .command("RESETCONF", (command, session) -> setConf(command, true))
                .command("LOADCONF", (command, session) -> loadConf(command))
                .command(
                        "SAVECONF", ControlSyntax.words(0, 0).withFlags(), (arguments, session) -> saveConf(arguments));
    }

    /** Each option that changed, with its values. */
    void changed(Options before, Options now) {
        if (!events.wanted(ControlEvent.CONF_CHANGED)) {
            return;
        }
        List<String> lines = before.changes(now);
        if (!lines.isEmpty()) {
            events.list(ControlEvent.CONF_CHANGED, lines);
        }
    }

    private ControlReply getConf(ControlCommand command) {
        ControlReply values = new ControlReply();
        ControlReply unknown = new ControlReply();
        boolean allKnown = true;
        for (String name : command.words()) {
            Optional<List<String>> told = told(name);
            if (told.isPresent()) {
                told.get().forEach(line -> values.line(ControlReply.OK, line));
                if (values.isTooLong()) {
                    return ControlReply.tooLong();
                }
            } else {
                allKnown = false;
                unknown.line(ControlReply.UNRECOGNIZED, "Unrecognized configuration key \"" + name + "\"");
            }
        }
        if (command.words().isEmpty()) {
            return ControlReply.ok();
        }
        return allKnown ? values : unknown;
    }

    /** What an option has, or all that share a slot; of one that means nothing any more its name. */
    private Optional<List<String>> told(String name) {
        Options now = controlled.options();
        Optional<OptionTable.Slot> shared = OptionTable.slot(name);
        if (shared.isPresent()) {
            return shared.map(now::told);
        }
        Optional<Option> option = OptionTable.find(name);
        return option.isEmpty() && OptionTable.isObsolete(name) ? Optional.of(List.of(name)) : option.map(now::told);
    }

    private ControlReply setConf(ControlCommand command, boolean reset) throws TorException {
        List<ConfigLine> lines = new ArrayList<>();
        try {
            for (ControlWords.Word word : ControlWords.parse(command.arguments())) {
                if (word.key().isEmpty()) {
                    return ControlReply.unreadableArguments(command);
                }
                if (!isKnown(word)) {
                    return ControlReply.of(
                            ControlReply.UNRECOGNIZED,
                            "Unrecognized option: Unknown option '" + word.key() + "'.  Failing.");
                }
                lines.add(line(word.key(), word.text(), reset));
            }
        } catch (ProtocolViolation unbalanced) {
            return ControlReply.unreadableArguments(command);
        }
        return propose(ConfigurationProposal.lines(lines, this::warn));
    }

    /** The slot of several options can be cleared by its own name, and no more. */
    private static boolean isKnown(ControlWords.Word word) {
        boolean isSlot = OptionTable.slot(word.key()).isPresent()
                && word.value().orElse("").isEmpty();
        return isSlot || OptionTable.find(word.key()).isPresent() || OptionTable.isObsolete(word.key());
    }

    /** Without a value RESETCONF goes back to the default, and SETCONF to nothing at all, which may be 0. */
    private static ConfigLine line(String name, String value, boolean reset) {
        if (!value.isEmpty()) {
            return new ConfigLine(ConfigLine.Command.SET, name, value, "");
        }
        Optional<String> nothing = reset
                ? Optional.empty()
                : OptionTable.find(name).flatMap(option -> option.type().nothing());
        return nothing.map(zero -> new ConfigLine(ConfigLine.Command.SET, name, zero, ""))
                .orElseGet(() -> new ConfigLine(ConfigLine.Command.CLEAR, name, "", ""));
    }

    private ControlReply loadConf(ControlCommand command) {
        if (!command.words().isEmpty()) {
            return ControlReply.takesAtMost(command, 0);
        }
        if (command.data().isEmpty()) {
            return ControlReply.of(ControlReply.BAD_ARGUMENT, "Bad arguments to " + command.written() + ": Empty body");
        }
        return propose(ConfigurationProposal.torrc(command.data(), source, this::warn));
    }

    private ControlReply propose(ConfigurationProposal proposal) {
        try {
            controlled.change(proposal);
        } catch (TorException impossible) {
            return ControlReply.of(ControlReply.INVALID, "Unable to set option: " + impossible.getMessage());
        }
        return proposal.reply().afterwards(() -> changed(proposal.before(), proposal.after()));
    }

    private ControlReply saveConf(ControlArguments arguments) {
        boolean force = arguments.keywords().stream().anyMatch(word -> word.is("FORCE"));
        try {
            if (!force && !source.isWritable()) {
                throw new LocalFailure("it includes other files, whose settings would be lost; or there is none");
            }
            source.save(text());
        } catch (LocalFailure inTheWay) {
            log.warn(Log.Domain.CONFIG, "The configuration was not saved: " + inTheWay.getMessage());
            return ControlReply.of(ControlReply.FAILED, "Unable to write configuration to disk.");
        }
        return ControlReply.ok();
    }

    private String text() throws LocalFailure {
        return controlled.options().dumpOver(source.defaults());
    }

    private void warn(String warning) {
        log.warn(Log.Domain.CONFIG, warning);
    }

    private Optional<String> optionValue(String name) {
        return OptionTable.find(name)
                .map(option -> String.join("\n", controlled.options().values(option)));
    }

    private static String optionNames() {
        Stream<String> real = OptionTable.ofCTor().stream()
                .map(option -> option.name() + " " + option.type().label());
        Stream<String> virtual =
                OptionTable.slots().stream().filter(OptionTable.Slot::isShared).map(slot -> slot.name() + " Virtual");
        return Stream.concat(real, virtual)
                .sorted(String.CASE_INSENSITIVE_ORDER)
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    /** As C tor lists them: lists of relays, and the one other that has no default, are left out; who is asked first comes last. */
    private static String optionDefaults() throws LocalFailure {
        Stream<String> options = OptionTable.ofCTor().stream()
                .filter(option -> option.type() != OptionType.ROUTER_LIST
                        && !option.name().equals("TrackHostExits")
                        && option.defaultText() != null)
                .map(option -> defaultLine(option.name(), Objects.requireNonNull(option.defaultText())));
        Stream<String> hidden = Stream.of(defaultLine("___UsingTestNetworkDefaults", "0"));
        Stream<String> authorities =
                PublicNetwork.authorityLines().stream().map(line -> defaultLine("DirAuthority", line));
        Stream<String> fallbacks = PublicNetwork.fallbackLines().stream().map(line -> defaultLine("FallbackDir", line));
        return Stream.of(Stream.concat(hidden, options).sorted(String.CASE_INSENSITIVE_ORDER), authorities, fallbacks)
                .flatMap(lines -> lines)
                .collect(Collectors.joining());
    }

    private static String defaultLine(String name, String value) {
        return name + " " + CString.quote(value) + "\n";
    }
}

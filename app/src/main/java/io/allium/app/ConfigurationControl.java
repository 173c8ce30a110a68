package io.allium.app;

import io.allium.base.TorException;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlCommand;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlReply;
import io.allium.control.ControlWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The configuration, as controllers see it and change it. Immutable.
 *
 * @spec control-spec 3.1, 3.2, 3.3, 3.9, 4.1.18
 */
final class ConfigurationControl implements ControlPart {
    private final Controlled controlled;
    private final Tor.Source source;
    private final ControlEvents events;

    ConfigurationControl(Controlled controlled, Tor.Source source, ControlEvents events) {
        this.controlled = controlled;
        this.source = source;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key("config-file", "Where the torrc is.", source::torrc)
                .key("config-defaults-file", "Where the defaults-torrc is.", source::defaultsTorrc)
                .key(
                        "config-text",
                        "The configuration as a torrc.",
                        () -> controlled.options().dump(false))
                .key("config-can-saveconf", "Whether SAVECONF can write the torrc.", () -> "0")
                .key("config/names", "The options and their types.", ConfigurationControl::optionNames)
                .key("config/defaults", "The options' defaults.", ConfigurationControl::optionDefaults)
                .prefix("config/", "An option's value.", this::optionValue)
                .command("GETCONF", (command, session) -> getConf(command))
                .command("SETCONF", (command, session) -> setConf(command, false))
                .command("RESETCONF", (command, session) -> setConf(command, true));
    }

    /** Each option that changed, with its values. */
    void changed(Options now, List<Option> changed) {
        if (changed.isEmpty() || !events.wanted(ControlEvent.CONF_CHANGED)) {
            return;
        }
        List<String> lines = new ArrayList<>();
        for (Option option : changed) {
            List<String> values = now.values(option);
            if (values.isEmpty()) {
                lines.add(option.name());
            }
            values.forEach(value -> lines.add(option.name() + "=" + value));
        }
        events.list(ControlEvent.CONF_CHANGED, lines);
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

    private Optional<String> optionValue(String name) {
        return OptionTable.find(name)
                .map(option -> String.join("\n", controlled.options().values(option)));
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
}

package io.allium.control;

import io.allium.base.ProtocolViolation;
import io.allium.base.TorException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What every control port knows, whatever it controls: asking, hearing, owning, leaving. Immutable.
 *
 * @spec control-spec 3.4, 3.9, 3.11, 3.19, 3.23
 */
final class SessionCommands implements ControlPart {
    /** What SETEVENTS takes that is always so, and what there is no more. */
    private static final List<String> WITHOUT_EFFECT = List.of("EXTENDED", "AUTHDIR_NEWDESCS");

    private static final List<String> FEATURES = List.of("VERBOSE_NAMES", "EXTENDED_EVENTS");

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key("info/names", "What GETINFO can be asked.", catalogue::names)
                .key("events/names", "What SETEVENTS may name.", ControlEvent::names)
                .key("features/names", "What USEFEATURE may name.", () -> String.join(" ", FEATURES))
                .command("GETINFO", (command, session) -> getInfo(catalogue, command, session))
                .command("SETEVENTS", SessionCommands::setEvents)
                .command("USEFEATURE", (command, session) -> useFeature(command))
                .command(
                        "SETROUTERPURPOSE", (command, session) -> ControlReply.of(511, "SETROUTERPURPOSE is obsolete."))
                .command("TAKEOWNERSHIP", (command, session) -> own(session, true))
                .command("DROPOWNERSHIP", (command, session) -> own(session, false))
                .command(
                        "QUIT",
                        (command, session) -> ControlReply.of(ControlReply.OK, "closing connection")
                                .andClose());
    }

    private static ControlReply getInfo(ControlCatalogue catalogue, ControlCommand command, ControlSession session)
            throws TorException, InterruptedException {
        ControlReply values = new ControlReply();
        ControlReply unknown = new ControlReply();
        boolean allKnown = true;
        for (String key : command.words()) {
            Optional<String> value;
            try {
                value = catalogue.answer(key, session);
            } catch (ProtocolViolation nothingToAsk) {
                return ControlReply.of(ControlReply.UNRECOGNIZED, nothingToAsk.getMessage());
            }
            if (value.isPresent()) {
                values.value(key, value.get());
                if (values.isTooLong()) {
                    return ControlReply.tooLong();
                }
            } else {
                allKnown = false;
                unknown.line(ControlReply.UNRECOGNIZED, "Unrecognized key \"" + key + "\"");
            }
        }
        return allKnown ? values.line(ControlReply.OK, "OK") : unknown;
    }

    private static ControlReply setEvents(ControlCommand command, ControlSession session) {
        Set<ControlEvent> events = EnumSet.noneOf(ControlEvent.class);
        for (String word : command.words()) {
            if (WITHOUT_EFFECT.contains(word.toUpperCase(Locale.ROOT))) {
                continue;
            }
            Optional<ControlEvent> event = ControlEvent.named(word);
            if (event.isEmpty()) {
                return ControlReply.of(ControlReply.UNRECOGNIZED, "Unrecognized event \"" + word + "\"");
            }
            events.add(event.get());
        }
        session.subscribe(events);
        return ControlReply.ok();
    }

    private static ControlReply useFeature(ControlCommand command) {
        for (String word : command.words()) {
            if (!FEATURES.contains(word.toUpperCase(Locale.ROOT))) {
                return ControlReply.of(ControlReply.UNRECOGNIZED, "Unrecognized feature \"" + word + "\"");
            }
        }
        return ControlReply.ok();
    }

    private static ControlReply own(ControlSession session, boolean owns) {
        session.own(owns);
        return ControlReply.ok();
    }
}

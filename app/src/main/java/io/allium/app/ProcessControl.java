package io.allium.app;

import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.control.CString;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlCommand;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlReply;
import io.allium.control.ControlTime;
import io.allium.control.StatusEvents;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The process, as controllers see it: what it is, how far it is, where it listens, what it says; and the signals that they give it.
 * Immutable.
 *
 * @spec control-spec 3.7, 3.9, 4.1.5, 4.1.17
 */
final class ProcessControl implements ControlPart, TorLog.Listener {
    private static final Set<String> NEVER_OPEN = Set.of("trans", "natd", "dns", "httptunnel", "extor");

    private final Controlled controlled;
    private final Ports ports;
    private final BootstrapStatus bootstrap;
    private final OwnProcess process;
    private final ZoneId zone;
    private final Time time;
    private final long startedNanos;
    private final ControlEvents events;

    ProcessControl(
            Controlled controlled,
            Ports ports,
            BootstrapStatus bootstrap,
            OwnProcess process,
            ZoneId zone,
            Time time,
            long startedNanos,
            ControlEvents events) {
        this.controlled = controlled;
        this.ports = ports;
        this.bootstrap = bootstrap;
        this.process = process;
        this.zone = zone;
        this.time = time;
        this.startedNanos = startedNanos;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key("version", "The version of Tor, and ours.", () -> Version.TEXT)
                .key("signal/names", "What SIGNAL may name.", () -> ControlSignal.NAMES)
                .key("process/pid", "The process ID.", () -> Long.toString(process.id()))
                .key("process/user", "Whose process it is.", process::user)
                .key("process/uid", "The number of its user.", () -> Long.toString(process.uid()))
                .key(
                        "process/descriptor-limit",
                        "How many files it may open.",
                        () -> Long.toString(process.descriptorLimit()))
                .key(
                        "limits/max-mem-in-queues",
                        "How many bytes may wait in queues before circuits are closed.",
                        () -> Long.toString(maxMemInQueues()))
                .key(
                        "uptime",
                        "Seconds since the start.",
                        () -> Long.toString(
                                Duration.ofNanos(time.nanos() - startedNanos).toSeconds()))
                .prefix("current-time/", "The time, UTC or here.", zoneName -> Optional.empty())
                .key("current-time/utc", "The time, UTC.", () -> ControlTime.joined(time.now(), ZoneOffset.UTC))
                .key("current-time/local", "The time here.", () -> ControlTime.joined(time.now(), zone))
                .key("dormant", "Whether we sleep because nobody uses us.", () -> controlled.isDormant() ? "1" : "0")
                .key("status/bootstrap-phase", "The last step of the bootstrap.", bootstrap::phase)
                .key(
                        "status/enough-dir-info",
                        "Whether circuits can be built.",
                        () -> bootstrap.hasEnoughInformation() ? "1" : "0")
                .prefix("net/listeners/", "Where a kind of port is open.", this::listeners)
                .command("SIGNAL", (command, session) -> signal(command));
    }

    /** Where a kind of port is open; some kinds never are, as they are not supported yet. */
    private Optional<String> listeners(String name) {
        return Stream.of(Ports.Kind.values())
                .filter(kind -> kind.key().equals(name))
                .findFirst()
                .map(ports::listeners)
                .or(() -> NEVER_OPEN.contains(name) ? Optional.of("") : Optional.empty());
    }

    private long maxMemInQueues() {
        Options options = controlled.options();
        return ChannelConfiguration.maxMemInQueues(options.bytes("MaxMemInQueues"), Connected.isRelay(options));
    }

    private ControlReply signal(ControlCommand command) {
        if (command.words().isEmpty()) {
            return ControlReply.wantsArguments(command, "at least 1");
        }
        if (command.words().size() > 1) {
            return ControlReply.takesAtMost(command, 1);
        }
        String name = command.words().getFirst();
        Optional<ControlSignal> signal = ControlSignal.named(name);
        if (signal.isEmpty()) {
            return ControlReply.of(ControlReply.UNRECOGNIZED, "Unrecognized signal code \"" + name + "\"");
        }
        return ControlReply.ok().afterwards(() -> controlled.signal(signal.get()));
    }

    /** A signal came, from whomever. */
    void signalled(ControlSignal signal) {
        events.tell(ControlEvent.SIGNAL, signal.name());
    }

    @Override
    public boolean wants(Log.Severity severity) {
        return events.wanted(event(severity)) || isForUsers(severity) && events.wanted(ControlEvent.STATUS_GENERAL);
    }

    @Override
    public void line(Log.Severity severity, Log.Domain domain, String text) {
        if (domain == Log.Domain.BUG && isForUsers(severity)) {
            events.status(StatusEvents.Scope.GENERAL, severity, "BUG REASON=" + CString.quote(text));
        }
        events.tell(event(severity), text);
    }

    private static boolean isForUsers(Log.Severity severity) {
        return severity.compareTo(Log.Severity.NOTICE) <= 0;
    }

    private static ControlEvent event(Log.Severity severity) {
        return switch (severity) {
            case DEBUG -> ControlEvent.DEBUG;
            case INFO -> ControlEvent.INFO;
            case NOTICE -> ControlEvent.NOTICE;
            case WARN -> ControlEvent.WARN;
            case ERR -> ControlEvent.ERR;
        };
    }
}

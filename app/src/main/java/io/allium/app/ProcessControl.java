package io.allium.app;

import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlCommand;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlReply;
import io.allium.control.ControlTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The process, as controllers see it: what it is, how far it is, where it listens, what it says; and the signals that they give it.
 * Immutable.
 *
 * @spec control-spec 3.7, 3.9, 4.1.4, 4.1.5, 4.1.17
 */
final class ProcessControl implements ControlPart, TorLog.Listener {
    private final Controlled controlled;
    private final Ports ports;
    private final BootstrapStatus bootstrap;
    private final Time time;
    private final long startedNanos;
    private final ControlEvents events;

    ProcessControl(
            Controlled controlled,
            Ports ports,
            BootstrapStatus bootstrap,
            Time time,
            long startedNanos,
            ControlEvents events) {
        this.controlled = controlled;
        this.ports = ports;
        this.bootstrap = bootstrap;
        this.time = time;
        this.startedNanos = startedNanos;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key("version", "The version of Tor, and ours.", () -> Version.TEXT)
                .key("signal/names", "What SIGNAL may name.", () -> ControlSignal.NAMES)
                .key(
                        "process/pid",
                        "The process ID.",
                        () -> Long.toString(ProcessHandle.current().pid()))
                .key("process/user", "Whose process it is.", () -> System.getProperty("user.name", ""))
                .key("process/uid", "The number of its user.", () -> "-1")
                .key("process/descriptor-limit", "How many files it may open.", () -> "-1")
                .key(
                        "uptime",
                        "Seconds since the start.",
                        () -> Long.toString(
                                Duration.ofNanos(time.nanos() - startedNanos).toSeconds()))
                .key("current-time/utc", "The time, UTC.", () -> ControlTime.seconds(time.now()))
                .key("dormant", "Whether we sleep.", () -> "0")
                .key("status/bootstrap-phase", "The last step of the bootstrap.", bootstrap::phase)
                .key(
                        "status/enough-dir-info",
                        "Whether circuits can be built.",
                        () -> bootstrap.hasEnoughInformation() ? "1" : "0")
                .key(
                        "network-liveness",
                        "Whether the network answers.",
                        () -> bootstrap.hasEnoughInformation() ? "up" : "down")
                .command("SIGNAL", (command, session) -> signal(command));
        for (Ports.Kind kind : Ports.Kind.values()) {
            catalogue.key("net/listeners/" + kind.key(), "Where the port is open.", () -> ports.listeners(kind));
        }
        for (String none : List.of("trans", "natd", "dns", "httptunnel", "extor", "metrics")) {
            catalogue.key("net/listeners/" + none, "Never open: not supported yet.", () -> "");
        }
    }

    private ControlReply signal(ControlCommand command) {
        if (command.words().size() != 1) {
            return ControlReply.wantsArguments(command, "exactly one");
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

    /** What the links carried in the last second. */
    void bandwidth(long read, long written) {
        events.tell(ControlEvent.BW, read + " " + written);
    }

    @Override
    public boolean wants(Log.Severity severity) {
        return events.wanted(event(severity));
    }

    @Override
    public void line(Log.Severity severity, Log.Domain domain, String text) {
        events.tell(event(severity), text);
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

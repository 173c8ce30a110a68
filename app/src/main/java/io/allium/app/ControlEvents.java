package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.channel.Channel;
import io.allium.channel.ChannelEvents;
import io.allium.channel.ChannelTarget;
import io.allium.client.CircuitEvents;
import io.allium.client.GuardEvents;
import io.allium.client.StreamEvents;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.onionservice.ServiceEvents;
import io.allium.onionservice.ServiceStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens in this Tor and tells each controller what it asked to hear. Called from any thread and never
 * waits: each session has a queue.
 *
 * @spec control-spec 4.1
 */
final class ControlEvents
        implements CircuitEvents,
                StreamEvents,
                GuardEvents,
                ChannelEvents,
                ServiceEvents,
                StatusEvents,
                TorLog.Listener {
    /** What SETEVENTS may name: those that are really told. */
    static final Set<String> NAMES = new TreeSet<>(Set.of(
            "CIRC",
            "CIRC_MINOR",
            "STREAM",
            "ORCONN",
            "BW",
            "DEBUG",
            "INFO",
            "NOTICE",
            "WARN",
            "ERR",
            "NEWCONSENSUS",
            "NEWDESC",
            "STATUS_GENERAL",
            "STATUS_CLIENT",
            "STATUS_SERVER",
            "GUARD",
            "SIGNAL",
            "CONF_CHANGED"));

    private final List<ControlSession> sessions = new CopyOnWriteArrayList<>();

    void add(ControlSession session) {
        sessions.add(session);
    }

    void remove(ControlSession session) {
        sessions.remove(session);
    }

    /** Whether any controller wants to hear this. */
    boolean wanted(String event) {
        return sessions.stream().anyMatch(session -> session.wants(event));
    }

    @Override
    public void circuitChanged(CircuitEvents.Status status) {
        if (wanted("CIRC")) {
            tell("CIRC", "CIRC " + ControlText.circuit(status));
        }
    }

    @Override
    public void useChanged(CircuitEvents.Status status, CircuitEvents.Use before, Optional<Instant> cannibalised) {
        if (wanted("CIRC_MINOR")) {
            tell("CIRC_MINOR", "CIRC_MINOR " + ControlText.circuitUse(status, before, cannibalised));
        }
    }

    @Override
    public void streamChanged(StreamEvents.Status status) {
        if (wanted("STREAM")) {
            tell("STREAM", "STREAM " + ControlText.stream(status));
        }
    }

    @Override
    public void guardChanged(Fingerprint guard, String nickname, GuardEvents.Change change) {
        tell("GUARD", "GUARD ENTRY " + new CircuitEvents.Hop(guard, nickname) + " " + change);
    }

    @Override
    public void launched(long id, ChannelTarget target, Endpoint to) {
        tell("ORCONN", "ORCONN " + target.fingerprint() + " LAUNCHED ID=" + id);
    }

    @Override
    public void accepted(long id, @Nullable Endpoint from) {
        tell("ORCONN", "ORCONN " + (from == null ? "(unknown)" : from) + " NEW ID=" + id);
    }

    @Override
    public void connected(long id, Channel channel) {
        tell("ORCONN", "ORCONN " + ControlText.peer(channel) + " CONNECTED ID=" + id);
    }

    @Override
    public void failed(long id, @Nullable ChannelTarget target, ChannelEvents.Reason reason, String why) {
        String peer = target == null ? "(unknown)" : target.fingerprint().toString();
        tell("ORCONN", "ORCONN " + peer + " FAILED REASON=" + reason + " ID=" + id);
    }

    @Override
    public void closed(long id, Channel channel, ChannelEvents.Reason reason, String why) {
        tell("ORCONN", "ORCONN " + ControlText.peer(channel) + " CLOSED REASON=" + reason + " ID=" + id);
    }

    @Override
    public void status(StatusEvents.Scope scope, Log.Severity severity, String action) {
        tell("STATUS_" + scope, "STATUS_" + scope + " " + severity + " " + action);
    }

    /** With actions of our own, which control-spec lets a controller pass over that does not know them. */
    @Override
    public void told(ServiceStatus service) {
        status(
                StatusEvents.Scope.SERVER,
                service.isReady() || !service.isFailing() ? Log.Severity.NOTICE : Log.Severity.WARN,
                (service.isReady() ? "ONION_SERVICE_READY " : "ONION_SERVICE_UNREACHABLE ")
                        + ControlText.service(service));
    }

    @Override
    public boolean wants(Log.Severity severity) {
        return wanted(severity.name());
    }

    @Override
    public void line(Log.Severity severity, Log.Domain domain, String text) {
        tell(severity.name(), severity + " " + text);
    }

    void bandwidth(long read, long written) {
        tell("BW", "BW " + read + " " + written);
    }

    void signal(String name) {
        tell("SIGNAL", "SIGNAL " + name.toUpperCase(Locale.ROOT));
    }

    /** What a new consensus says of every relay. */
    void newConsensus(NetworkView view) {
        if (wanted("NEWCONSENSUS")) {
            document(
                    "NEWCONSENSUS",
                    view.relays().stream()
                            .map(relay -> ControlText.relay(relay.status()))
                            .collect(Collectors.joining("\n")));
        }
    }

    /** Descriptors of these relays came. */
    void newDescriptors(List<Fingerprint> relays) {
        if (!relays.isEmpty() && wanted("NEWDESC")) {
            tell("NEWDESC", "NEWDESC " + relays.stream().map(Object::toString).collect(Collectors.joining(" ")));
        }
    }

    /** Each option that changed, with its values. */
    void configurationChanged(Options now, List<Option> changed) {
        if (changed.isEmpty() || !wanted("CONF_CHANGED")) {
            return;
        }
        StringBuilder text = new StringBuilder("650-CONF_CHANGED\r\n");
        for (Option option : changed) {
            List<String> values = now.values(option);
            if (values.isEmpty()) {
                text.append("650-").append(option.name()).append("\r\n");
            }
            values.forEach(value -> text.append("650-")
                    .append(option.name())
                    .append('=')
                    .append(value)
                    .append("\r\n"));
        }
        send("CONF_CHANGED", text.append("650 OK\r\n").toString());
    }

    /** An event whose data are many lines. */
    private void document(String event, String lines) {
        if (wanted(event)) {
            String block = new ControlReply().value("", lines + "\n").toString();
            send(event, "650+" + event + block.substring("250+=".length()) + "650 OK\r\n");
        }
    }

    /** One line. */
    private void tell(String event, String text) {
        if (wanted(event)) {
            send(event, ControlReply.of(ControlReply.EVENT, text).toString());
        }
    }

    private void send(String event, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (ControlSession session : sessions) {
            if (session.wants(event)) {
                session.enqueue(bytes);
            }
        }
    }
}

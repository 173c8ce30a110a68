package io.allium.control;

import io.allium.base.Log;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Tells each controller what it asked to hear. Called from any thread and never waits: each session has a queue.
 *
 * @spec control-spec 4.1
 */
public final class ControlEvents implements StatusEvents {
    private final List<ControlSession> sessions = new CopyOnWriteArrayList<>();

    void add(ControlSession session) {
        sessions.add(session);
    }

    void remove(ControlSession session) {
        sessions.remove(session);
    }

    /** Whether any controller wants to hear this: whoever has work to put an event into words asks first. */
    public boolean wanted(ControlEvent event) {
        return sessions.stream().anyMatch(session -> session.wants(event));
    }

    /** An event that is no more than its name. */
    public void tell(ControlEvent event) {
        send(event, () -> ControlReply.of(ControlReply.EVENT, event.name()));
    }

    /** An event of one line: its name and this behind it. */
    public void tell(ControlEvent event, String text) {
        send(event, () -> ControlReply.of(ControlReply.EVENT, event + " " + text));
    }

    /** An event of several lines, the first with its name alone. */
    public void list(ControlEvent event, List<String> lines) {
        send(event, () -> {
            ControlReply reply = ControlReply.of(ControlReply.EVENT, event.name());
            lines.forEach(line -> reply.line(ControlReply.EVENT, line));
            return reply.line(ControlReply.EVENT, "OK");
        });
    }

    /**
     * An event with a block of data.
     *
     * @param text what stands behind its name; may be empty
     * @param lines the data, each line with its end
     */
    public void document(ControlEvent event, String text, String lines) {
        send(
                event,
                () -> ControlReply.document(ControlReply.EVENT, (event + " " + text).strip(), lines)
                        .line(ControlReply.EVENT, "OK"));
    }

    @Override
    public void status(StatusEvents.Scope scope, Log.Severity severity, String action) {
        tell(
                switch (scope) {
                    case GENERAL -> ControlEvent.STATUS_GENERAL;
                    case CLIENT -> ControlEvent.STATUS_CLIENT;
                    case SERVER -> ControlEvent.STATUS_SERVER;
                },
                severity + " " + action);
    }

    private interface Words {
        ControlReply get();
    }

    private void send(ControlEvent event, Words words) {
        if (!wanted(event)) {
            return;
        }
        byte[] bytes = words.get().toBytes();
        for (ControlSession session : sessions) {
            if (session.wants(event)) {
                session.enqueue(bytes);
            }
        }
    }
}

package io.allium.app;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Network;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Wire;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One control port: takes controllers in and gives each a session. Its fields are final or safe from any thread. */
final class ControlPort implements AutoCloseable {
    /** People run a handful of controllers; more than this is a mistake, or somebody guessing passwords. */
    static final int SESSIONS_MAX = 100;

    private final Network.Listener socket;
    private final ControlAuthentication authentication;
    private final ControlCommands commands;
    private final ControlEvents events;
    private final Controlled controlled;
    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private final TaskGroup sessions;
    private final Queue<ControlSession> open = new ConcurrentLinkedQueue<>(); // the oldest first

    ControlPort(
            Network.Listener socket,
            ControlAuthentication authentication,
            ControlCommands commands,
            ControlEvents events,
            Controlled controlled,
            Time time,
            Tasks tasks,
            Log log) {
        this.socket = socket;
        this.authentication = authentication;
        this.commands = commands;
        this.events = events;
        this.controlled = controlled;
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.sessions = new TaskGroup(tasks, "control-port");
    }

    /**
     * The ports that may be opened. Where anybody who connects may do everything, only this machine may connect: a port
     * that others reach is left out, as in C tor.
     */
    static List<PortLine> safe(List<PortLine> lines, ControlAuthentication authentication, Log log) {
        if (!authentication.admitsAnybody() || lines.isEmpty()) {
            return lines;
        }
        List<PortLine> safe = lines.stream().filter(PortLine::isLocal).toList();
        log.warn(
                Domain.CONTROL,
                safe.size() == lines.size()
                        ? "ControlPort is open, but no authentication method has been configured: any program on your"
                                + " computer can reconfigure your Tor. Set CookieAuthentication or HashedControlPassword."
                        : "You have a ControlPort set to accept unauthenticated connections from a non-local address:"
                                + " anybody on the network could reconfigure your Tor. It stays closed. Set"
                                + " HashedControlPassword, or let the port listen on 127.0.0.1.");
        return safe;
    }

    /** Begins to accept. */
    void start() {
        sessions.fork("accept", this::accept);
    }

    Network.Listener socket() {
        return socket;
    }

    @Override
    public void close() {
        socket.close();
        sessions.close();
    }

    private void accept() throws InterruptedException {
        while (true) {
            Wire controller;
            try {
                controller = socket.acceptNext(time, log);
            } catch (ClosedChannelException closed) {
                return;
            }
            ControlSession session = new ControlSession(controller, authentication, commands, events, tasks, log);
            if (open.size() >= SESSIONS_MAX && !makeRoom()) {
                log.warn(Domain.CONTROL, "More than " + SESSIONS_MAX + " controllers at once: turning one away.");
                controller.close();
                continue;
            }
            open.add(session);
            sessions.fork("session", () -> serve(session));
        }
    }

    /** Sends away whoever has been connected for longest without saying who he is: he must not keep controllers out. */
    private boolean makeRoom() {
        Optional<ControlSession> stranger =
                open.stream().filter(session -> !session.isAuthenticated()).findFirst();
        stranger.ifPresent(session -> {
            open.remove(session);
            session.close();
        });
        return stranger.isPresent();
    }

    private void serve(ControlSession session) throws InterruptedException {
        boolean owned;
        try {
            owned = session.run();
        } finally {
            open.remove(session);
        }
        if (owned) {
            log.notice(Domain.CONTROL, "Owning controller connection has closed -- exiting now.");
            controlled.signal(ControlSignal.HALT);
        }
    }
}

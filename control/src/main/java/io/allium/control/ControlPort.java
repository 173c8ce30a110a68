package io.allium.control;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Network;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Wire;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One control port: takes controllers in and gives each a session. Its fields are final or safe from any thread. */
public final class ControlPort implements AutoCloseable {
    /** People run a handful of controllers; more than this is a mistake, or somebody guessing passwords. */
    public static final int SESSIONS_MAX = 100;

    private final Network.Listener socket;
    private final String version;
    private final ControlCatalogue catalogue;
    private final ControlEvents events;
    private final Runnable ownerGone;
    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private final TaskGroup sessions;
    private volatile ControlAuthentication authentication;
    private final Queue<ControlSession> open = new ConcurrentLinkedQueue<>(); // the oldest first

    /**
     * Accepts nobody yet.
     *
     * @param version what PROTOCOLINFO gives as the version of Tor
     * @param ownerGone done when a controller leaves that has taken ownership of this process
     */
    public ControlPort(
            Network.Listener socket,
            String version,
            ControlAuthentication authentication,
            ControlCatalogue catalogue,
            ControlEvents events,
            Runnable ownerGone,
            Time time,
            Tasks tasks,
            Log log) {
        this.socket = socket;
        this.version = version;
        this.authentication = authentication;
        this.catalogue = catalogue;
        this.events = events;
        this.ownerGone = ownerGone;
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.sessions = new TaskGroup(tasks, "control-port");
    }

    /** Begins to accept. */
    public void start() {
        sessions.fork("accept", this::accept);
    }

    /** Where it listens. */
    public Network.Listener socket() {
        return socket;
    }

    /** From now on controllers have to prove this; those that are in stay in. */
    public void authenticate(ControlAuthentication by) {
        authentication = by;
    }

    /** Takes nobody in any more; those that are in stay in until they leave, or until it is closed. */
    public void stopAccepting() {
        socket.close();
    }

    /** Whether a controller is connected. */
    public boolean isInUse() {
        return !open.isEmpty();
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
            ControlSession session =
                    new ControlSession(controller, version, () -> authentication, catalogue, events, tasks, log);
            if (open.size() >= SESSIONS_MAX && !makeRoom()) {
                log.warn(Domain.CONTROL, "More than " + SESSIONS_MAX + " controllers at once: turning one away.");
                controller.close();
                continue;
            }
            open.add(session);
            tellOf(controller);
            sessions.fork("session", () -> serve(session));
        }
    }

    /** Whoever controls us can do anything: our operator should see that somebody came. */
    private void tellOf(Wire controller) {
        Endpoint from = controller.remote();
        log.notice(
                Domain.CONTROL,
                "New control connection opened"
                        + (from == null ? "" : " from " + from.address().getHostAddress()) + ".");
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
            ownerGone.run();
        }
    }
}

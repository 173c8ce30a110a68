package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Network;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Seats;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Wire;
import io.allium.control.StatusEvents;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;

/**
 * One SOCKS port: takes applications in and gives each a session. Its fields are final or volatile.
 */
final class SocksListener implements AutoCloseable {
    /**
     * As many applications at once as C tor's ConnLimit promises, and some. One more takes the place of the one that has
     * been silent for longest, so that nobody keeps others out by saying nothing; where all have said what they want, it is
     * turned away.
     */
    static final int SESSIONS_MAX = 8192;
    /** C tor's SOCKS_WARN_INTERVAL is 5 s. */
    private static final Duration WARN_INTERVAL = Duration.ofSeconds(5);

    private volatile PortLine port;
    private final int ownGroup;
    private final Network.Listener socket;
    private final Time time;
    private final Log log;
    private final Streams streams;
    private final StatusEvents events;
    private final TaskGroup sessions;
    private final int sessionsMax;
    private final Seats seats;
    private final LogRate warnings;
    private volatile SocksRules rules;

    /** @param sessionGroup the number for controllers of the port's streams, where its line gives none */
    SocksListener(
            PortLine port,
            Network.Listener socket,
            SocksRules rules,
            Streams streams,
            StatusEvents events,
            Tasks tasks,
            Time time,
            Log log,
            int sessionGroup) {
        this(port, socket, rules, streams, events, tasks, time, log, sessionGroup, SESSIONS_MAX);
    }

    /** The same for fewer applications, for tests. */
    SocksListener(
            PortLine port,
            Network.Listener socket,
            SocksRules rules,
            Streams streams,
            StatusEvents events,
            Tasks tasks,
            Time time,
            Log log,
            int sessionGroup,
            int sessionsMax) {
        this.port = port;
        this.ownGroup = sessionGroup;
        this.socket = socket;
        this.rules = rules;
        this.streams = streams;
        this.events = events;
        this.time = time;
        this.log = log;
        this.sessions = new TaskGroup(tasks, "socks");
        this.warnings = new LogRate(time, WARN_INTERVAL);
        this.sessionsMax = sessionsMax;
        this.seats = new Seats(sessionsMax);
    }

    /** Begins to accept. */
    void start() {
        sessions.fork("accept", this::accept);
    }

    /** The same place with other flags, and other rules, from now on. */
    void configure(PortLine line, SocksRules newRules) {
        port = line;
        rules = newRules;
    }

    PortLine port() {
        return port;
    }

    Network.Listener socket() {
        return socket;
    }

    /** The number by which controllers know what this port's streams have in common. */
    int sessionGroup() {
        return port.sessionGroup().orElse(ownGroup);
    }

    /** What isolates this port's streams from those of others. */
    String group() {
        PortLine now = port;
        return now.sessionGroup().isPresent() ? "group " + now.sessionGroup().getAsInt() : "port " + place();
    }

    /**
     * Warns of what a request gives away, and refuses what the rules refuse.
     *
     * @return the request that is to be served, its address replaced as MapAddress says
     */
    SocksRequest admit(SocksRequest request) throws Refused {
        SocksRules current = rules;
        warnOfLeak(request, current);
        warnOfPlaintext(request, current);
        Optional<Refused> refusal = current.refusal(request, port);
        if (refusal.isPresent()) {
            if (warnings.permits()) {
                log.warn(
                        Domain.APP,
                        "Refused a SOCKS request for " + log.scrub(request.host()) + ":" + request.port() + ": "
                                + refusal.get().getMessage() + ".");
            }
            throw refusal.get();
        }
        return current.mapped(request);
    }

    /** Somebody spoke something else. */
    void notSocks(ProtocolViolation violation) {
        events.status(StatusEvents.Scope.CLIENT, Log.Severity.WARN, "SOCKS_UNKNOWN_PROTOCOL");
        if (warnings.permits()) {
            log.warn(Domain.APP, violation.getMessage());
        }
    }

    /** Whoever is here stays, and nobody else comes. */
    void stopAccepting() {
        socket.close();
    }

    /** Whether any application is here. */
    boolean isInUse() {
        return seats.taken() > 0;
    }

    @Override
    public void close() {
        socket.close();
        sessions.close();
    }

    private void accept() throws InterruptedException {
        while (true) {
            Wire application;
            try {
                application = socket.acceptNext(time, log);
            } catch (ClosedChannelException closed) {
                return;
            }
            if (!admits(application)) {
                application.close();
                continue;
            }
            sessions.fork("session", () -> {
                try {
                    new SocksSession(application, this, streams, time, log).run();
                } finally {
                    seats.leave(application);
                }
            });
        }
    }

    /** Counts the application in, unless the policy or the bound is against it. */
    private boolean admits(Wire application) {
        Endpoint remote = application.remote();
        if (remote != null && !rules.policy().allows(remote.address(), true)) {
            log.info(Domain.APP, "SocksPolicy refuses " + log.scrub(remote));
            return false;
        }
        Seats.Found found = seats.take(application);
        if (found != Seats.Found.FREE && warnings.permits()) {
            log.warn(Domain.APP, "More than " + sessionsMax + " applications at once: turning one away.");
        }
        return found != Seats.Found.NONE;
    }

    /** Starts something for an application, which ends with the port. */
    Tasks.Task fork(String name, Tasks.Body body) {
        return sessions.fork(name, body);
    }

    /** An application has said what it wants. */
    void heard(Wire application) {
        seats.works(application);
    }

    private void warnOfLeak(SocksRequest request, SocksRules current) {
        String protocol = "socks" + request.version() + (request.version() == 4 && !request.addressed() ? "a" : "");
        if (current.leaksName(request)) {
            events.status(
                    StatusEvents.Scope.CLIENT,
                    Log.Severity.WARN,
                    "DANGEROUS_SOCKS PROTOCOL=SOCKS" + request.version() + " ADDRESS=" + request.host() + ":"
                            + request.port());
            if ((current.safe() || current.test()) && warnings.permits()) {
                log.warn(
                        Domain.APP,
                        "Your application (using " + protocol + " to port " + request.port()
                                + ") gave only an IP address: it may have asked your name server, who then knows where"
                                + " it goes. Let it use socks4a, or socks5 with host names."
                                + (current.safe() ? " Rejecting." : ""));
            }
        } else if (current.test()) {
            log.notice(
                    Domain.APP,
                    "Your application (using " + protocol + " to port " + request.port()
                            + ") left it to Tor to resolve the name. This is good.");
        }
    }

    private void warnOfPlaintext(SocksRequest request, SocksRules current) {
        boolean reject = current.rejectedPorts().contains(request.port());
        if (request.command() != SocksRequest.Command.CONNECT
                || !reject && !current.warnedPorts().contains(request.port())) {
            return;
        }
        events.status(
                StatusEvents.Scope.CLIENT,
                Log.Severity.WARN,
                "DANGEROUS_PORT PORT=" + request.port() + " RESULT=" + (reject ? "REJECT" : "WARN"));
        if (warnings.permits()) {
            log.warn(
                    Domain.APP,
                    "Application request to port " + request.port()
                            + ": programs usually send passwords unencrypted there, and the exit can read them."
                            + (reject ? " Closing." : ""));
        }
    }

    private String place() {
        Endpoint endpoint = socket.endpoint();
        return endpoint == null ? String.valueOf(port.unix()) : endpoint.toString();
    }
}

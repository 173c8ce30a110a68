package io.allium.control;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One controller, from its connection to its end. Commands are read and answered by one task; replies and events go
 * through one queue, which a second task writes, so that an event never stands inside a reply. Confined to the first
 * task but for {@link #enqueue}, {@link #wants} and {@link #close}.
 */
public final class ControlSession {
    /** Replies and events that wait for a slow controller; at debug level some seconds' worth. */
    static final int QUEUE_MAX = 10_000;

    /** Put into the queue, where everything else has some bytes, to say that the connection is to be closed behind it. */
    private static final byte[] END = new byte[0];

    private final Wire controller;
    private final String version;
    private final ControlAuthentication authentication;
    private final ControlCatalogue catalogue;
    private final ControlEvents events;
    private final Tasks tasks;
    private final Log log;
    private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private volatile Set<ControlEvent> subscribed = Set.of();
    private volatile boolean authenticated;
    private boolean askedForProtocol;
    private ControlAuthentication.@Nullable Challenge challenge;
    private boolean owner;
    private final List<Runnable> whenGone = new ArrayList<>();

    ControlSession(
            Wire controller,
            String version,
            ControlAuthentication authentication,
            ControlCatalogue catalogue,
            ControlEvents events,
            Tasks tasks,
            Log log) {
        this.controller = controller;
        this.version = version;
        this.authentication = authentication;
        this.catalogue = catalogue;
        this.events = events;
        this.tasks = tasks;
        this.log = log;
    }

    /**
     * Serves until the controller leaves.
     *
     * @return whether it owned this process
     */
    boolean run() throws InterruptedException {
        try (controller;
                TaskGroup group = new TaskGroup(tasks, "control")) {
            Tasks.Task writer = group.fork("writer", this::write);
            serve();
            queue.put(END);
            writer.join();
        } finally {
            events.remove(this);
            whenGone.forEach(Runnable::run);
        }
        return owner;
    }

    private void serve() throws InterruptedException {
        ControlReader reader = new ControlReader(controller);
        try {
            for (Optional<ControlCommand> command = reader.next(); command.isPresent(); command = reader.next()) {
                ControlReply reply = answer(command.get());
                queue.put(reply.toBytes());
                reply.afterwards().run();
                if (reply.isClosing()) {
                    return;
                }
            }
        } catch (ProtocolViolation tooLong) {
            queue.put(ControlReply.of(500, "Syntax error: " + tooLong.getMessage())
                    .toBytes());
        } catch (IOException gone) {
            log.debug(Domain.CONTROL, "A controller left: " + gone.getMessage());
        }
    }

    private ControlReply answer(ControlCommand command) throws InterruptedException {
        if (!authenticated) {
            return beforeAuthentication(command);
        }
        return switch (command.name()) {
            case "PROTOCOLINFO" -> protocolInfo(command);
            case "AUTHENTICATE" -> ControlReply.ok();
            default -> catalogue.perform(command, this);
        };
    }

    private ControlReply beforeAuthentication(ControlCommand command) {
        return switch (command.name()) {
            case "PROTOCOLINFO" -> protocolInfo(command);
            case "AUTHCHALLENGE" -> authChallenge(command);
            case "AUTHENTICATE" -> authenticate(command);
            case "QUIT" ->
                ControlReply.of(ControlReply.OK, "closing connection").andClose();
            default ->
                ControlReply.of(ControlReply.AUTHENTICATION_REQUIRED, "Authentication required.")
                        .andClose();
        };
    }

    private ControlReply protocolInfo(ControlCommand command) {
        if (askedForProtocol && !authenticated) {
            return ControlReply.of(ControlReply.AUTHENTICATION_REQUIRED, "Authentication required.")
                    .andClose();
        }
        askedForProtocol = true;
        for (String version : command.words()) {
            if (!version.matches("[0-9]{1,9}")) {
                return ControlReply.of(ControlReply.BAD_SYNTAX, "No such version " + CString.quote(version))
                        .andClose();
            }
        }
        return ControlReply.of(ControlReply.OK, "PROTOCOLINFO 1")
                .line(ControlReply.OK, authentication.describe())
                .line(ControlReply.OK, "VERSION Tor=" + CString.quote(version))
                .line(ControlReply.OK, "OK");
    }

    private ControlReply authChallenge(ControlCommand command) {
        if (challenge != null) {
            return ControlReply.of(ControlReply.BAD_SYNTAX, "Another AUTHCHALLENGE")
                    .andClose();
        }
        try {
            challenge = authentication.challenge(command.arguments());
            return ControlReply.of(ControlReply.OK, challenge.reply());
        } catch (ProtocolViolation malformed) {
            return ControlReply.of(ControlReply.BAD_SYNTAX, malformed.getMessage())
                    .andClose();
        } catch (Refused disabled) {
            return ControlReply.of(ControlReply.BAD_AUTHENTICATION, disabled.getMessage())
                    .andClose();
        }
    }

    private ControlReply authenticate(ControlCommand command) {
        Optional<String> refusal = authentication.refusal(command.arguments(), challenge);
        if (refusal.isPresent()) {
            log.warn(Domain.CONTROL, "Bad authentication attempt on the control port: " + refusal.get());
            return ControlReply.of(ControlReply.BAD_AUTHENTICATION, "Authentication failed: " + refusal.get())
                    .andClose();
        }
        authenticated = true;
        events.add(this);
        return ControlReply.ok();
    }

    boolean isAuthenticated() {
        return authenticated;
    }

    /** From now on the controller hears these events and no others. */
    void subscribe(Set<ControlEvent> wanted) {
        subscribed = Set.copyOf(wanted);
    }

    boolean wants(ControlEvent event) {
        return subscribed.contains(event);
    }

    /** Done once the controller has left; after all that was given before. */
    public void whenGone(Runnable action) {
        whenGone.add(action);
    }

    /** Whether this process ends when the controller leaves. */
    void own(boolean owns) {
        owner = owns;
    }

    /** An event; a controller that does not keep up is cut off rather than told half of what happens. */
    void enqueue(byte[] event) {
        if (!queue.offer(event)) {
            controller.close();
        }
    }

    void close() {
        controller.close();
    }

    private void write() throws InterruptedException {
        try {
            for (byte[] message = queue.take(); message.length > 0; message = queue.take()) {
                controller.write(message);
            }
            controller.finish();
        } catch (IOException gone) {
            controller.close();
            queue.clear(); // whoever waits to put something in goes on
        }
    }
}

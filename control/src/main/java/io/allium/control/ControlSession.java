package io.allium.control;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.ProtocolViolation;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Wire;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One controller, from its connection to its end. Commands are read and answered by one task; replies and events go
 * through one queue, which a second task writes, so that an event never stands inside a reply. Confined to the first
 * task but for {@link #enqueue}, {@link #wants} and {@link #close}.
 */
public final class ControlSession {
    /** Replies and events that wait for a slow controller; at debug level some seconds' worth. */
    static final int QUEUE_MAX = 10_000;

    /** How large they may be together: twice the largest answer, which is the consensus of the public network. */
    static final int BYTES_MAX = 8 * 1024 * 1024;

    /** Put into the queue, where everything else has some bytes, to say that the connection is to be closed behind it. */
    private static final byte[] END = new byte[0];

    private final Wire controller;
    private final String version;
    private final Supplier<ControlAuthentication> authentication;
    private final ControlCatalogue catalogue;
    private final ControlEvents events;
    private final Tasks tasks;
    private final Log log;
    private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final Semaphore room = new Semaphore(BYTES_MAX);
    private volatile Set<ControlEvent> subscribed = Set.of();
    private volatile boolean authenticated;
    private volatile boolean cutOff;
    private boolean askedForProtocol;
    private byte @Nullable [] challenge;
    private boolean owner;
    private final Set<Runnable> whenGone = new LinkedHashSet<>();

    ControlSession(
            Wire controller,
            String version,
            Supplier<ControlAuthentication> authentication,
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
            for (Optional<ControlCommand> command = next(reader); command.isPresent(); command = next(reader)) {
                ControlReply reply = answer(command.get());
                send(reply);
                finish(command.get(), reply);
                if (reply.isClosing()) {
                    return;
                }
            }
        } catch (ProtocolViolation tooLong) {
            send(ControlReply.of(ControlReply.SYNTAX_ERROR, tooLong.getMessage()));
        } catch (IOException gone) {
            log.debug(Domain.CONTROL, "A controller left: " + gone.getMessage());
        }
    }

    private Optional<ControlCommand> next(ControlReader reader) throws IOException, ProtocolViolation {
        return reader.next(authenticated ? ControlReader.COMMAND_MAX : ControlReader.STRANGERS_MAX);
    }

    /** Waits for room: a controller that does not read its answers is not read from either. */
    private void send(ControlReply reply) throws InterruptedException {
        byte[] bytes = reply.toBytes();
        room.acquire(share(bytes));
        queue.put(bytes);
    }

    private static int share(byte[] message) {
        return Math.min(message.length, BYTES_MAX);
    }

    private ControlReply answer(ControlCommand command) throws InterruptedException {
        if (!authenticated) {
            return beforeAuthentication(command);
        }
        return switch (command.name()) {
            case "PROTOCOLINFO" -> protocolInfo(command);
            case "AUTHENTICATE" -> authenticate(command);
            case "AUTHCHALLENGE" -> authChallenge(command);
            default -> perform(command);
        };
    }

    /** What fails by a bug of ours fails alone: the controller hears so, and stays connected. */
    private ControlReply perform(ControlCommand command) throws InterruptedException {
        try {
            return catalogue.perform(command, this);
        } catch (RuntimeException bug) {
            tell(bug, command);
            return ControlReply.of(ControlReply.FAILED, "Internal error");
        }
    }

    /** What comes after the reply. Its bugs are told alike, but for the controller, which has had its reply. */
    private void finish(ControlCommand command, ControlReply reply) {
        try {
            reply.afterwards().run();
        } catch (RuntimeException bug) {
            tell(bug, command);
        }
    }

    private void tell(RuntimeException bug, ControlCommand command) {
        log.err(Domain.BUG, "A controller's " + command.name() + " met a bug: " + bug);
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
                .line(ControlReply.OK, authentication.get().describe())
                .line(ControlReply.OK, "VERSION Tor=" + CString.quote(version))
                .line(ControlReply.OK, "OK");
    }

    private ControlReply authChallenge(ControlCommand command) {
        if (challenge != null && !authenticated) {
            return ControlReply.of(ControlReply.AUTHENTICATION_REQUIRED, "Authentication required.")
                    .andClose();
        }
        ControlAuthentication.Challenge given = authentication.get().challenge(command);
        challenge = given.expected();
        return given.reply();
    }

    private ControlReply authenticate(ControlCommand command) {
        Optional<ControlReply> refusal = authentication.get().refusal(command, challenge);
        if (refusal.isPresent()) {
            log.warn(
                    Domain.CONTROL,
                    "Bad authentication attempt on the control port: "
                            + refusal.get().toString().strip());
            return refusal.get();
        }
        challenge = null;
        if (!authenticated) {
            authenticated = true;
            events.add(this);
        }
        return ControlReply.ok();
    }

    /** Where the controller connected from; empty where it came by a Unix socket. */
    public String source() {
        Endpoint remote = controller.remote();
        return remote == null ? "" : remote.toString();
    }

    boolean isAuthenticated() {
        return authenticated;
    }

    /** From now on the controller hears these events and no others. */
    void subscribe(Set<ControlEvent> wanted) {
        subscribed = Set.copyOf(wanted);
    }

    boolean wants(ControlEvent event) {
        return !cutOff && subscribed.contains(event);
    }

    /** Done once the controller has left, after all that was given before; what equals one of that is done no second time. */
    public void whenGone(Runnable action) {
        whenGone.add(action);
    }

    /** Whether this process ends when the controller leaves. */
    void own(boolean owns) {
        owner = owns;
    }

    /** An event; a controller that does not keep up is cut off rather than told half of what happens. */
    void enqueue(byte[] event) {
        if (!room.tryAcquire(share(event))) {
            cutOff();
        } else if (!queue.offer(event)) {
            room.release(share(event));
            cutOff();
        }
    }

    private void cutOff() {
        cutOff = true;
        controller.close();
    }

    void close() {
        controller.close();
    }

    /** Takes to the end, also once the controller has gone: whoever waits to put something in goes on. */
    private void write() throws InterruptedException {
        boolean there = true;
        for (byte[] message = queue.take(); message.length > 0; message = queue.take()) {
            there = there && isWritten(message);
            room.release(share(message));
        }
        if (there) {
            finish();
        }
    }

    private boolean isWritten(byte[] message) {
        try {
            controller.write(message);
            return true;
        } catch (IOException gone) {
            cutOff();
            return false;
        }
    }

    private void finish() {
        try {
            controller.finish();
        } catch (IOException gone) {
            cutOff();
        }
    }
}

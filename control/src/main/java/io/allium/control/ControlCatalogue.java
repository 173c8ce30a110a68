package io.allium.control;

import io.allium.base.ProtocolViolation;
import io.allium.base.TorException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What controllers can ask, each key with its answer and a line that explains it, and what they can have done, each command by its
 * name. Each part of a Tor puts in its own; the port finds them here. Built once, then only read.
 *
 * @spec control-spec 3
 */
public final class ControlCatalogue {
    /** Gives the answer when it is asked for. */
    public interface Answer {
        /**
         * @throws ProtocolViolation where there is nothing to be asked for, as things are: the controller hears 552 and the
         *     message
         * @throws TorException where there is no answer now: the controller hears 551 and the message
         */
        String get() throws TorException, InterruptedException;
    }

    /** The same for keys that share a beginning, and with the same errors. */
    public interface PrefixAnswer {
        /** The answer for the rest of the key, or nothing if there is no such key. */
        Optional<String> get(String rest) throws TorException, InterruptedException;
    }

    /** The same for a key whose answer depends on who asks. */
    public interface SessionAnswer {
        String get(ControlSession session) throws TorException, InterruptedException;
    }

    /** Does what a controller that has authenticated asks for. It may wait: each session has a task of its own. */
    public interface Action {
        /**
         * @throws ControlRefusal where the controller is to hear just that
         * @throws ProtocolViolation where the command's arguments cannot be read: the controller hears 513 and the message
         * @throws TorException where it cannot be done: the controller hears 551 and the message
         */
        ControlReply perform(ControlCommand command, ControlSession session)
                throws ControlRefusal, TorException, InterruptedException;
    }

    /** The same with arguments that have been read. */
    public interface ArgumentsAction {
        ControlReply perform(ControlArguments arguments, ControlSession session)
                throws ControlRefusal, TorException, InterruptedException;
    }

    private interface Lookup {
        Optional<String> get(String rest, ControlSession session) throws TorException, InterruptedException;
    }

    private record Key(String explanation, Lookup lookup) {}

    private final Map<String, Key> keys = new TreeMap<>();
    private final Map<String, Action> commands = new HashMap<>();

    /** One with what these parts put in, and what every control port knows. */
    public static ControlCatalogue of(List<ControlPart> parts) {
        ControlCatalogue catalogue = new ControlCatalogue();
        new SessionCommands().enter(catalogue);
        parts.forEach(part -> part.enter(catalogue));
        return catalogue;
    }

    public ControlCatalogue key(String name, String explanation, Answer answer) {
        keys.put(name, new Key(explanation, (rest, session) -> Optional.of(answer.get())));
        return this;
    }

    /** One whose answer depends on who asks. */
    public ControlCatalogue sessionKey(String name, String explanation, SessionAnswer answer) {
        keys.put(name, new Key(explanation, (rest, session) -> Optional.of(answer.get(session))));
        return this;
    }

    /** A key that is answered and not listed, as some are in C tor. */
    public ControlCatalogue unlisted(String name, Answer answer) {
        return key(name, "", answer);
    }

    /** All keys that begin with {@code prefix}, which ends with a slash. */
    public ControlCatalogue prefix(String prefix, String explanation, PrefixAnswer answer) {
        keys.put(prefix + "*", new Key(explanation, (rest, session) -> answer.get(rest)));
        return this;
    }

    /** @param name in capitals */
    public ControlCatalogue command(String name, Action action) {
        commands.put(name, action);
        return this;
    }

    /**
     * A command whose arguments look like this; where they don't, the controller hears so and nothing is done.
     *
     * @param name in capitals
     */
    public ControlCatalogue command(String name, ControlSyntax syntax, ArgumentsAction action) {
        return command(name, (command, session) -> action.perform(syntax.of(command), session));
    }

    /**
     * The value of a key, or nothing if it is unknown.
     *
     * @throws TorException where the key is known and has no value now
     */
    Optional<String> answer(String name, ControlSession session) throws TorException, InterruptedException {
        Key exact = name.endsWith("*") ? null : keys.get(name);
        if (exact != null) {
            return exact.lookup().get("", session);
        }
        for (int slash = name.lastIndexOf('/'); slash >= 0; slash = name.lastIndexOf('/', slash - 1)) {
            Key prefix = keys.get(name.substring(0, slash + 1) + "*");
            if (prefix != null) {
                return prefix.lookup().get(name.substring(slash + 1), session);
            }
        }
        return Optional.empty();
    }

    /** What {@code info/names} answers. */
    String names() {
        return keys.entrySet().stream()
                .filter(key -> !key.getValue().explanation().isEmpty())
                .map(key -> key.getKey() + " -- " + key.getValue().explanation() + "\n")
                .collect(Collectors.joining());
    }

    /** Does what the command says, whatever that is. */
    ControlReply perform(ControlCommand command, ControlSession session) throws InterruptedException {
        @Nullable Action action = command.isWhole() ? commands.get(command.name()) : null;
        if (action == null) {
            return ControlReply.of(
                    ControlReply.UNRECOGNIZED_COMMAND, "Unrecognized command \"" + command.written() + "\"");
        }
        try {
            return action.perform(command, session);
        } catch (ControlRefusal refused) {
            return refused.reply();
        } catch (ProtocolViolation malformed) {
            return ControlReply.of(ControlReply.BAD_SYNTAX, malformed.getMessage());
        } catch (TorException failed) {
            return ControlReply.of(ControlReply.FAILED, failed.getMessage());
        }
    }
}

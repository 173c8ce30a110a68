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
        String get() throws TorException, InterruptedException;
    }

    /** The same for keys that share a beginning. */
    public interface PrefixAnswer {
        /** The answer for the rest of the key, or nothing if there is no such key. */
        Optional<String> get(String rest) throws TorException, InterruptedException;
    }

    /** Does what a controller that has authenticated asks for. It may wait: each session has a task of its own. */
    public interface Action {
        /**
         * @throws ProtocolViolation where the command's arguments cannot be read: the controller hears 513 and the message
         * @throws TorException where it cannot be done: the controller hears 551 and the message
         */
        ControlReply perform(ControlCommand command, ControlSession session) throws TorException, InterruptedException;
    }

    private record Key(String explanation, PrefixAnswer answer) {}

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
        keys.put(name, new Key(explanation, rest -> Optional.of(answer.get())));
        return this;
    }

    /** All keys that begin with {@code prefix}, which ends with a slash. */
    public ControlCatalogue prefix(String prefix, String explanation, PrefixAnswer answer) {
        keys.put(prefix + "*", new Key(explanation, answer));
        return this;
    }

    /** @param name in capitals */
    public ControlCatalogue command(String name, Action action) {
        commands.put(name, action);
        return this;
    }

    /**
     * The value of a key, or nothing if it is unknown.
     *
     * @throws TorException where the key is known and has no value now
     */
    Optional<String> answer(String name) throws TorException, InterruptedException {
        Key exact = name.endsWith("*") ? null : keys.get(name);
        if (exact != null) {
            return exact.answer().get("");
        }
        for (int slash = name.lastIndexOf('/'); slash >= 0; slash = name.lastIndexOf('/', slash - 1)) {
            Key prefix = keys.get(name.substring(0, slash + 1) + "*");
            if (prefix != null) {
                return prefix.answer().get(name.substring(slash + 1));
            }
        }
        return Optional.empty();
    }

    /** What {@code info/names} answers. */
    String names() {
        return keys.entrySet().stream()
                .map(key -> key.getKey() + " -- " + key.getValue().explanation() + "\n")
                .collect(Collectors.joining());
    }

    /** Does what the command says, whatever that is. */
    ControlReply perform(ControlCommand command, ControlSession session) throws InterruptedException {
        @Nullable Action action = commands.get(command.name());
        if (action == null) {
            return ControlReply.of(
                    ControlReply.UNRECOGNIZED_COMMAND, "Unrecognized command \"" + command.name() + "\"");
        }
        try {
            return action.perform(command, session);
        } catch (ProtocolViolation malformed) {
            return ControlReply.of(ControlReply.BAD_SYNTAX, malformed.getMessage());
        } catch (TorException failed) {
            return ControlReply.of(ControlReply.FAILED, failed.getMessage());
        }
    }
}

package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.base.Unreachable;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * What the last relay of a circuit says of introductions and rendezvous: an answer that somebody waits for, or news that
 * somebody takes. Whatever nobody wants is the relay's violation, since by such messages it could mark the circuit. Safe
 * from any thread.
 *
 * @spec rend-spec-v3 3.1.3, 3.2.2, 4.1
 */
final class CircuitMessages {
    /** By the command that is waited for, of which there are five. */
    private final Map<Integer, CompletableFuture<RelayMessage>> expected = new ConcurrentSkipListMap<>();

    private volatile @Nullable MessageIntake intake;
    private volatile @Nullable String over; // why nothing comes any more

    /** What comes with this command next, once; fails with {@link Unreachable} if the circuit ends before. */
    CompletableFuture<RelayMessage> expect(int command) {
        CompletableFuture<RelayMessage> answer = new CompletableFuture<>();
        if (expected.putIfAbsent(command, answer) != null) {
            throw new IllegalStateException(RelayCommand.name(command) + " is waited for already");
        }
        String why = over;
        if (why != null) { // it may have ended before we were there to be told
            expected.remove(command);
            answer.completeExceptionally(new Unreachable(why));
        }
        return answer;
    }

    /** Nobody waits for it any longer. */
    void forget(int command, CompletableFuture<RelayMessage> answer) {
        expected.remove(command, answer);
    }

    /** From now on {@code taker} takes what nobody waits for. */
    void giveTo(MessageIntake taker) {
        intake = taker;
    }

    /** A message came; on the channel's loop. */
    void came(RelayMessage message) throws ProtocolViolation {
        CompletableFuture<RelayMessage> waiting = expected.remove(message.command());
        MessageIntake taker = intake;
        if (waiting != null) {
            waiting.complete(message);
        } else if (taker != null) {
            taker.message(message);
        } else {
            throw new ProtocolViolation(RelayCommand.name(message.command()) + ": nobody waits for it");
        }
    }

    /** Nothing comes any more. */
    void end(String why) {
        over = why;
        for (CompletableFuture<RelayMessage> waiting : List.copyOf(expected.values())) {
            waiting.completeExceptionally(new Unreachable(why));
        }
        expected.clear();
    }
}

package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.base.Unreachable;
import io.allium.cell.ConfluxTerms;
import io.allium.cell.DestroyReason;
import io.allium.cell.RelayMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A circuit of ours that was asked to become a leg, until the exit answers and ever after: a second answer is as wrong as
 * one that nobody asked for.
 *
 * @spec prop329 2.2, 4.2.1
 */
final class ConfluxJoining {
    private final ConfluxSet set;
    private final Hop last;
    private final long askedAt;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final CompletableFuture<ConfluxLeg> leg = new CompletableFuture<>();

    ConfluxJoining(ConfluxSet set, Hop last, long askedAt) {
        this.set = set;
        this.last = last;
        this.askedAt = askedAt;
    }

    /** The hop that was asked, and is the only one to answer. */
    Hop last() {
        return last;
    }

    /** Fails with {@link Unreachable} if the circuit ends before. */
    CompletableFuture<ConfluxLeg> leg() {
        return leg;
    }

    /** LINKED came; on the channel's loop. Ends the circuit where the set has ended meanwhile. */
    @Nullable
    ConfluxLeg linked(OriginCircuit circuit, Hop from, ConfluxTerms terms) throws ProtocolViolation {
        if (from != last) {
            throw new ProtocolViolation("CONFLUX_LINKED: came from " + from + " and not from " + last);
        }
        if (!answered.compareAndSet(false, true)) {
            throw new ProtocolViolation("CONFLUX_LINKED: came a second time");
        }
        ConfluxLeg linked = set.add(circuit, last, terms, askedAt);
        if (linked == null) {
            circuit.close(DestroyReason.FINISHED);
            return null;
        }
        // Before anything else can be sent: by this the exit measures how long the leg is.
        circuit.outbound().send(last, 0, new RelayMessage.ConfluxLinkedAck());
        leg.complete(linked);
        return linked;
    }

    /** The circuit has ended. */
    void ended(CircuitEnding why) {
        leg.completeExceptionally(new Unreachable(why.why()));
    }
}

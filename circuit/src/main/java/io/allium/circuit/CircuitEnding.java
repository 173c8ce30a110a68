package io.allium.circuit;

import io.allium.cell.DestroyReason;

/**
 * Why a circuit of ours is over.
 *
 * @param remote whether another said so; else the reason is our own, and no relay hears of it
 * @param hop the number of the hop that said so, the first being 1; 0 if it was ourselves
 * @param why the sentence for logs
 */
public record CircuitEnding(DestroyReason reason, boolean remote, int hop, String why) {
    /** We close it. */
    static CircuitEnding ours(DestroyReason reason, String why) {
        return new CircuitEnding(reason, false, 0, why);
    }

    /** A hop reports it. */
    static CircuitEnding reported(DestroyReason reason, int hop, String why) {
        return new CircuitEnding(reason, true, hop, why);
    }
}

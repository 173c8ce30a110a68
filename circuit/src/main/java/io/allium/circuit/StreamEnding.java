package io.allium.circuit;

import io.allium.cell.EndReason;

/**
 * Why a stream of ours is over.
 *
 * @param reason what the other end said; {@link EndReason#DONE} if we closed it, {@link EndReason#DESTROY} if its circuit ended, {@link
 *     EndReason#RESOURCELIMIT} if our memory was full
 * @param remote whether the other end said so
 */
public record StreamEnding(EndReason reason, boolean remote) {
    static final StreamEnding CLOSED = new StreamEnding(EndReason.DONE, false);
    static final StreamEnding CIRCUIT_ENDED = new StreamEnding(EndReason.DESTROY, false);

    static final StreamEnding EXHAUSTED = new StreamEnding(EndReason.RESOURCELIMIT, false);

    /** Whether all data arrived that there were, as far as the other end tells. */
    boolean isOrderly() {
        return remote && (reason == EndReason.DONE || reason == EndReason.MISC);
    }

    String sentence() {
        return switch (reason) {
            case DESTROY -> remote ? "the exit ended the stream: DESTROY" : "the stream's circuit ended";
            case RESOURCELIMIT ->
                remote
                        ? "the exit ended the stream: RESOURCELIMIT"
                        : "our memory is full, and the stream's data had waited longest";
            default -> remote ? "the exit ended the stream: " + reason : "the stream is closed";
        };
    }
}

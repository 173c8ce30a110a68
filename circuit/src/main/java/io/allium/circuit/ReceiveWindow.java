package io.allium.circuit;

import io.allium.base.ProtocolViolation;

/**
 * How many DATA cells the other end may still send before we answer with a SENDME. Tor calls the one of a circuit its
 * deliver window. Confined to its owner.
 *
 * @spec tor-spec 7.3, 7.4
 */
public final class ReceiveWindow {
    private final int start;
    private final int increment;
    private int left;

    /** A window of {@code start} cells, acknowledged {@code increment} at a time. */
    public ReceiveWindow(int start, int increment) {
        if (increment < 1 || start < increment) {
            throw new IllegalArgumentException("window of " + start + " by " + increment);
        }
        this.start = start;
        this.increment = increment;
        this.left = start;
    }

    /** That of a circuit: always 1000, since {@code circwindow} limits only what a sender packages. */
    public static ReceiveWindow ofCircuit() {
        return new ReceiveWindow(SendWindow.CIRCUIT_START, SendWindow.CIRCUIT_INCREMENT);
    }

    /** That of a stream. */
    public static ReceiveWindow ofStream() {
        return new ReceiveWindow(SendWindow.STREAM_START, SendWindow.STREAM_INCREMENT);
    }

    /** Cells that may still arrive. */
    public int left() {
        return left;
    }

    /** Counts a DATA cell that arrived; one beyond the window is the other end's violation. */
    public void received() throws ProtocolViolation {
        if (left == 0) {
            throw new ProtocolViolation("DATA: arrived beyond the window of " + start + " cells");
        }
        left--;
    }

    /** Whether a whole increment has arrived that no SENDME has acknowledged yet. */
    public boolean owesAcknowledgement() {
        return start - left >= increment;
    }

    /** Counts a SENDME that we are about to send; one is owed. */
    public void acknowledge() {
        if (!owesAcknowledgement()) {
            throw new IllegalStateException("a SENDME was to be sent for " + (start - left) + " cells");
        }
        left += increment;
    }
}

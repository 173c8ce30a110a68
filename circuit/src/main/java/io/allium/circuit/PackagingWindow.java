package io.allium.circuit;

import io.allium.base.ProtocolViolation;

/** How many DATA cells one end of a circuit may send before the other has acknowledged some. */
sealed interface PackagingWindow permits SendWindow, CongestionWindow {
    /** Cells that may be sent now. */
    int left();

    /** DATA cells that a SENDME acknowledges. */
    int increment();

    /**
     * Counts a DATA cell that is about to be sent; {@link #left} is not 0.
     *
     * @return whether its arrival is what the other end's next SENDME reports
     */
    boolean sent();

    /**
     * Takes a SENDME.
     *
     * @param blocked whether the channel has as much of this circuit as it takes, and senders wait for that
     */
    void acknowledged(boolean blocked) throws ProtocolViolation;
}

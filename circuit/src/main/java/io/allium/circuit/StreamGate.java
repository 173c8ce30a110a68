package io.allium.circuit;

import io.allium.base.ProtocolViolation;

/**
 * Whether one end of a stream may send DATA, as far as the stream itself goes: by a fixed window where congestion control
 * was not agreed on for its circuit, else by XON and XOFF. Confined to its owner, beside the circuit's
 * {@link PackagingFlow}.
 */
public sealed interface StreamGate permits SendWindow, XonXoffGate {
    /** The gate of a stream's end that is ours, on a circuit where {@code flow} was agreed on. */
    static StreamGate of(PackagingFlow flow, StreamEnd end) {
        return flow.isControlled() ? new XonXoffGate(flow.parameters().streams(), end) : SendWindow.ofStream();
    }

    /** When nothing but the other end's message opens it. */
    long NEVER = Long.MAX_VALUE;

    /**
     * When DATA may be sent, by the clock of {@code now}: not after that if at once, {@link #NEVER} where only a message of
     * the other end changes anything.
     */
    long opensAt(long now);

    /** How many bytes may be sent at {@code now}, about: nobody reads ahead what would have to wait here. */
    int room(long now);

    /** Counts a DATA cell with so many bytes that is about to be sent. */
    void sent(int bytes, long now);

    /** A SENDME of the stream came. */
    void sendme() throws ProtocolViolation;

    /** XOFF came. */
    void xoff() throws ProtocolViolation;

    /** XON came, with a rate in 1000 bytes a second, or 0 for any. */
    void xon(long rate, long now) throws ProtocolViolation;
}

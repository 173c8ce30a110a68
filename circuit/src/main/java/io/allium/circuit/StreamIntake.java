package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.cell.RelayMessage;
import java.util.List;

/**
 * What one end of a stream tells the other so that it does not send more than is delivered here: SENDMEs where its circuit
 * has fixed windows, XON and XOFF where congestion control was agreed on. Confined to its owner.
 */
public sealed interface StreamIntake permits WindowIntake, XonXoffIntake {
    /** The intake of a stream's end that is ours, on a circuit where {@code flow} was agreed on. */
    static StreamIntake of(PackagingFlow flow, StreamEnd end) {
        return flow.isControlled() ? new XonXoffIntake(flow.parameters().streams(), end) : new WindowIntake();
    }

    /** Counts a DATA cell that came; one that may not is the other end's violation. */
    void received() throws ProtocolViolation;

    /**
     * What to tell the other end after something came.
     *
     * @param waiting bytes that wait to be delivered now
     */
    List<RelayMessage> arrived(int waiting, long now);

    /**
     * What to tell the other end after something was delivered.
     *
     * @param bytes how much
     * @param waiting bytes that wait to be delivered now
     */
    List<RelayMessage> delivered(int bytes, int waiting, long now);

    /** The most that can wait to be delivered, in bytes, before {@link #received} or the stream's end refuses more. */
    int waitingMax();
}

package io.allium.circuit;

import io.allium.cell.RelayMessage;
import java.util.Optional;

/**
 * What the two ends of a stream say to each other about its flow, in the words of the control port.
 *
 * @spec proposal 324, 4.1.3; control-spec 4.1.2
 */
public enum FlowSignal {
    XOFF_SENT,
    XON_SENT,
    XOFF_RECV,
    XON_RECV;

    /** What a message of ours says; SENDMEs are no news. */
    static Optional<FlowSignal> sent(RelayMessage message) {
        return message instanceof RelayMessage.Xoff
                ? Optional.of(XOFF_SENT)
                : message instanceof RelayMessage.Xon ? Optional.of(XON_SENT) : Optional.empty();
    }
}

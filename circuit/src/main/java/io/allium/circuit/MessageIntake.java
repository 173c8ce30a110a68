package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.cell.RelayMessage;

/** Who takes what the last relay of a circuit says unasked, such as INTRODUCE2. */
public interface MessageIntake {
    /**
     * A message came, on the channel's loop: must not wait, and not keep more of them than it has room for.
     *
     * @throws ProtocolViolation where it may not be said on this circuit now; the circuit then ends
     */
    void message(RelayMessage message) throws ProtocolViolation;
}

package io.allium.relay;

import io.allium.base.ProtocolViolation;
import io.allium.circuit.ConfluxSchedule;
import io.allium.circuit.ConfluxSequence;

/**
 * A circuit through us that its client has linked with others. What is mutable here is written on the loop of the
 * circuit's previous channel, and read by whoever sends.
 */
final class ConfluxLeg implements ConfluxSchedule.Leg {
    private final ConfluxSet set;
    private final TransitCircuit circuit;
    private final Inbound inbound;
    private final ConfluxSequence.Leg<ConfluxSet.Delivery> arriving;
    private final long linkedAt;
    private volatile long linkRoundTrip;

    /** @param linkedAt when LINKED is sent, by {@link io.allium.base.Time#nanos} */
    ConfluxLeg(
            ConfluxSet set,
            TransitCircuit circuit,
            Inbound inbound,
            ConfluxSequence.Leg<ConfluxSet.Delivery> arriving,
            long linkedAt) {
        this.set = set;
        this.circuit = circuit;
        this.inbound = inbound;
        this.arriving = arriving;
        this.linkedAt = linkedAt;
    }

    ConfluxSet set() {
        return set;
    }

    TransitCircuit circuit() {
        return circuit;
    }

    Inbound inbound() {
        return inbound;
    }

    ConfluxSequence.Leg<ConfluxSet.Delivery> arriving() {
        return arriving;
    }

    /** LINKED_ACK came: now we know how long the leg is. */
    void acknowledged(long now) throws ProtocolViolation {
        if (linkRoundTrip > 0) {
            throw new ProtocolViolation("CONFLUX_LINKED_ACK: came a second time");
        }
        linkRoundTrip = Math.max(1, now - linkedAt);
        set.widened();
    }

    @Override
    public boolean hasRoom() {
        return inbound.hasRoom();
    }

    /** What congestion control measures, once it has; 0 before LINKED_ACK, so that the leg counts as the slowest. */
    @Override
    public long roundTrip() {
        long measured = inbound.roundTrip();
        return measured > 0 ? measured : linkRoundTrip;
    }
}

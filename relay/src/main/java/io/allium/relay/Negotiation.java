package io.allium.relay;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.cell.Extensions;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.PackagingFlow;
import io.allium.circuit.RoundTripClock;
import io.allium.crypto.NtorV3;

/**
 * What a client asks for within an ntor-v3 handshake, and what it gets. Confined to whoever computes the answer, and then
 * to whoever grants the circuit.
 *
 * @spec tor-spec 5.1.4.1; proposal 324, 10.3
 */
final class Negotiation implements NtorV3.Responder {
    private final FlowParameters parameters;
    private boolean controlled;

    Negotiation(FlowParameters parameters) {
        this.parameters = parameters;
    }

    /** Grants congestion control where the consensus has it. What we know nothing of is ignored. */
    @Override
    public byte[] respond(byte[] message) throws ProtocolViolation {
        Extensions asked = Extensions.decode(message);
        if (asked.find(Extensions.SUBPROTOCOL_REQUEST).isPresent()) {
            throw new ProtocolViolation("ntor-v3: asks for a protocol that we do not advertise");
        }
        controlled = parameters.congestion().enabled()
                && asked.find(Extensions.CC_REQUEST).isPresent();
        return (controlled ? grant() : Extensions.NONE).encode();
    }

    /** How we send to the client, as was agreed on. */
    PackagingFlow flow(RoundTripClock clock, Entropy entropy) {
        return controlled
                ? PackagingFlow.controlled(parameters, parameters.congestion().sendmeIncrement(), clock, entropy)
                : PackagingFlow.fixed(parameters, entropy);
    }

    private Extensions grant() {
        byte[] increment = {(byte) parameters.congestion().sendmeIncrement()};
        return Extensions.of(new Extensions.Extension(Extensions.CC_RESPONSE, increment));
    }
}

package io.allium.circuit;

import io.allium.base.Entropy;
import java.util.OptionalInt;

/**
 * What a client and an onion service have agreed on for the flow between them: SENDMEs for fixed windows, or congestion
 * control, which the service's descriptor offers and the client asks for when it introduces itself. Immutable.
 *
 * @spec proposal 324, 9
 */
public final class RendezvousFlow {
    private final OptionalInt increment;
    private final boolean singleOnion;

    private RendezvousFlow(OptionalInt increment, boolean singleOnion) {
        this.increment = increment;
        this.singleOnion = singleOnion;
    }

    /** Fixed windows: nothing else was offered, or asked for. */
    public static RendezvousFlow fixed() {
        return new RendezvousFlow(OptionalInt.empty(), false);
    }

    /**
     * Congestion control.
     *
     * @param increment DATA cells that a SENDME acknowledges, as the service's descriptor says
     */
    public static RendezvousFlow controlled(int increment) {
        return new RendezvousFlow(OptionalInt.of(increment), false);
    }

    /** The same with a single onion service: it comes to the rendezvous point in one hop, so that the way is as long as to an exit. */
    public static RendezvousFlow controlledToSingleOnion(int increment) {
        return new RendezvousFlow(OptionalInt.of(increment), true);
    }

    /** The flow of our DATA. */
    PackagingFlow packaging(FlowParameters parameters, RoundTripClock clock, Entropy entropy) {
        FlowParameters used = singleOnion ? parameters : parameters.joined();
        return increment.isPresent()
                ? PackagingFlow.controlled(used, increment.getAsInt(), clock, entropy)
                : PackagingFlow.fixed(used, entropy);
    }
}

package io.allium.circuit;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.channel.Channel;
import java.time.Duration;
import java.util.List;

/** Opens circuits of ours. Immutable; safe from any thread. */
public final class OriginCircuits {
    private final Time time;
    private final RoundTripClock clock;
    private final Entropy entropy;
    private final Log log;

    public OriginCircuits(Time time, Entropy entropy, Log log) {
        this.time = time;
        this.clock = new RoundTripClock(time);
        this.entropy = entropy;
        this.log = log;
    }

    /**
     * Opens a circuit of one hop with CREATE2: ntor-v3 where the relay takes it, else ntor.
     *
     * @param id the circuit's number for the control port and logs, not that of any cell
     * @param first a channel to {@code guard}
     * @param patience how long to wait for the relay's answer
     * @throws TorException if the relay refuses, does not answer or answers wrongly; nothing is left of the circuit
     */
    public OriginCircuit open(int id, Channel first, HopTarget guard, FlowParameters flow, Duration patience)
            throws TorException, InterruptedException {
        return open(id, new ChannelLink(first), guard, flow, patience);
    }

    /** Opens a circuit of one hop with CREATE_FAST, for which nothing need be known of the relay but its channel. */
    public OriginCircuit openFast(int id, Channel first, FlowParameters flow, Duration patience)
            throws TorException, InterruptedException {
        HopTarget relay = new HopTarget(
                first.peer().fingerprint().orElseThrow(() -> new IllegalArgumentException("a channel to no relay")),
                first.peer().identity(),
                null,
                first.peer().endpoint().map(List::of).orElse(List.of()),
                false,
                false);
        return openFast(id, new ChannelLink(first), relay, flow, patience);
    }

    OriginCircuit open(int id, FirstLink link, HopTarget guard, FlowParameters flow, Duration patience)
            throws TorException, InterruptedException {
        OriginCircuit circuit = new OriginCircuit(id, link, flow, time, clock, entropy, log);
        circuit.create(HopHandshake.begin(guard, flow.congestion(), entropy), patience);
        return circuit;
    }

    OriginCircuit openFast(int id, FirstLink link, HopTarget relay, FlowParameters flow, Duration patience)
            throws TorException, InterruptedException {
        OriginCircuit circuit = new OriginCircuit(id, link, flow, time, clock, entropy, log);
        circuit.create(HopHandshake.beginFast(relay, entropy), patience);
        return circuit;
    }
}

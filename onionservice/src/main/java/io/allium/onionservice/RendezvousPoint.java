package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.cell.Extensions;
import io.allium.cell.IntroducePlaintext;
import io.allium.cell.OnionServiceMessage;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.cell.RendezvousCookie;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.RendezvousFlow;
import io.allium.client.OnionCircuits;
import io.allium.crypto.HsNtor;
import io.allium.crypto.Tor1;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * A relay where we wait for one onion service, with our circuit to it. Good for one meeting. Confined to the task that wants
 * the service.
 *
 * @spec rend-spec-v3 4.1, 4.2
 */
final class RendezvousPoint implements AutoCloseable {
    private final OriginCircuit circuit;
    private final HopTarget relay;
    private final RendezvousCookie cookie;
    private final CompletableFuture<RelayMessage> arrival;

    private RendezvousPoint(
            OriginCircuit circuit, HopTarget relay, RendezvousCookie cookie, CompletableFuture<RelayMessage> arrival) {
        this.circuit = circuit;
        this.relay = relay;
        this.cookie = cookie;
        this.arrival = arrival;
    }

    /**
     * Makes the last relay of a circuit our rendezvous point.
     *
     * @param circuit of its own, which is closed where this fails
     */
    static RendezvousPoint establish(OriginCircuit circuit, Entropy entropy, Duration patience)
            throws TorException, InterruptedException {
        RendezvousCookie cookie = RendezvousCookie.generate(entropy);
        try {
            circuit.ask(
                    new OnionServiceMessage.EstablishRendezvous(cookie), RelayCommand.RENDEZVOUS_ESTABLISHED, patience);
            HopTarget relay = circuit.path().getLast();
            return new RendezvousPoint(circuit, relay, cookie, circuit.expect(RelayCommand.RENDEZVOUS2));
        } catch (TorException | InterruptedException failed) {
            circuit.close();
            throw failed;
        }
    }

    /** What the service needs to know to come here. */
    IntroducePlaintext invitation(Extensions extensions) {
        return new IntroducePlaintext(cookie, extensions, Objects.requireNonNull(relay.onionKey()), relay.specifiers());
    }

    /**
     * Waits for the service that was invited, and joins our circuit with its.
     *
     * @return the circuit, on which streams to the service may be opened
     * @throws Unreachable when it does not come in time
     * @throws ProtocolViolation when somebody comes who is not that service
     */
    OriginCircuit meet(HsNtor.Client handshake, RendezvousFlow flow, Duration patience, Time time)
            throws TorException, InterruptedException {
        try {
            RelayMessage came = time.await(arrival, patience);
            if (!(came instanceof OnionServiceMessage.Rendezvous2 rendezvous)) {
                throw new ProtocolViolation("RENDEZVOUS2: nothing else was waited for");
            }
            circuit.join(Tor1.onionServiceLayer(handshake.finish(rendezvous.handshake()), false), flow);
            return circuit;
        } catch (TimeoutException late) {
            throw new Unreachable(
                    "the service did not come to the rendezvous point for " + patience.toMillis() + " ms", late);
        } catch (ExecutionException failed) {
            throw new Unreachable("the rendezvous circuit ended before the service came", failed);
        }
    }

    /** For this meeting so much work was done: for the control port. */
    void worked(OnionCircuits circuits, long effort) {
        circuits.worked(circuit, effort);
    }

    /** Whether the service is there already. */
    boolean hasArrived() {
        return arrival.isDone() && !arrival.isCompletedExceptionally();
    }

    boolean isOpen() {
        return circuit.isOpen();
    }

    @Override
    public void close() {
        circuit.close();
    }

    @Override
    public String toString() {
        return circuit + " to rendezvous point " + relay;
    }
}

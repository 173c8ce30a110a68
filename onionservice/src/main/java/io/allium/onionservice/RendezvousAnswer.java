package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.cell.IntroducePlaintext;
import io.allium.cell.OnionServiceMessage;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.RendezvousFlow;
import io.allium.circuit.StreamLimit;
import io.allium.client.CircuitEvents.HsState;
import io.allium.client.HsPurpose;
import io.allium.client.OnionCircuits;
import io.allium.crypto.HandshakeAnswer;
import io.allium.crypto.HsNtor;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.Tor1;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import io.allium.onionservice.ServiceFigures.Missed;
import java.time.Duration;

/**
 * Goes where a client waits, and serves it there. Safe from any task.
 *
 * @spec rend-spec-v3 4.2
 */
final class RendezvousAnswer implements ServiceDoor.Host {
    /** The client waits no longer: MAX_REND_TIMEOUT of C tor. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final OnionAddress service;
    private final ServiceOptions options;
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final KnownNetwork network;
    private final OnionCircuits circuits;
    private final ServiceStreams streams;
    private final ServiceFigures figures;

    RendezvousAnswer(
            OnionAddress service,
            ServiceOptions options,
            Time time,
            Entropy entropy,
            Log log,
            KnownNetwork network,
            OnionCircuits circuits,
            ServiceStreams streams,
            ServiceFigures figures) {
        this.service = service;
        this.options = options;
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.network = network;
        this.circuits = circuits;
        this.streams = streams;
        this.figures = figures;
    }

    @Override
    public OriginCircuit meet(IntroducePlaintext invitation, HsNtor.Opened introduction, long effort)
            throws TorException, InterruptedException {
        HopTarget point = point(invitation);
        RendezvousFlow flow = flow(invitation.wantsCongestionControl());
        HandshakeAnswer answer = introduction.answer(entropy);
        Begun begun = circuit(point);
        OriginCircuit circuit = begun.circuit();
        circuit.serve(
                Tor1.onionServiceLayer(answer.keys(), true),
                flow,
                streams.of(circuit),
                new StreamLimit(options.maxStreams(), options.maxStreamsCloseCircuit()),
                OnionServiceMessage.Rendezvous1.padded(invitation.cookie(), answer.reply(), entropy));
        if (effort > 0) {
            circuits.worked(circuit, effort);
        }
        circuits.becomes(circuit, HsState.HSSR_JOINED);
        figures.met(begun.at());
        return circuit;
    }

    private HopTarget point(IntroducePlaintext invitation) throws TorException {
        try {
            return HopTarget.described(invitation.specifiers(), invitation.onionKey());
        } catch (TorException noRelay) {
            figures.missed(Missed.INVALID_PATH);
            throw noRelay;
        }
    }

    /** A circuit, and when it was begun. */
    private record Begun(OriginCircuit circuit, long at) {}

    private Begun circuit(HopTarget point) throws TorException, InterruptedException {
        long deadline = time.nanos() + PATIENCE.toNanos();
        int attemptsMax = parameters().get(Parameter.HS_SERVICE_MAX_RDV_FAILURES);
        for (int attempt = 1; ; attempt++) {
            Duration left = Duration.ofNanos(Math.max(1, deadline - time.nanos()));
            long begun = figures.begin();
            figures.approaches();
            try {
                OriginCircuit circuit = options.singleHop() && attempt == 1
                        ? circuits.directCircuitTo(HsPurpose.SERVICE_REND, service.label(), point, left)
                        : circuits.circuitTo(HsPurpose.SERVICE_REND, service.label(), point, left);
                return new Begun(circuit, begun);
            } catch (Unreachable failed) {
                figures.missed(attempt == 1 ? Missed.RP_CONN_FAILURE : Missed.RETRY);
                if (attempt >= attemptsMax || deadline - time.nanos() <= 0) {
                    throw failed.in("rendezvous point " + point);
                }
                log.info(Domain.REND, "Trying again to reach a rendezvous point: " + failed.getMessage());
            }
        }
    }

    private RendezvousFlow flow(boolean wanted) throws ProtocolViolation {
        if (!wanted) {
            return RendezvousFlow.fixed();
        }
        Parameters parameters = parameters();
        if (!parameters.isOn(Parameter.CC_ALG)) {
            throw new ProtocolViolation("introduction: asks for congestion control, which was not offered");
        }
        int increment = parameters.get(Parameter.CC_SENDME_INC);
        return options.singleHop()
                ? RendezvousFlow.controlledToSingleOnion(increment)
                : RendezvousFlow.controlled(increment);
    }

    private Parameters parameters() {
        return network.view().map(NetworkView::parameters).orElse(Parameters.STANDARD);
    }
}

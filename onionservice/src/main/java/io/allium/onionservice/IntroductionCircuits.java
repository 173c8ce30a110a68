package io.allium.onionservice;

import io.allium.base.ProtocolViolation;
import io.allium.base.TorException;
import io.allium.cell.Extensions;
import io.allium.cell.IntroPointClaim;
import io.allium.cell.OnionServiceMessage;
import io.allium.cell.RelayCommand;
import io.allium.circuit.OriginCircuit;
import io.allium.client.CircuitEvents.HsState;
import io.allium.client.HsPurpose;
import io.allium.client.OnionCircuits;
import io.allium.crypto.OnionAddress;
import io.allium.directory.Relay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Circuits from a service to its introduction points. Immutable.
 *
 * @param introductions hears of clients
 * @param changed wakes the service's task
 * @param figures where they are counted
 * @spec rend-spec-v3 3.1
 */
record IntroductionCircuits(
        OnionAddress service,
        ServiceOptions options,
        OnionCircuits circuits,
        Duration circuitPatience,
        OwnIntroductionPoint.Introductions introductions,
        Runnable changed,
        ServiceFigures figures)
        implements IntroductionPoints.Holder {
    /** For the relay to say that it is our introduction point. */
    private static final Duration ESTABLISH_PATIENCE = Duration.ofSeconds(30);

    @Override
    public void hold(OwnIntroductionPoint point, boolean again) throws TorException, InterruptedException {
        long begun = figures.begin();
        try (OriginCircuit circuit = circuit(point, again)) {
            circuit.messages(message -> {
                if (!(message instanceof OnionServiceMessage.Introduce2 client)) {
                    throw new ProtocolViolation(
                            RelayCommand.name(message.command()) + ": from an introduction point of ours");
                }
                introductions.introduced(point, client.introduction());
            });
            point.becomes(OwnIntroductionPoint.State.ESTABLISHING);
            changed.run();
            circuit.ask(
                    new OnionServiceMessage.EstablishIntro(
                            IntroPointClaim.sign(point.authKey(), extensions(point.relay()), circuit.nonce())),
                    RelayCommand.INTRO_ESTABLISHED,
                    ESTABLISH_PATIENCE);
            if (point.isOver()) {
                return;
            }
            point.becomes(OwnIntroductionPoint.State.ESTABLISHED);
            figures.established(begun);
            circuits.becomes(circuit, HsState.HSSI_ESTABLISHED);
            changed.run();
            CompletableFuture.anyOf(circuit.ended(), point.over()).get();
        } catch (ExecutionException never) {
            throw new IllegalStateException("neither future fails", never);
        }
    }

    private OriginCircuit circuit(OwnIntroductionPoint point, boolean again) throws TorException, InterruptedException {
        return options.singleHop() && !again
                ? circuits.directCircuitTo(
                        HsPurpose.SERVICE_INTRO, service.label(), LastHop.of(point.relay()), circuitPatience)
                : circuits.circuitTo(
                        HsPurpose.SERVICE_INTRO, service.label(), LastHop.of(point.relay()), circuitPatience);
    }

    /** How much the introduction point should let through, where it understands that. */
    private Extensions extensions(Relay relay) {
        boolean understood = relay.protocols().supports("HSIntro", 5);
        return options.introductionLimits().isPresent() && understood
                ? new Extensions(List.of(options.introductionLimits().get().extension()))
                : Extensions.NONE;
    }
}

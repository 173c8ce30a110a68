package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.cell.Extensions;
import io.allium.cell.IntroducePlaintext;
import io.allium.cell.IntroduceStatus;
import io.allium.cell.Introduction;
import io.allium.cell.OnionServiceMessage;
import io.allium.cell.ProofOfWorkExtension;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.RendezvousFlow;
import io.allium.client.CircuitEvents.HsState;
import io.allium.client.HsPurpose;
import io.allium.client.OnionCircuits;
import io.allium.crypto.HsNtor;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.Puzzle;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import io.allium.netdoc.IntroductionPoint;
import io.allium.netdoc.OnionDescriptorBody;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Introduces us to services, as their clients. Safe from any task.
 *
 * @spec rend-spec-v3 3.2
 */
final class Introducer {
    /** For the introduction point's answer, one round trip through our circuit. C tor waits for as long as for a circuit. */
    private static final Duration ACK_PATIENCE = Duration.ofSeconds(20);

    /** For the service to come: it has to build a circuit, and may have to try twice within 30 s. */
    private static final Duration MEETING_PATIENCE = Duration.ofSeconds(40);

    /** For one with a queue, which throws away who has waited 15 s, as C tor's do: then it is time to show more work. */
    private static final Duration QUEUE_PATIENCE = Duration.ofSeconds(25);

    /**
     * The same where we have shown none. In a flood that the service has not found out about yet we stand among all the others, and may be
     * thrown away; a little work, which takes us a tenth of a second, brings us to the front.
     */
    private static final Duration IDLE_PATIENCE = Duration.ofSeconds(8);

    /** For the work that a service asks for: the most that we do takes about a minute, where nobody asks for less meanwhile. */
    private static final Duration WORK_MAX = Duration.ofMinutes(5);

    private final Time time;
    private final Entropy entropy;
    private final KnownNetwork network;
    private final OnionCircuits circuits;
    private final IntroductionFailures failures;
    private final ClientEffort efforts;
    private final ClientPuzzles puzzles;
    private final Duration circuitPatience;

    Introducer(
            Time time,
            Entropy entropy,
            KnownNetwork network,
            OnionCircuits circuits,
            IntroductionFailures failures,
            ClientEffort efforts,
            ClientPuzzles puzzles,
            Duration circuitPatience) {
        this.time = time;
        this.entropy = entropy;
        this.network = network;
        this.circuits = circuits;
        this.failures = failures;
        this.efforts = efforts;
        this.puzzles = puzzles;
        this.circuitPatience = circuitPatience;
    }

    /** Builds a circuit to an introduction point, which is closed with what it returns. */
    Approach approach(OnionAddress service, IntroductionPoint at, Patience patience)
            throws TorException, InterruptedException {
        try {
            HopTarget relay = HopTarget.described(at.specifiers(), at.onionKey());
            Duration limit = patience.left(circuitPatience);
            return new Approach(
                    service, circuits.circuitTo(HsPurpose.CLIENT_INTRO, service.label(), relay, limit), at, patience);
        } catch (Unreachable failed) {
            failures.note(at.authKey(), IntroductionFailures.Kind.UNREACHABLE);
            throw failed.in("introduction point");
        } catch (ProtocolViolation | Refused unusable) {
            failures.note(at.authKey(), IntroductionFailures.Kind.REFUSED);
            throw new Unreachable("introduction point: " + unusable.getMessage(), unusable);
        }
    }

    /** A circuit to an introduction point, good for one introduction. Confined to its task. */
    final class Approach implements AutoCloseable {
        private final OnionAddress service;
        private final OriginCircuit circuit;
        private final IntroductionPoint at;
        private final Patience patience;

        private Approach(OnionAddress service, OriginCircuit circuit, IntroductionPoint at, Patience patience) {
            this.service = service;
            this.circuit = circuit;
            this.at = at;
            this.patience = patience;
        }

        /**
         * Invites the service to a rendezvous point.
         *
         * @return nothing when the introduction point says no
         * @throws Unreachable when it says nothing: the service may have heard of us or not
         */
        Optional<Introduced> introduce(KnownDescriptor known, RendezvousPoint point)
                throws TorException, InterruptedException {
            OnionDescriptorBody body = ServiceDescriptors.body(known);
            Optional<RendezvousFlow> controlled = controlled(body);
            Optional<ClientEffort.Bid> bid =
                    body.proofOfWork().map(asked -> efforts.bid(service, asked.suggestedEffort()));
            Optional<ProofOfWork> proof = work(known, body, bid);
            proof.ifPresent(shown -> point.worked(circuits, shown.effort()));
            HsNtor.Client handshake = HsNtor.begin(at.authKey(), at.encryptionKey(), known.subcredential(), entropy);
            byte[] header = Introduction.header(at.authKey(), Extensions.NONE);
            byte[] invitation =
                    point.invitation(extensions(controlled.isPresent(), proof)).encode(header.length);
            Introduction introduction =
                    new Introduction(at.authKey(), Extensions.NONE, handshake.seal(header, invitation));
            return isPassedOn(introduction, point)
                    ? Optional.of(new Introduced(
                            point, handshake, controlled.orElse(RendezvousFlow.fixed()), at, bid, patience))
                    : Optional.empty();
        }

        /** Works for the service, where it asks for that or did not come to us before. */
        private Optional<ProofOfWork> work(
                KnownDescriptor known, OnionDescriptorBody body, Optional<ClientEffort.Bid> bid)
                throws Refused, InterruptedException {
            long effort = bid.map(ClientEffort.Bid::effort).orElse(0L);
            if (effort == 0) {
                return Optional.empty();
            }
            Puzzle puzzle = new Puzzle(
                    known.document().blindedKey(),
                    body.proofOfWork().orElseThrow().seed());
            long latest = time.nanos() + WORK_MAX.toNanos();
            return Optional.of(patience.with(() -> puzzles.solve(puzzle, effort, latest, patience::isAbandoned)));
        }

        private boolean isPassedOn(Introduction introduction, RendezvousPoint point)
                throws Unreachable, InterruptedException {
            try {
                circuits.becomes(circuit, HsState.HSCI_INTRO_SENT);
                RelayMessage answer = circuit.ask(
                        new OnionServiceMessage.Introduce1(introduction),
                        RelayCommand.INTRODUCE_ACK,
                        patience.left(ACK_PATIENCE));
                boolean passedOn = answer instanceof OnionServiceMessage.IntroduceAck ack
                        && ack.status() == IntroduceStatus.SUCCESS;
                if (!passedOn) {
                    failures.note(at.authKey(), IntroductionFailures.Kind.REFUSED);
                }
                circuits.becomes(circuit, HsState.HSCI_DONE);
                return passedOn;
            } catch (Unreachable silent) {
                if (point.hasArrived()) {
                    return true; // the service heard of us, whatever became of the answer
                }
                failures.note(at.authKey(), IntroductionFailures.Kind.TIMED_OUT);
                throw silent.in("introduction point");
            }
        }

        @Override
        public void close() {
            circuit.close();
        }
    }

    /** That we were introduced: the service should be on its way. Confined to its task. */
    final class Introduced {
        private final RendezvousPoint point;
        private final HsNtor.Client handshake;
        private final RendezvousFlow flow;
        private final IntroductionPoint at;
        private final Optional<ClientEffort.Bid> bid;
        private final Patience patience;

        private Introduced(
                RendezvousPoint point,
                HsNtor.Client handshake,
                RendezvousFlow flow,
                IntroductionPoint at,
                Optional<ClientEffort.Bid> bid,
                Patience patience) {
            this.point = point;
            this.handshake = handshake;
            this.flow = flow;
            this.at = at;
            this.bid = bid;
            this.patience = patience;
        }

        /** Whether more work may bring the service here where it does not come: then nothing is wrong with the introduction point. */
        boolean mayBeOutbid() {
            return bid.isPresent();
        }

        /** Waits for it; returns the circuit, on which streams can be opened. */
        OriginCircuit meet() throws TorException, InterruptedException {
            Duration most = bid.map(Introducer::patience).orElse(MEETING_PATIENCE);
            boolean isWhole = patience.left().compareTo(most) >= 0;
            try {
                return point.meet(handshake, flow, patience.left(most), time);
            } catch (ProtocolViolation forged) {
                failures.note(at.authKey(), IntroductionFailures.Kind.REFUSED);
                throw forged.in("rendezvous");
            } catch (Unreachable absent) {
                if (isWhole && point.isOpen()) { // the service is the one that did not come
                    bid.ifPresent(efforts::wasNotEnough);
                }
                throw absent;
            }
        }
    }

    private static Duration patience(ClientEffort.Bid bid) {
        return bid.effort() == 0 ? IDLE_PATIENCE : QUEUE_PATIENCE;
    }

    /** Congestion control, where the service offers it and both of us mean the same by it. */
    private Optional<RendezvousFlow> controlled(OnionDescriptorBody body) {
        Optional<NetworkView> view = network.view();
        boolean wanted = view.isPresent()
                && view.get().parameters().isOn(Parameter.CC_ALG)
                && body.flowControl().isPresent()
                && body.flowControl().get().hasCongestionControl();
        if (!wanted) {
            return Optional.empty();
        }
        int increment = body.flowControl().orElseThrow().sendmeIncrement();
        int ours = view.orElseThrow().parameters().get(Parameter.CC_SENDME_INC);
        if (Math.abs(increment - ours) > 1) { // as C tor: consensuses differ by no more
            return Optional.empty();
        }
        return Optional.of(
                body.singleOnionService()
                        ? RendezvousFlow.controlledToSingleOnion(increment)
                        : RendezvousFlow.controlled(increment));
    }

    private static Extensions extensions(boolean congestionControl, Optional<ProofOfWork> proof) {
        List<Extensions.Extension> all = new ArrayList<>();
        if (congestionControl) {
            all.add(new Extensions.Extension(IntroducePlaintext.CONGESTION_CONTROL, new byte[0]));
        }
        proof.map(ProofOfWorkExtension::of).ifPresent(all::add);
        return new Extensions(all);
    }
}

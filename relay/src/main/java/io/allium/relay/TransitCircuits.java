package io.allium.relay;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.cell.CellCodec;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.cell.DestroyReason;
import io.allium.cell.HandshakeType;
import io.allium.cell.IntroPointClaim;
import io.allium.channel.Channel;
import io.allium.channel.CircuitOpener;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.RoundTripClock;
import io.allium.crypto.CreateFast;
import io.allium.crypto.HandshakeAnswer;
import io.allium.crypto.RelayLayer;
import io.allium.crypto.Tor1;
import io.allium.relay.RelayFigures.Counted;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Takes in the circuits that neighbours ask for: each is attached at once, and granted when its onion skin has been
 * answered. Called on the loops; the count of circuits is atomic.
 *
 * @spec tor-spec 5.1
 */
final class TransitCircuits implements CircuitOpener {
    /** Circuits at a time: some 4 kB each, so half a gigabyte. The largest relays have carried fewer. */
    static final int CIRCUITS_MAX = 125_000;

    private final AtomicInteger open = new AtomicInteger();
    private final OnionSkins skins;
    private final Extender extender;
    private final Exit exit;
    private final ConfluxSets sets;
    private final OnionTables onions;
    private final ObservedBandwidth bandwidth;
    private final RelayFigures figures;
    private final Supplier<FlowParameters> parameters;
    private final Time time;
    private final RoundTripClock clock;
    private final Entropy entropy;
    private final Log log;

    TransitCircuits(
            OnionSkins skins,
            Extender extender,
            Exit exit,
            ConfluxSets sets,
            OnionTables onions,
            ObservedBandwidth bandwidth,
            RelayFigures figures,
            Supplier<FlowParameters> parameters,
            Time time,
            Entropy entropy,
            Log log) {
        this.skins = skins;
        this.extender = extender;
        this.exit = exit;
        this.sets = sets;
        this.onions = onions;
        this.bandwidth = bandwidth;
        this.figures = figures;
        this.parameters = parameters;
        this.time = time;
        this.clock = new RoundTripClock(time);
        this.entropy = entropy;
        this.log = log;
    }

    /** How many there are. */
    int open() {
        return open.get();
    }

    @Override
    public void create(Channel from, CircuitId id, int command, byte[] buffer, int bodyOffset) {
        if (open.get() >= CIRCUITS_MAX) {
            from.destroy(id, DestroyReason.RESOURCELIMIT);
            return;
        }
        try {
            ChannelCell cell = ChannelCell.decode(command, buffer, bodyOffset, CellCodec.BODY_BYTES);
            switch (cell) {
                case ChannelCell.CreateFast fast -> createFast(from, id, fast);
                case ChannelCell.Create2 create
                when create.handshakeType() == HandshakeType.NTOR -> createNtor(from, id, create.data());
                case ChannelCell.Create2 create
                when create.handshakeType() == HandshakeType.NTOR_V3 -> createNtorV3(from, id, create.data());
                // CREATE and TAP have no takers since C tor 0.4.9; nothing else opens a circuit.
                default -> from.destroy(id, DestroyReason.PROTOCOL);
            }
        } catch (ProtocolViolation malformed) {
            log.protocolWarning(Log.Domain.OR, malformed.in("From " + from).getMessage());
            from.destroy(id, DestroyReason.PROTOCOL);
        }
    }

    private void createFast(Channel from, CircuitId id, ChannelCell.CreateFast fast) throws ProtocolViolation {
        HandshakeAnswer answer = skins.answerFast(fast.x());
        figures.count(Counted.FAST_PROCESSED);
        int end = CreateFast.REPLY_LENGTH; // of what it answers, the nonce is the end
        byte[] nonce = Arrays.copyOfRange(answer.reply(), end - IntroPointClaim.CIRCUIT_NONCE_LENGTH, end);
        grant(
                attach(from, id),
                Tor1.relayLayer(answer.keys()),
                nonce,
                new Negotiation(parameters.get()),
                new ChannelCell.CreatedFast(answer.reply()));
    }

    private void createNtor(Channel from, CircuitId id, byte[] skin) {
        Outcomes outcomes = new Outcomes(Counted.NTOR_PROCESSED, Counted.NTOR_DROPPED);
        if (hasRoom(from, id, outcomes)) {
            TransitCircuit circuit = attach(from, id);
            grantLater(circuit, skins.answerNtor(skin, circuit::isOver), new Negotiation(parameters.get()), outcomes);
        }
    }

    private void createNtorV3(Channel from, CircuitId id, byte[] skin) {
        Outcomes outcomes = new Outcomes(Counted.NTOR_V3_PROCESSED, Counted.NTOR_V3_DROPPED);
        if (hasRoom(from, id, outcomes)) {
            TransitCircuit circuit = attach(from, id);
            Negotiation negotiation = new Negotiation(parameters.get());
            grantLater(circuit, skins.answerNtorV3(skin, negotiation, circuit::isOver), negotiation, outcomes);
        }
    }

    /** How what becomes of a skin is counted. */
    private record Outcomes(Counted answered, Counted dropped) {}

    private boolean hasRoom(Channel from, CircuitId id, Outcomes outcomes) {
        boolean room = skins.hasRoom(from.peer().isRelay());
        if (!room) {
            figures.count(outcomes.dropped());
            from.destroy(id, DestroyReason.RESOURCELIMIT);
        }
        return room;
    }

    private void grantLater(
            TransitCircuit circuit,
            CompletableFuture<HandshakeAnswer> answer,
            Negotiation negotiation,
            Outcomes outcomes) {
        answer.whenComplete((answered, failure) -> {
            if (failure == null) {
                figures.count(outcomes.answered());
                RelayLayer layer = Tor1.relayLayer(answered.keys());
                byte[] nonce = answered.keys().take(IntroPointClaim.CIRCUIT_NONCE_LENGTH);
                grant(circuit, layer, nonce, negotiation, new ChannelCell.Created2(answered.reply()));
            } else {
                DestroyReason reason =
                        failure instanceof Refused ? DestroyReason.RESOURCELIMIT : DestroyReason.PROTOCOL;
                if (failure instanceof Refused refused && refused.kind() == Refused.Kind.RESOURCE_LIMIT) {
                    figures.count(outcomes.dropped());
                }
                circuit.close(reason, "onion skin: " + failure.getMessage());
            }
        });
    }

    private TransitCircuit attach(Channel from, CircuitId id) {
        open.incrementAndGet();
        TransitCircuit circuit = new TransitCircuit(
                from, id, extender, exit, sets, onions, bandwidth, figures, time, entropy, log, open::decrementAndGet);
        from.attach(id, circuit);
        return circuit;
    }

    private void grant(
            TransitCircuit circuit, RelayLayer layer, byte[] nonce, Negotiation negotiation, ChannelCell created) {
        circuit.grant(layer, nonce, negotiation.flow(clock, entropy), created);
    }
}

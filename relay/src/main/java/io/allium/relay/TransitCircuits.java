package io.allium.relay;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.ProtocolViolation;
import io.allium.cell.CellCodec;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.cell.DestroyReason;
import io.allium.cell.Extensions;
import io.allium.cell.HandshakeType;
import io.allium.channel.Channel;
import io.allium.channel.CircuitOpener;
import io.allium.circuit.FlowParameters;
import io.allium.crypto.HandshakeAnswer;
import io.allium.crypto.Tor1;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
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
    private final ObservedBandwidth bandwidth;
    private final Supplier<FlowParameters> parameters;
    private final Entropy entropy;
    private final Log log;

    TransitCircuits(
            OnionSkins skins,
            Extender extender,
            Exit exit,
            ObservedBandwidth bandwidth,
            Supplier<FlowParameters> parameters,
            Entropy entropy,
            Log log) {
        this.skins = skins;
        this.extender = extender;
        this.exit = exit;
        this.bandwidth = bandwidth;
        this.parameters = parameters;
        this.entropy = entropy;
        this.log = log;
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
                when create.handshakeType() == HandshakeType.NTOR ->
                    createLater(from, id, skins.answerNtor(create.data()));
                case ChannelCell.Create2 create
                when create.handshakeType() == HandshakeType.NTOR_V3 ->
                    createLater(from, id, skins.answerNtorV3(create.data(), TransitCircuits::answerExtensions));
                // CREATE and TAP have no takers since C tor 0.4.9; nothing else opens a circuit.
                default -> from.destroy(id, DestroyReason.PROTOCOL);
            }
        } catch (ProtocolViolation malformed) {
            log.protocolWarning(Log.Domain.OR, malformed.in("From " + from).getMessage());
            from.destroy(id, DestroyReason.PROTOCOL);
        }
    }

    /** What we know nothing of is ignored, and congestion control not granted: an empty answer says both. */
    private static byte[] answerExtensions(byte[] message) throws ProtocolViolation {
        Extensions asked = Extensions.decode(message);
        if (asked.find(Extensions.SUBPROTOCOL_REQUEST).isPresent()) {
            throw new ProtocolViolation("ntor-v3: asks for a protocol that we do not advertise");
        }
        return Extensions.NONE.encode();
    }

    private void createFast(Channel from, CircuitId id, ChannelCell.CreateFast fast) throws ProtocolViolation {
        HandshakeAnswer answer = skins.answerFast(fast.x());
        grant(attach(from, id), answer, ChannelCell.CreatedFast::new);
    }

    private void createLater(Channel from, CircuitId id, Optional<CompletableFuture<HandshakeAnswer>> answer) {
        if (answer.isEmpty()) {
            from.destroy(id, DestroyReason.RESOURCELIMIT);
            return;
        }
        TransitCircuit circuit = attach(from, id);
        answer.get().whenComplete((answered, failure) -> {
            if (failure == null) {
                grant(circuit, answered, ChannelCell.Created2::new);
            } else {
                circuit.close(DestroyReason.PROTOCOL, "onion skin: " + failure.getMessage());
            }
        });
    }

    private TransitCircuit attach(Channel from, CircuitId id) {
        open.incrementAndGet();
        TransitCircuit circuit =
                new TransitCircuit(from, id, extender, exit, bandwidth, entropy, log, open::decrementAndGet);
        from.attach(id, circuit);
        return circuit;
    }

    private void grant(TransitCircuit circuit, HandshakeAnswer answer, Function<byte[], ChannelCell> created) {
        circuit.grant(Tor1.relayLayer(answer.keys()), parameters.get(), created.apply(answer.reply()));
    }
}

package io.allium.circuit;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.DestroyReason;
import io.allium.cell.EndReason;
import io.allium.cell.Extensions;
import io.allium.cell.HandshakeType;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayMessage;
import io.allium.crypto.CreateFast;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.HandshakeAnswer;
import io.allium.crypto.Ntor;
import io.allium.crypto.NtorV3;
import io.allium.crypto.RelayLayer;
import io.allium.crypto.Tor1;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A relay of a {@link FakeChain}: real cryptography, one circuit, and a script for what it says. Confined to the chain's
 * loop.
 */
final class FakeRelay {
    /** What a relay does about messages for itself. */
    interface Script {
        void message(FakeRelay relay, int streamId, RelayMessage message) throws ProtocolViolation;
    }

    private final FakeChain chain;
    private final int number;
    private final Entropy entropy;
    private final Fingerprint fingerprint;
    private final Ed25519Identity identity;
    private final Curve25519KeyPair onionKey;
    private final List<Integer> cellCommands = new ArrayList<>();
    private @Nullable RelayLayer layer;
    private int handshakeType = -1;
    private Script script = new EchoExit();

    FakeRelay(FakeChain chain, int number, Entropy entropy) {
        this.chain = chain;
        this.number = number;
        this.entropy = entropy;
        this.fingerprint = Fingerprint.of(entropy.bytes(20));
        this.identity = Ed25519Identity.of(entropy.bytes(32));
        this.onionKey = Curve25519KeyPair.generate(entropy);
    }

    HopTarget target(boolean ntorV3) {
        return target(ntorV3, false);
    }

    /** The end of a circuit with congestion control. */
    HopTarget lastHop() {
        return target(true, true);
    }

    private HopTarget target(boolean ntorV3, boolean control) {
        Endpoint address = Endpoint.parse("127.0.0." + number + ":9001");
        return new HopTarget(
                fingerprint, Optional.of(identity), onionKey.publicKey(), List.of(address), ntorV3, control);
    }

    /** Which commands the cells had that came here. */
    List<Integer> cellCommands() {
        return cellCommands;
    }

    int handshakeType() {
        return handshakeType;
    }

    void follow(Script newScript) {
        script = newScript;
    }

    RelayLayer layer() {
        if (layer == null) {
            throw new IllegalStateException("relay " + number + " is on no circuit");
        }
        return layer;
    }

    /** A CREATE cell came; returns the answer. */
    ChannelCell create(ChannelCell cell) throws ProtocolViolation {
        return switch (cell) {
            case ChannelCell.CreateFast fast -> {
                HandshakeAnswer answer = CreateFast.answer(fast.x(), entropy);
                layer = Tor1.relayLayer(answer.keys());
                yield new ChannelCell.CreatedFast(answer.reply());
            }
            case ChannelCell.Create2 create ->
                new ChannelCell.Created2(handshake(create.handshakeType(), create.data()));
            default -> throw new ProtocolViolation("unexpected " + cell);
        };
    }

    /** A relay cell came from the client's side, at {@code body}. */
    void outbound(int command, byte[] body) throws ProtocolViolation {
        cellCommands.add(command);
        byte[] plain = new byte[CellCodec.BODY_BYTES];
        if (!layer().decryptOutbound(command, body, 0, plain, 0)) {
            chain.beyond(number, command, plain);
            return;
        }
        RelayCell cell = RelayCell.decode(plain, 0);
        if (cell.message() instanceof RelayMessage.Extend2 extend && !chain.extendsAreLost()) {
            if (command != CellCommand.RELAY_EARLY) {
                throw new ProtocolViolation("EXTEND2 in a cell that is not RELAY_EARLY");
            }
            byte[] answer = chain.relay(number + 1).handshake(extend.handshakeType(), extend.handshake());
            say(0, new RelayMessage.Extended2(answer));
        } else {
            script.message(this, cell.stream().value(), cell.message());
        }
    }

    /** Says something to the client. */
    void say(int streamId, RelayMessage message) {
        byte[] data = message.data();
        say(message.command(), streamId, data, data.length);
    }

    void say(int command, int streamId, byte[] data, int length) {
        byte[] plain = new byte[CellCodec.BODY_BYTES];
        RelayCell.encode(command, streamId, data, 0, length, plain, 0, entropy);
        byte[] sealed = new byte[CellCodec.BODY_BYTES];
        layer().originateInbound(CellCommand.RELAY, plain, 0, sealed, 0);
        pass(sealed, number - 1);
    }

    /** Passes a cell from beyond on to the client. */
    void pass(byte[] body) {
        pass(body, number);
    }

    private void pass(byte[] body, int first) {
        byte[] sealed = body;
        for (int before = first; before >= 1; before--) {
            byte[] from = sealed;
            sealed = new byte[CellCodec.BODY_BYTES];
            chain.relay(before).layer().encryptInbound(CellCommand.RELAY, from, 0, sealed, 0);
        }
        chain.toClient(CellCommand.RELAY, sealed);
    }

    void end(int streamId, EndReason reason) {
        say(streamId, new RelayMessage.End(reason));
    }

    void truncated(DestroyReason reason) {
        say(0, new RelayMessage.Truncated(reason));
    }

    private byte[] handshake(int type, byte[] onionskin) throws ProtocolViolation {
        handshakeType = type;
        HandshakeAnswer answer = type == HandshakeType.NTOR_V3
                ? NtorV3.answer(identity, List.of(onionKey), onionskin, FakeRelay::grant, entropy)
                : Ntor.answer(fingerprint, List.of(onionKey), onionskin, entropy);
        layer = Tor1.relayLayer(answer.keys());
        return answer.reply();
    }

    private static byte[] grant(byte[] request) throws ProtocolViolation {
        Extensions asked = Extensions.decode(request);
        if (asked.find(Extensions.CC_REQUEST).isPresent()) {
            return Extensions.of(new Extensions.Extension(Extensions.CC_RESPONSE, new byte[] {31}))
                    .encode();
        }
        if (!asked.equals(Extensions.NONE)) {
            throw new ProtocolViolation("extensions were asked for");
        }
        return Extensions.NONE.encode();
    }
}

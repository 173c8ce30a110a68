package io.allium.relay;

import io.allium.base.Entropy;
import io.allium.base.SystemEntropy;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.cell.DestroyReason;
import io.allium.cell.Extensions;
import io.allium.cell.HandshakeType;
import io.allium.cell.IntroPointClaim;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayMessage;
import io.allium.cell.StreamId;
import io.allium.channel.Channel;
import io.allium.channel.CircuitEnd;
import io.allium.crypto.Agreement;
import io.allium.crypto.CreateFast;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ntor;
import io.allium.crypto.NtorV3;
import io.allium.crypto.OriginLayer;
import io.allium.crypto.Tor1;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;

/** A client that says on its circuit whatever a test wants it to. Its only hop is the relay at the other end. */
final class RawCircuit implements CircuitEnd {
    /** A cell that came. */
    record Came(int command, byte[] body) {}

    private static final long PATIENCE_SECONDS = 60;

    final Channel channel;
    final CircuitId id;
    private final Entropy entropy = new SystemEntropy();
    private final LinkedBlockingDeque<Came> cells = new LinkedBlockingDeque<>();
    private OriginLayer layer;
    private byte[] nonce;

    RawCircuit(Channel channel) throws Exception {
        this.channel = channel;
        this.id = channel.open(this);
    }

    /** A granted circuit. */
    static RawCircuit fast(Channel channel) throws Exception {
        RawCircuit circuit = new RawCircuit(channel);
        CreateFast.Client handshake = CreateFast.begin(circuit.entropy);
        circuit.send(new ChannelCell.CreateFast(handshake.onionskin()));
        Came created = circuit.next();
        Agreement agreement = handshake.finish(Arrays.copyOf(created.body(), CreateFast.REPLY_LENGTH));
        circuit.layer = Tor1.originLayer(agreement.keys());
        circuit.nonce = Arrays.copyOfRange(created.body(), CreateFast.ONIONSKIN_LENGTH, CreateFast.REPLY_LENGTH);
        return circuit;
    }

    /** A granted circuit whose handshake was ntor. */
    static RawCircuit ntor(Channel channel, TestRelay relay) throws Exception {
        RawCircuit circuit = new RawCircuit(channel);
        Ntor.Client handshake = Ntor.begin(
                relay.keys.fingerprint(), relay.keys.onionKeys().ntor().publicKey(), circuit.entropy);
        circuit.send(new ChannelCell.Create2(HandshakeType.NTOR, handshake.onionskin()));
        circuit.agreed(handshake.finish(circuit.nextCreated()));
        return circuit;
    }

    private void agreed(Agreement agreement) {
        layer = Tor1.originLayer(agreement.keys());
        nonce = agreement.keys().take(IntroPointClaim.CIRCUIT_NONCE_LENGTH);
    }

    private byte[] nextCreated() throws Exception {
        Came came = next();
        if (ChannelCell.decode(came.command(), came.body(), 0, came.body().length)
                instanceof ChannelCell.Created2 created) {
            return created.data();
        }
        throw new AssertionError(CellCommand.name(came.command()) + " came");
    }

    /** A granted circuit on which congestion control was agreed. */
    static RawCircuit controlled(Channel channel, TestRelay relay) throws Exception {
        RawCircuit circuit = new RawCircuit(channel);
        byte[] request = Extensions.of(new Extensions.Extension(Extensions.CC_REQUEST, new byte[0]))
                .encode();
        NtorV3.Client handshake = NtorV3.begin(
                relay.keys.identity(), relay.keys.onionKeys().ntor().publicKey(), request, circuit.entropy);
        circuit.send(new ChannelCell.Create2(HandshakeType.NTOR_V3, handshake.onionskin()));
        Agreement agreement = handshake.finish(circuit.nextCreated());
        if (Extensions.decode(agreement.message()).find(Extensions.CC_RESPONSE).isEmpty()) {
            throw new AssertionError("congestion control was not granted");
        }
        circuit.agreed(agreement);
        return circuit;
    }

    void send(ChannelCell cell) {
        channel.outbox().add(id, cell);
    }

    void send(int stream, RelayMessage message) {
        send(CellCommand.RELAY, message.command(), stream, message.data());
    }

    void sendEarly(int stream, RelayMessage message) {
        send(CellCommand.RELAY_EARLY, message.command(), stream, message.data());
    }

    /** A relay cell with any command and data. */
    void send(int command, int relayCommand, int stream, byte[] data) {
        byte[] plain = new byte[CellCodec.BODY_BYTES];
        RelayCell.encode(relayCommand, stream, data, 0, data.length, plain, 0, entropy);
        channel.outbox().add(id, command, (into, at) -> layer.originateOutbound(command, plain, 0, into, at));
    }

    /** A relay cell that no hop can read. */
    void sendNoise() {
        byte[] noise = new byte[CellCodec.BODY_BYTES];
        new Random(1).nextBytes(noise);
        channel.outbox().add(id, CellCommand.RELAY, noise, 0);
    }

    /** What the handshake left to bind messages to this circuit. */
    byte[] nonce() {
        return nonce.clone();
    }

    /** A cell that is not for the relay, but for whoever comes after it. */
    void sendBeyond(byte[] body) {
        channel.outbox()
                .add(id, CellCommand.RELAY, (into, at) -> layer.encryptOutbound(CellCommand.RELAY, body, 0, into, at));
    }

    /** The next cell, which must be from whoever comes after the relay: what is below the relay's layer. */
    byte[] nextFromBeyond() throws InterruptedException {
        Came came = next();
        byte[] below = new byte[CellCodec.BODY_BYTES];
        if (came.command() != CellCommand.RELAY || layer.decryptInbound(CellCommand.RELAY, came.body(), 0, below, 0)) {
            throw new AssertionError("a cell of the relay's own");
        }
        return below;
    }

    /** Whether one has come that was not asked for yet, or comes in a moment. */
    boolean hasCell() throws InterruptedException {
        Came came = cells.poll(20, TimeUnit.MILLISECONDS);
        if (came != null) {
            cells.addFirst(came);
        }
        return came != null;
    }

    /** The next cell. */
    Came next() throws InterruptedException {
        Came came = cells.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (came == null) {
            throw new AssertionError("no cell came");
        }
        return came;
    }

    /** The next cell, which must be a relay cell of the relay's own. */
    RelayCell nextMessage() throws Exception {
        Came came = next();
        if (came.command() != CellCommand.RELAY) {
            throw new AssertionError(CellCommand.name(came.command()) + " came, "
                    + (came.command() == CellCommand.DESTROY ? DestroyReason.of(came.body()[0]) : ""));
        }
        byte[] plain = new byte[CellCodec.BODY_BYTES];
        if (!layer.decryptInbound(CellCommand.RELAY, came.body(), 0, plain, 0)) {
            throw new AssertionError("a cell that the relay did not make");
        }
        return RelayCell.decode(plain, 0);
    }

    /** The next cell, which must be DESTROY. */
    DestroyReason nextDestroy() throws InterruptedException {
        Came came = next();
        if (came.command() != CellCommand.DESTROY) {
            throw new AssertionError(CellCommand.name(came.command()) + " came");
        }
        return DestroyReason.of(came.body()[0]);
    }

    /** The last cell's digest, as a SENDME has to prove it. */
    byte[] recognisedTag() {
        return layer.recognisedTag();
    }

    byte[] ntorSkin(TestRelay relay) {
        return Ntor.begin(
                        relay.keys.fingerprint(), relay.keys.onionKeys().ntor().publicKey(), entropy)
                .onionskin();
    }

    static Ed25519Identity nobody() {
        return Ed25519Identity.of(new byte[Ed25519Identity.LENGTH]);
    }

    @Override
    public void cell(Channel from, int command, byte[] buffer, int bodyOffset) {
        cells.add(new Came(command, Arrays.copyOfRange(buffer, bodyOffset, bodyOffset + CellCodec.BODY_BYTES)));
        if (command == CellCommand.DESTROY) {
            from.detach(id);
        }
    }

    @Override
    public void channelClosed(Channel which, String why) {}

    @Override
    public void outboxDrained(Channel which) {}

    StreamId stream(int value) {
        return new StreamId(value);
    }
}

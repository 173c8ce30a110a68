package io.allium.circuit;

import io.allium.base.ByteReader;
import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.Extensions;
import io.allium.cell.HandshakeType;
import io.allium.cell.IntroPointClaim;
import io.allium.cell.RelayMessage;
import io.allium.crypto.Agreement;
import io.allium.crypto.ClientHandshake;
import io.allium.crypto.CreateFast;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ntor;
import io.allium.crypto.NtorV3;
import io.allium.crypto.OriginLayer;
import io.allium.crypto.Tor1;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The handshake with a relay that is to become a hop: which one it takes, what we say, and the layer that comes of the
 * answer. Immutable.
 *
 * @spec tor-spec 5.1, 5.1.4, 5.1.5; proposal 332
 */
final class HopHandshake {
    private static final int NO_TYPE = -1;

    private static final Extensions CC_REQUEST =
            Extensions.of(new Extensions.Extension(Extensions.CC_REQUEST, new byte[0]));

    private final HopTarget target;
    private final int type;
    private final ClientHandshake state;
    private final boolean asksForControl;

    private HopHandshake(HopTarget target, int type, ClientHandshake state, boolean asksForControl) {
        this.target = target;
        this.type = type;
        this.state = state;
        this.asksForControl = asksForControl;
    }

    /**
     * What came of a handshake: keys, and how SENDMEs count if congestion control was granted.
     *
     * @param nonce what both ends know of this hop and nobody else does, to bind messages to it: KH of the specification
     */
    record Agreed(OriginLayer layer, byte[] nonce, OptionalInt sendmeIncrement) {}

    /** Begins the best handshake that the relay takes; its onion key is known. Computes; not for a loop. */
    static HopHandshake begin(HopTarget target, CongestionParameters congestion, Entropy entropy)
            throws ProtocolViolation {
        Curve25519Key onionKey = target.onionKey();
        if (onionKey == null) {
            throw new IllegalArgumentException(target + " has no onion key");
        }
        if (target.ntorV3() && target.identity().isPresent()) {
            Ed25519Identity identity = target.identity().get();
            boolean asks = target.congestionControl() && congestion.enabled();
            Extensions request = asks ? CC_REQUEST : Extensions.NONE;
            ClientHandshake state = NtorV3.begin(identity, onionKey, request.encode(), entropy);
            return new HopHandshake(target, HandshakeType.NTOR_V3, state, asks);
        }
        return new HopHandshake(target, HandshakeType.NTOR, Ntor.begin(target.fingerprint(), onionKey, entropy), false);
    }

    /** For a first hop whose onion key we don't know: its TLS identity must do. */
    static HopHandshake beginFast(HopTarget target, Entropy entropy) {
        return new HopHandshake(target, NO_TYPE, CreateFast.begin(entropy), false);
    }

    HopTarget target() {
        return target;
    }

    /** The command of the cell that answers {@link #create}. */
    int answeredBy() {
        return type == NO_TYPE ? CellCommand.CREATED_FAST : CellCommand.CREATED2;
    }

    /** As the cell for a first hop. */
    ChannelCell create() {
        return type == NO_TYPE
                ? new ChannelCell.CreateFast(state.onionskin())
                : new ChannelCell.Create2(type, state.onionskin());
    }

    /** As the message to the hop before. */
    RelayMessage extend() {
        return new RelayMessage.Extend2(target.specifiers(), type, state.onionskin());
    }

    /** Checks the answer and makes the layer. Computes; not for a loop. */
    Agreed finish(byte[] answer, CongestionParameters congestion) throws ProtocolViolation {
        Agreement agreement = state.finish(answer);
        Extensions granted = Extensions.decode(agreement.message());
        OriginLayer layer = Tor1.originLayer(agreement.keys());
        byte[] nonce = agreement.keys().take(IntroPointClaim.CIRCUIT_NONCE_LENGTH);
        return new Agreed(layer, nonce, increment(granted, congestion));
    }

    private OptionalInt increment(Extensions granted, CongestionParameters congestion) throws ProtocolViolation {
        Optional<byte[]> grant = granted.find(Extensions.CC_RESPONSE);
        if (grant.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!asksForControl) {
            throw new ProtocolViolation("ntor-v3 reply: grants congestion control that was not asked for");
        }
        int increment = new ByteReader(grant.get()).u8("sendme_inc");
        if (!congestion.accepts(increment)) {
            throw new ProtocolViolation("ntor-v3 reply: SENDMEs for " + increment + " cells each, where "
                    + congestion.sendmeIncrement() + " are usual");
        }
        return OptionalInt.of(increment);
    }
}

package io.allium.circuit;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.Extensions;
import io.allium.cell.HandshakeType;
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

/**
 * The handshake with a relay that is to become a hop: which one it takes, what we say, and the layer that comes of the
 * answer. Immutable.
 *
 * @spec tor-spec 5.1, 5.1.4, 5.1.5; proposal 332
 */
final class HopHandshake {
    /** What we ask for within ntor-v3: nothing yet. Congestion control and other capabilities are asked for here. */
    private static final Extensions REQUEST = Extensions.NONE;

    private static final int NO_TYPE = -1;

    private final HopTarget target;
    private final int type;
    private final ClientHandshake state;

    private HopHandshake(HopTarget target, int type, ClientHandshake state) {
        this.target = target;
        this.type = type;
        this.state = state;
    }

    /** Begins the best handshake that the relay takes; its onion key is known. Computes; not for a loop. */
    static HopHandshake begin(HopTarget target, Entropy entropy) throws ProtocolViolation {
        Curve25519Key onionKey = target.onionKey();
        if (onionKey == null) {
            throw new IllegalArgumentException(target + " has no onion key");
        }
        if (target.ntorV3() && target.identity().isPresent()) {
            Ed25519Identity identity = target.identity().get();
            ClientHandshake state = NtorV3.begin(identity, onionKey, REQUEST.encode(), entropy);
            return new HopHandshake(target, HandshakeType.NTOR_V3, state);
        }
        return new HopHandshake(target, HandshakeType.NTOR, Ntor.begin(target.fingerprint(), onionKey, entropy));
    }

    /** For a first hop whose onion key we don't know: its TLS identity must do. */
    static HopHandshake beginFast(HopTarget target, Entropy entropy) {
        return new HopHandshake(target, NO_TYPE, CreateFast.begin(entropy));
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
    OriginLayer finish(byte[] answer) throws ProtocolViolation {
        Agreement agreement = state.finish(answer);
        Extensions granted = Extensions.decode(agreement.message());
        if (granted.find(Extensions.CC_RESPONSE).isPresent()) {
            throw new ProtocolViolation("ntor-v3 reply: grants congestion control that was not asked for");
        }
        return Tor1.originLayer(agreement.keys());
    }
}

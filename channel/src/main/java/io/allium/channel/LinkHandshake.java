package io.allium.channel;

import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The handshake inside TLS, in which both ends agree on a version and say who they are. Each state is a type that knows
 * what was proven so far, accepts the one cell that may come next, and sends what is ours to say; anything else closes
 * the link.
 *
 * <pre>
 * initiator: VERSIONS →             ← VERSIONS CERTS AUTH_CHALLENGE NETINFO, [CERTS AUTHENTICATE] NETINFO →
 * </pre>
 *
 * @spec tor-spec 4
 */
sealed interface LinkHandshake
        permits LinkHandshake.Done, LinkHandshake.Mistaken, InitiatorHandshake, ResponderHandshake {
    /** The versions that we speak, the best last. */
    List<Integer> VERSIONS = List.of(3, 4, 5);

    /** Takes the next cell, other than padding; returns the state that follows. */
    LinkHandshake receive(ChannelCell cell) throws ProtocolViolation, IOException;

    /** Whether a cell is passed over in every state. */
    static boolean isPadding(ChannelCell cell) {
        return cell.command() == CellCommand.VPADDING;
    }

    /** The end: who the peer is. */
    record Done(AuthenticatedPeer peer, @Nullable PeerCertificates certificates) implements LinkHandshake {
        @Override
        public LinkHandshake receive(ChannelCell cell) {
            throw new IllegalStateException("the handshake is over");
        }
    }

    /** The end too: somebody answered who is not the one that we wanted. */
    record Mistaken(String why) implements LinkHandshake {
        @Override
        public LinkHandshake receive(ChannelCell cell) {
            throw new IllegalStateException("the handshake is over");
        }
    }

    /** The highest version that both speak. */
    static int commonVersion(ChannelCell.Versions theirs, List<Integer> ours) throws ProtocolViolation {
        return theirs.versions().stream()
                .filter(ours::contains)
                .max(Integer::compare)
                .orElseThrow(() -> new ProtocolViolation("VERSIONS: none of " + theirs.versions() + " is ours"));
    }

    static ProtocolViolation outOfPlace(ChannelCell cell, String expected) {
        return new ProtocolViolation(CellCommand.name(cell.command()) + " came where " + expected + " should have");
    }

    /** Our NETINFO: where we see the peer, and, of a relay, its time and addresses. */
    static ChannelCell.NetInfo netInfo(@Nullable Endpoint remote, long timestamp, List<InetAddress> own) {
        return new ChannelCell.NetInfo(timestamp, remote == null ? null : remote.address(), own);
    }

    /** How far the peer's clock is ahead of ours; null if it does not say. */
    static @Nullable Duration skew(ChannelCell.NetInfo theirs, Instant now) {
        return theirs.timestamp() == 0 ? null : Duration.ofSeconds(theirs.timestamp() - now.getEpochSecond());
    }
}

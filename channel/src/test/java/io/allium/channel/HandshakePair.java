package io.allium.channel;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.SystemEntropy;
import io.allium.cell.CellCodec;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.crypto.Digests;
import io.allium.testing.ManualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Two ends of a link handshake without a network, and somebody between them who may change what they say. */
final class HandshakePair {
    private static final Endpoint SOMEWHERE = Endpoint.parse("192.0.2.1:9001");
    private static final List<InetAddress> OWN = List.of(SOMEWHERE.address());

    final Entropy entropy = new SystemEntropy();
    final ManualTime time;
    final LinkCredentials responder;
    final @Nullable LinkCredentials initiator;

    /** What happens to each cell on its way. */
    UnaryOperator<ChannelCell> toResponder = cell -> cell;

    UnaryOperator<ChannelCell> toInitiator = cell -> cell;

    /** What the initiator sees in TLS. */
    byte[] shownCertificate;

    /** Another keying material at the initiator's end than at the responder's. */
    boolean twoTlsSessions;

    List<Integer> initiatorVersions = LinkHandshake.VERSIONS;
    List<Integer> responderVersions = LinkHandshake.VERSIONS;
    ChannelTarget target;

    HandshakePair(ManualTime time, LinkCredentials responder, @Nullable LinkCredentials initiator) {
        this.time = time;
        this.responder = responder;
        this.initiator = initiator;
        this.shownCertificate = responder.tlsCertificate();
        this.target = new ChannelTarget(
                List.of(SOMEWHERE),
                responder.identity().fingerprint(),
                Optional.of(responder.identity().identity()));
    }

    /** Where both ends came to. */
    record Outcome(LinkHandshake initiator, LinkHandshake responder) {}

    /** Lets both speak until neither has anything to hear. */
    Outcome run() throws ProtocolViolation, IOException {
        End left = new End(true);
        End right = new End(false);
        LinkHandshake initiating = InitiatorHandshake.begin(new InitiatorHandshake.Initiator(
                left, target, initiator, initiator == null ? List.of() : OWN, initiatorVersions, time, entropy));
        LinkHandshake responding = ResponderHandshake.begin(
                new ResponderHandshake.Responder(right, responder, OWN, responderVersions, time, entropy));
        while (!left.said.isEmpty() || !right.said.isEmpty()) {
            while (!left.said.isEmpty() && isWaiting(responding)) {
                responding = right.hear(left.said.remove(), toResponder, responding);
            }
            while (!right.said.isEmpty() && isWaiting(initiating)) {
                initiating = left.hear(right.said.remove(), toInitiator, initiating);
            }
            if (!isWaiting(initiating) && !right.said.isEmpty() || !isWaiting(responding) && !left.said.isEmpty()) {
                break;
            }
        }
        return new Outcome(initiating, responding);
    }

    private static boolean isWaiting(LinkHandshake state) {
        return !(state instanceof LinkHandshake.Done) && !(state instanceof LinkHandshake.Mistaken);
    }

    private final class End implements Conversation {
        private final boolean initiating;
        private final Queue<ChannelCell> said = new ArrayDeque<>();
        private final MessageDigest sent = Digests.newSha256();
        private final MessageDigest received = Digests.newSha256();
        private byte[] before = new byte[0];
        private CellCodec codec = CellCodec.BEFORE_VERSIONS;

        End(boolean initiating) {
            this.initiating = initiating;
        }

        /** Cells travel as bytes, and count as those who sent them wrote them. */
        LinkHandshake hear(ChannelCell cell, UnaryOperator<ChannelCell> between, LinkHandshake state)
                throws ProtocolViolation, IOException {
            ChannelCell changed = between.apply(cell);
            byte[] body = changed.body();
            before = soFar(received);
            received.update(codec.encode(CircuitId.NONE, changed));
            ChannelCell read = ChannelCell.decode(changed.command(), body, 0, body.length);
            return LinkHandshake.isPadding(read) ? state : state.receive(read);
        }

        @Override
        public void send(ChannelCell cell) {
            sent.update(codec.encode(CircuitId.NONE, cell));
            said.add(cell);
        }

        @Override
        public void useVersion(int linkVersion) {
            codec = CellCodec.of(linkVersion);
        }

        @Override
        public byte[] sentDigest() {
            return soFar(sent);
        }

        @Override
        public byte[] receivedDigest() {
            return soFar(received);
        }

        @Override
        public byte[] receivedDigestBefore() {
            return before;
        }

        @Override
        public byte[] responderCertificate() {
            return initiating ? shownCertificate : responder.tlsCertificate();
        }

        @Override
        public byte[] export(String label, byte[] context, int length) {
            byte[] session = {(byte) (initiating && twoTlsSessions ? 1 : 0)};
            return Digests.sha256(session, label.getBytes(java.nio.charset.StandardCharsets.US_ASCII), context);
        }

        @Override
        public Endpoint remote() {
            return SOMEWHERE;
        }

        private static byte[] soFar(MessageDigest running) {
            try {
                return ((MessageDigest) running.clone()).digest();
            } catch (CloneNotSupportedException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}

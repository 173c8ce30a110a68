package io.allium.channel;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.cell.ChannelCell;
import io.allium.crypto.Ed25519Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The handshake of whoever dialled. It knows whom it wants, and says who it is only if it is a relay, and only to the
 * one whom it wanted.
 *
 * @spec tor-spec 4
 */
sealed interface InitiatorHandshake extends LinkHandshake {
    /**
     * What stays the same throughout.
     *
     * @param credentials ours, or null for a client
     * @param addresses ours, none for a client
     * @param versions the link versions that we offer
     */
    record Initiator(
            Conversation link,
            ChannelTarget target,
            @Nullable LinkCredentials credentials,
            List<InetAddress> addresses,
            List<Integer> versions,
            Time time,
            Entropy entropy) {}

    /** Says VERSIONS. */
    static LinkHandshake begin(Initiator us) throws IOException {
        us.link.send(new ChannelCell.Versions(us.versions));
        return new ExpectVersions(us);
    }

    record ExpectVersions(Initiator us) implements InitiatorHandshake {
        @Override
        public LinkHandshake receive(ChannelCell cell) throws ProtocolViolation {
            if (!(cell instanceof ChannelCell.Versions theirs)) {
                throw LinkHandshake.outOfPlace(cell, "VERSIONS");
            }
            int version = LinkHandshake.commonVersion(theirs, us.versions);
            us.link.useVersion(version);
            return new ExpectCerts(us, version);
        }
    }

    record ExpectCerts(Initiator us, int version) implements InitiatorHandshake {
        @Override
        public LinkHandshake receive(ChannelCell cell) throws ProtocolViolation {
            if (!(cell instanceof ChannelCell.Certs certs)) {
                throw LinkHandshake.outOfPlace(cell, "CERTS");
            }
            PeerCertificates responder =
                    PeerCertificates.ofResponder(certs, us.link.responderCertificate(), us.time.now());
            if (!responder.fingerprint().equals(us.target.fingerprint())) {
                return new Mistaken(responder.fingerprint() + " answered instead of " + us.target.fingerprint());
            }
            Ed25519Identity expected = us.target.identity().orElse(responder.identity());
            if (!responder.identity().equals(expected)) {
                return new Mistaken("Ed25519 identity " + responder.identity() + " answered instead of " + expected);
            }
            return new ExpectAuth(us, version, responder);
        }
    }

    record ExpectAuth(Initiator us, int version, PeerCertificates responder) implements InitiatorHandshake {
        @Override
        public LinkHandshake receive(ChannelCell cell) throws ProtocolViolation, IOException {
            if (!(cell instanceof ChannelCell.AuthChallenge challenge)) {
                throw LinkHandshake.outOfPlace(cell, "AUTH_CHALLENGE");
            }
            if (us.credentials != null && challenge.methods().contains(Authentication.METHOD)) {
                authenticate(us.credentials);
            }
            boolean relay = us.credentials != null;
            long timestamp = relay ? us.time.now().getEpochSecond() : 0;
            us.link.send(LinkHandshake.netInfo(us.link.remote(), timestamp, us.addresses));
            return new ExpectNetinfo(us, version, responder);
        }

        private void authenticate(LinkCredentials ours) throws ProtocolViolation, IOException {
            byte[] responderLog = us.link.receivedDigest();
            us.link.send(ours.asInitiator());
            Authentication authentication = new Authentication(
                    ours.identity().rsa().publicKey(),
                    responder.rsa(),
                    ours.identity().identity(),
                    responder.identity(),
                    responderLog,
                    us.link.sentDigest(),
                    us.link.responderCertificate(),
                    Authentication.tlsSecrets(us.link, ours.identity().rsa().publicKey()));
            us.link.send(authentication.sign(ours.linkKey(), us.entropy));
        }
    }

    record ExpectNetinfo(Initiator us, int version, PeerCertificates responder) implements InitiatorHandshake {
        @Override
        public LinkHandshake receive(ChannelCell cell) throws ProtocolViolation {
            if (!(cell instanceof ChannelCell.NetInfo theirs)) {
                throw LinkHandshake.outOfPlace(cell, "NETINFO");
            }
            return new Done(
                    new AuthenticatedPeer(
                            responder.fingerprint(),
                            responder.identity(),
                            us.link.remote(),
                            theirs.own(),
                            theirs.other(),
                            LinkHandshake.skew(theirs, us.time.now()),
                            version,
                            true),
                    responder);
        }
    }
}

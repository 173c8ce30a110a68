package io.allium.channel;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The handshake of whoever was dialled, always a relay. The initiator says who it is, or with NETINFO alone that it does
 * not.
 *
 * @spec tor-spec 4
 */
sealed interface ResponderHandshake extends LinkHandshake {
    /** What stays the same throughout: our credentials, and the link versions that we accept. */
    record Responder(
            Conversation link,
            LinkCredentials credentials,
            List<InetAddress> addresses,
            List<Integer> versions,
            Time time,
            Entropy entropy) {}

    static LinkHandshake begin(Responder us) {
        return new ExpectVersions(us);
    }

    record ExpectVersions(Responder us) implements ResponderHandshake {
        @Override
        public LinkHandshake receive(ChannelCell cell) throws ProtocolViolation, IOException {
            if (cell.command() == CellCommand.AUTHORIZE) {
                return this; // reserved for what is to come, and allowed to come first
            }
            if (!(cell instanceof ChannelCell.Versions theirs)) {
                throw LinkHandshake.outOfPlace(cell, "VERSIONS");
            }
            int version = LinkHandshake.commonVersion(theirs, us.versions);
            us.link.send(new ChannelCell.Versions(us.versions));
            us.link.useVersion(version);
            us.link.send(us.credentials.asResponder());
            byte[] challenge = us.entropy.bytes(ChannelCell.AuthChallenge.CHALLENGE_BYTES);
            us.link.send(new ChannelCell.AuthChallenge(challenge, List.of(Authentication.METHOD)));
            byte[] responderLog = us.link.sentDigest();
            long timestamp = us.time.now().getEpochSecond();
            us.link.send(LinkHandshake.netInfo(us.link.remote(), timestamp, us.addresses));
            return new ExpectCerts(us, version, responderLog);
        }
    }

    /** Or NETINFO, from a client. */
    record ExpectCerts(Responder us, int version, byte[] responderLog) implements ResponderHandshake {
        @Override
        public LinkHandshake receive(ChannelCell cell) throws ProtocolViolation {
            if (cell instanceof ChannelCell.NetInfo theirs) {
                return done(us, version, null, theirs);
            }
            if (!(cell instanceof ChannelCell.Certs certs)) {
                throw LinkHandshake.outOfPlace(cell, "CERTS or NETINFO");
            }
            PeerCertificates.Authenticating initiator = PeerCertificates.ofInitiator(certs, us.time.now());
            return new ExpectAuth(us, version, responderLog, initiator);
        }
    }

    record ExpectAuth(Responder us, int version, byte[] responderLog, PeerCertificates.Authenticating initiator)
            implements ResponderHandshake {
        @Override
        public LinkHandshake receive(ChannelCell cell) throws ProtocolViolation {
            if (!(cell instanceof ChannelCell.Authenticate signed)) {
                throw LinkHandshake.outOfPlace(cell, "AUTHENTICATE");
            }
            PeerCertificates claimed = initiator.claimed();
            LinkIdentity ours = us.credentials.identity();
            Authentication expected = new Authentication(
                    claimed.rsa(),
                    ours.rsa().publicKey(),
                    claimed.identity(),
                    ours.identity(),
                    responderLog,
                    us.link.receivedDigestBefore(),
                    us.credentials.tlsCertificate(),
                    Authentication.tlsSecrets(us.link, claimed.rsa()));
            expected.verify(signed, initiator.linkKey());
            return new ExpectNetinfo(us, version, claimed);
        }
    }

    record ExpectNetinfo(Responder us, int version, PeerCertificates initiator) implements ResponderHandshake {
        @Override
        public LinkHandshake receive(ChannelCell cell) throws ProtocolViolation {
            if (!(cell instanceof ChannelCell.NetInfo theirs)) {
                throw LinkHandshake.outOfPlace(cell, "NETINFO");
            }
            return done(us, version, initiator, theirs);
        }
    }

    private static Done done(
            Responder us, int version, @Nullable PeerCertificates initiator, ChannelCell.NetInfo theirs) {
        return new Done(
                new AuthenticatedPeer(
                        initiator == null ? null : initiator.fingerprint(),
                        initiator == null ? null : initiator.identity(),
                        us.link.remote(),
                        theirs.own(),
                        theirs.other(),
                        LinkHandshake.skew(theirs, us.time.now()),
                        version,
                        false),
                initiator);
    }
}

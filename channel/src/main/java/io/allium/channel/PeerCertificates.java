package io.allium.channel;

import io.allium.base.ProtocolViolation;
import io.allium.base.Untrusted;
import io.allium.cell.ChannelCell;
import io.allium.crypto.Digests;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.RsaEd25519CrossCertificate;
import io.allium.crypto.RsaIdentityCertificate;
import io.allium.crypto.RsaPublicKey;
import java.security.MessageDigest;
import java.time.Instant;

/**
 * What a peer's CERTS cell has proven: that one RSA and one Ed25519 identity belong together, and vouch for a signing
 * key. Only the static methods make one, after all checks. Immutable.
 *
 * @spec tor-spec 4.2
 */
final class PeerCertificates {
    private final RsaPublicKey rsa;
    private final Ed25519Identity identity;
    private final Ed25519Identity signing;

    private PeerCertificates(RsaPublicKey rsa, Ed25519Identity identity, Ed25519Identity signing) {
        this.rsa = rsa;
        this.identity = identity;
        this.signing = signing;
    }

    /** Checks a responder's certificates, which must vouch for the certificate that it showed in TLS. */
    static PeerCertificates ofResponder(ChannelCell.Certs certs, byte[] tlsCertificate, Instant now)
            throws ProtocolViolation {
        PeerCertificates peer = identities(certs, now);
        Ed25519Certificate link = ed25519(certs, CertType.TLS_LINK);
        try {
            link.verify(Ed25519Certificate.SIGNING_SIGNS_TLS, peer.signing, now);
        } catch (Untrusted wrong) {
            throw inCerts("signing key to TLS", wrong);
        }
        if (!MessageDigest.isEqual(link.certified(), Digests.sha256(tlsCertificate))) {
            throw new ProtocolViolation("CERTS: vouches for another TLS certificate than the one shown");
        }
        return peer;
    }

    /** Checks an initiator's certificates; that they are its own, AUTHENTICATE must show, signed by the key returned. */
    static Authenticating ofInitiator(ChannelCell.Certs certs, Instant now) throws ProtocolViolation {
        PeerCertificates peer = identities(certs, now);
        Ed25519Certificate auth = ed25519(certs, CertType.LINK_AUTH);
        try {
            auth.verify(Ed25519Certificate.SIGNING_SIGNS_LINK_AUTH, peer.signing, now);
        } catch (Untrusted wrong) {
            throw inCerts("signing key to link key", wrong);
        }
        return new Authenticating(peer, auth.certifiedKey());
    }

    /** An initiator who claims to be somebody, and the key with which it must sign AUTHENTICATE. */
    record Authenticating(PeerCertificates claimed, Ed25519Identity linkKey) {}

    RsaPublicKey rsa() {
        return rsa;
    }

    Fingerprint fingerprint() {
        return rsa.fingerprint();
    }

    Ed25519Identity identity() {
        return identity;
    }

    /** What both ends send: RSA identity, Ed25519 identity and how each vouches for the other and for a signing key. */
    private static PeerCertificates identities(ChannelCell.Certs certs, Instant now) throws ProtocolViolation {
        try {
            RsaIdentityCertificate rsa = RsaIdentityCertificate.parse(need(certs, CertType.RSA_IDENTITY));
            rsa.verify(now);
            RsaEd25519CrossCertificate cross = RsaEd25519CrossCertificate.parse(need(certs, CertType.RSA_CROSS));
            cross.verify(rsa.key(), now);
            Ed25519Certificate signing = Ed25519Certificate.parse(need(certs, CertType.SIGNING));
            Ed25519Identity identity = signing.signedWith()
                    .orElseThrow(() -> new Untrusted("the identity's certificate does not name the identity"));
            signing.verify(Ed25519Certificate.IDENTITY_SIGNS_SIGNING, identity, now);
            if (!cross.identity().equals(identity)) {
                throw new Untrusted("the RSA identity vouches for another Ed25519 identity");
            }
            return new PeerCertificates(rsa.key(), identity, signing.certifiedKey());
        } catch (Untrusted wrong) {
            throw inCerts("identities", wrong);
        }
    }

    private static Ed25519Certificate ed25519(ChannelCell.Certs certs, int type) throws ProtocolViolation {
        try {
            return Ed25519Certificate.parse(need(certs, type));
        } catch (Untrusted malformed) {
            throw inCerts("type " + type, malformed);
        }
    }

    private static byte[] need(ChannelCell.Certs certs, int type) throws ProtocolViolation {
        byte[] certificate = certs.find(type);
        if (certificate == null) {
            throw new ProtocolViolation("CERTS: no certificate of type " + type);
        }
        return certificate;
    }

    private static ProtocolViolation inCerts(String which, Untrusted wrong) {
        return new ProtocolViolation("CERTS: " + which + ": " + wrong.getMessage(), wrong);
    }
}

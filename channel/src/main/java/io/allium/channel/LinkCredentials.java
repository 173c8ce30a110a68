package io.allium.channel;

import io.allium.base.Entropy;
import io.allium.cell.ChannelCell;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.LinkCertificate;
import io.allium.crypto.RsaEd25519CrossCertificate;
import io.allium.crypto.RsaIdentityCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a relay shows on its links for some hours: a TLS certificate, a key that signs AUTHENTICATE, and the CERTS cells
 * that vouch for them. Immutable.
 *
 * @spec tor-spec 4.2
 */
final class LinkCredentials {
    /** How long the certificates of the TLS certificate and of the link key last: 2 days, as in C tor. */
    private static final Duration CERTIFIED_FOR = Duration.ofDays(2);

    /** How long the RSA identity vouches for the Ed25519 identity: half a year, as in C tor. */
    private static final Duration CROSS_CERTIFIED_FOR = Duration.ofDays(182);

    private final LinkIdentity identity;
    private final LinkCertificate tlsCertificate;
    private final LinkTls responder;
    private final Ed25519KeyPair linkKey;
    private final ChannelCell.Certs asResponder;
    private final ChannelCell.Certs asInitiator;
    private final Instant madeAt;

    private LinkCredentials(
            LinkIdentity identity,
            LinkCertificate tlsCertificate,
            LinkTls responder,
            Ed25519KeyPair linkKey,
            ChannelCell.Certs asResponder,
            ChannelCell.Certs asInitiator,
            Instant madeAt) {
        this.identity = identity;
        this.tlsCertificate = tlsCertificate;
        this.responder = responder;
        this.linkKey = linkKey;
        this.asResponder = asResponder;
        this.asInitiator = asInitiator;
        this.madeAt = madeAt;
    }

    /** New keys and certificates; takes a fifth of a second. */
    static LinkCredentials make(LinkIdentity identity, Instant now, Entropy entropy) {
        LinkCertificate tlsCertificate = LinkCertificate.make(identity.rsa(), now, entropy);
        Ed25519KeyPair linkKey = Ed25519KeyPair.generate(entropy);
        Instant expires = now.plus(CERTIFIED_FOR);
        byte[] tls = Ed25519Certificate.signTls(tlsCertificate.digest(), expires, identity.signingKey())
                .encoded();
        byte[] auth = Ed25519Certificate.sign(
                        Ed25519Certificate.SIGNING_SIGNS_LINK_AUTH,
                        linkKey.publicKey(),
                        expires,
                        identity.signingKey(),
                        false)
                .encoded();
        byte[] rsa = RsaIdentityCertificate.make(identity.rsa(), now, entropy).der();
        byte[] cross = RsaEd25519CrossCertificate.sign(
                        identity.identity(), now.plus(CROSS_CERTIFIED_FOR), identity.rsa())
                .encoded();
        return new LinkCredentials(
                identity,
                tlsCertificate,
                LinkTls.responder(tlsCertificate, entropy),
                linkKey,
                certs(identity, rsa, CertType.TLS_LINK, tls, cross),
                certs(identity, rsa, CertType.LINK_AUTH, auth, cross),
                now);
    }

    private static ChannelCell.Certs certs(LinkIdentity identity, byte[] rsa, int linkType, byte[] link, byte[] cross) {
        return new ChannelCell.Certs(List.of(
                new ChannelCell.Certs.Entry(CertType.RSA_IDENTITY, rsa),
                new ChannelCell.Certs.Entry(CertType.SIGNING, identity.signing().encoded()),
                new ChannelCell.Certs.Entry(linkType, link),
                new ChannelCell.Certs.Entry(CertType.RSA_CROSS, cross)));
    }

    boolean areOld(Instant now) {
        return now.isAfter(madeAt.plus(LinkCertificate.REPLACED_AFTER));
    }

    LinkIdentity identity() {
        return identity;
    }

    /** TLS for those who dial us. */
    LinkTls responder() {
        return responder;
    }

    byte[] tlsCertificate() {
        return tlsCertificate.der();
    }

    /** What signs AUTHENTICATE. */
    Ed25519KeyPair linkKey() {
        return linkKey;
    }

    ChannelCell.Certs asResponder() {
        return asResponder;
    }

    ChannelCell.Certs asInitiator() {
        return asInitiator;
    }
}

package io.allium.netdoc;

import io.allium.base.Untrusted;
import io.allium.crypto.Digests;
import io.allium.crypto.Ed25519;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.RsaPublicKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * The two signatures at the end of a server descriptor or extra-info document, and what they are over.
 *
 * @param ed25519Signed from the start through the space after {@code router-sig-ed25519}
 * @param rsaSigned from the start through the newline after {@code router-signature}
 * @spec dir-spec 2.1.1
 */
record RouterSignatures(Slice ed25519Signed, byte[] ed25519, Slice rsaSigned, byte[] rsa) {
    /** Before each document that the key signs, so that its signature fits nothing else. */
    private static final byte[] PREFIX = "Tor router descriptor signature v1".getBytes(StandardCharsets.US_ASCII);

    static RouterSignatures read(Section section) throws Untrusted {
        int count = section.items().size();
        Item ed25519 = section.one("router-sig-ed25519");
        Item rsa = section.one("router-signature");
        if (!section.items().get(1).is("identity-ed25519")) {
            throw section.one("identity-ed25519").bad("is not the second item");
        }
        if (section.items().get(count - 2) != ed25519) {
            throw ed25519.bad("is not the last item but one");
        }
        return new RouterSignatures(
                section.sourceUpTo(ed25519.keywordEnd() + 1),
                ed25519.base64(0, Ed25519.SIGNATURE_LENGTH),
                section.sourceUpTo(rsa.lineEnd()),
                rsa.object());
    }

    /** What the Ed25519 key signs for a document up to the space after {@code router-sig-ed25519}. */
    static byte[] ed25519Message(byte[] document) {
        return Digests.sha256(PREFIX, document);
    }

    /** Fails unless both keys signed, the first by the certificate's word. */
    void check(Ed25519Certificate certificate, RsaPublicKey rsaIdentity, Instant now) throws Untrusted {
        checkCertificate(certificate, now);
        check(certificate.certifiedKey(), rsaIdentity);
    }

    /** Fails unless both keys signed. */
    void check(Ed25519Identity signingKey, RsaPublicKey rsaIdentity) throws Untrusted {
        if (!Ed25519.verify(signingKey, ed25519Message(ed25519Signed.bytes()), ed25519)) {
            throw new Untrusted("router-sig-ed25519: wrong signature");
        }
        if (!rsaIdentity.verifies(Sha1Digest.over(rsaSigned).bytes(), rsa)) {
            throw new Untrusted("router-signature: wrong signature");
        }
    }

    /** Fails unless the master key that the certificate names vouches for the key that it certifies. */
    private static void checkCertificate(Ed25519Certificate certificate, Instant now) throws Untrusted {
        Ed25519Identity master = certificate
                .signedWith()
                .orElseThrow(() -> new Untrusted("identity-ed25519: does not name the master key"));
        try {
            certificate.verify(Ed25519Certificate.IDENTITY_SIGNS_SIGNING, master, now);
        } catch (Untrusted wrong) {
            throw wrong.in("identity-ed25519");
        }
    }

    static Ed25519Certificate certificate(Item item) throws Untrusted {
        try {
            return Ed25519Certificate.parse(item.object());
        } catch (Untrusted malformed) {
            throw malformed.in(item.toString());
        }
    }

    static RsaPublicKey rsaKey(Item item) throws Untrusted {
        try {
            return RsaPublicKey.ofDer(item.object());
        } catch (Untrusted malformed) {
            throw malformed.in(item.toString());
        }
    }
}

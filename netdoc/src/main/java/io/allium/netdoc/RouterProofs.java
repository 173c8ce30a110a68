package io.allium.netdoc;

import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.RsaPublicKey;
import java.time.Instant;
import java.util.Optional;

/**
 * How a server descriptor proves that whoever wrote it holds all the keys that it tells.
 *
 * @param onionCrossCertificate in which the onion key signs the two identities; empty if there is none
 * @param ntorSign the sign that the ntor onion key takes as an Ed25519 key
 * @param ntorCrossCertificate in which the ntor onion key vouches for the master key
 * @spec dir-spec 2.1.1
 */
record RouterProofs(
        RouterSignatures signatures,
        Optional<Slice> onionCrossCertificate,
        int ntorSign,
        Ed25519Certificate ntorCrossCertificate) {
    static RouterProofs read(Section section) throws Untrusted {
        Item ntor = section.one("ntor-onion-key-crosscert");
        return new RouterProofs(
                RouterSignatures.read(section),
                section.maybe("onion-key-crosscert").map(item -> Slice.of(item.object())),
                (int) ntor.number(0, 0, 1),
                RouterSignatures.certificate(ntor));
    }

    /** What the onion key signs: the digest of the RSA identity key, and the Ed25519 identity key. */
    static byte[] onionCrossCertified(Fingerprint rsaIdentity, Ed25519Identity identity) {
        byte[] both = new byte[Fingerprint.LENGTH + Ed25519Identity.LENGTH];
        System.arraycopy(rsaIdentity.bytes(), 0, both, 0, Fingerprint.LENGTH);
        System.arraycopy(identity.bytes(), 0, both, Fingerprint.LENGTH, Ed25519Identity.LENGTH);
        return both;
    }

    /** Fails unless each key proves itself and no certificate has expired. */
    void check(RouterKeys keys, Instant now) throws Untrusted {
        signatures.check(keys.identityCertificate(), keys.rsaIdentity(), now);
        checkOnionKey(keys);
        checkNtorOnionKey(keys, now);
        for (Ed25519Certificate family : keys.familyCertificates()) {
            checkFamily(family, keys.identity(), now);
        }
    }

    private void checkOnionKey(RouterKeys keys) throws Untrusted {
        if (keys.onionKey().isEmpty()) {
            return;
        }
        RsaPublicKey onionKey = keys.onionKey().get();
        Slice signature = onionCrossCertificate.orElseThrow(() -> new Untrusted("onion-key-crosscert: missing"));
        byte[] certified = onionCrossCertified(keys.rsaIdentity().fingerprint(), keys.identity());
        if (!onionKey.verifies(certified, signature.bytes())) {
            throw new Untrusted("onion-key-crosscert: wrong signature");
        }
    }

    private void checkNtorOnionKey(RouterKeys keys, Instant now) throws Untrusted {
        try {
            Ed25519Identity onionKey = keys.ntorOnionKey().toEd25519(ntorSign);
            ntorCrossCertificate.verify(Ed25519Certificate.ONION_SIGNS_IDENTITY, onionKey, now);
            if (!ntorCrossCertificate.certifiedKey().equals(keys.identity())) {
                throw new Untrusted("is for another identity");
            }
        } catch (Untrusted wrong) {
            throw wrong.in("ntor-onion-key-crosscert");
        }
    }

    private static void checkFamily(Ed25519Certificate certificate, Ed25519Identity identity, Instant now)
            throws Untrusted {
        try {
            Ed25519Identity family =
                    certificate.signedWith().orElseThrow(() -> new Untrusted("does not name its family"));
            certificate.verify(Ed25519Certificate.FAMILY_SIGNS_IDENTITY, family, now);
            if (!certificate.certifiedKey().equals(identity)) {
                throw new Untrusted("is for another identity");
            }
        } catch (Untrusted wrong) {
            throw wrong.in("family-cert");
        }
    }
}

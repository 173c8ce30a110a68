package io.allium.channel;

import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.RsaKeyPair;

/**
 * The keys with which a relay proves on its links who it is. A client has none. Immutable.
 *
 * @param rsa the RSA identity key
 * @param identity the Ed25519 identity key, whose secret half stays away
 * @param signing the identity's certificate for the signing key, of type {@link
 *     Ed25519Certificate#IDENTITY_SIGNS_SIGNING}
 * @param signingKey the signing key
 */
public record LinkIdentity(
        RsaKeyPair rsa, Ed25519Identity identity, Ed25519Certificate signing, Ed25519KeyPair signingKey) {
    public LinkIdentity {
        if (!signing.certifiedKey().equals(signingKey.publicKey())) {
            throw new IllegalArgumentException("the certificate is for another signing key");
        }
    }

    public Fingerprint fingerprint() {
        return rsa.fingerprint();
    }

    /** Whom the keys belong to; nothing secret. */
    @Override
    public String toString() {
        return "LinkIdentity[" + fingerprint() + "]";
    }
}

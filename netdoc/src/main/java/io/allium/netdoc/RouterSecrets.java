package io.allium.netdoc;

import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.RsaKeyPair;
import java.util.List;

/**
 * The keys with which a relay writes its server descriptor and extra-info document.
 *
 * @param rsaIdentity signs the documents
 * @param identityCertificate names the master Ed25519 key, which may be offline, and vouches for {@code signing}
 * @param signing signs the documents
 * @param onionKey certifies the identity keys, as authorities still demand
 * @param ntorOnionKey certifies the master Ed25519 key
 * @param families the family keys that the operator gave; usually none
 */
public record RouterSecrets(
        RsaKeyPair rsaIdentity,
        Ed25519Certificate identityCertificate,
        Ed25519KeyPair signing,
        RsaKeyPair onionKey,
        Curve25519KeyPair ntorOnionKey,
        List<Ed25519KeyPair> families) {
    public RouterSecrets {
        if (!identityCertificate.certifiedKey().equals(signing.publicKey())) {
            throw new IllegalArgumentException("the certificate is not for the signing key");
        }
        if (identityCertificate.signedWith().isEmpty()) {
            throw new IllegalArgumentException("the certificate does not name the master key");
        }
        families = List.copyOf(families);
    }
}

package io.allium.netdoc;

import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.RsaPublicKey;
import java.util.List;
import java.util.Optional;

/**
 * The public keys that a server descriptor tells.
 *
 * @param rsaIdentity the {@code signing-key}, whose digest is the relay's fingerprint
 * @param identity the master Ed25519 key
 * @param identityCertificate in which the master key vouches for the key that signs the descriptor
 * @param onionKey the key of a handshake that no one makes any more; may be missing
 * @param familyCertificates in which families claim the relay
 * @spec dir-spec 2.1.1
 */
public record RouterKeys(
        RsaPublicKey rsaIdentity,
        Ed25519Identity identity,
        Ed25519Certificate identityCertificate,
        Optional<RsaPublicKey> onionKey,
        Curve25519Key ntorOnionKey,
        List<Ed25519Certificate> familyCertificates) {
    public RouterKeys {
        familyCertificates = List.copyOf(familyCertificates);
    }
}

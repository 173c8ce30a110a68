package io.allium.relay;

import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.RsaKeyPair;
import java.time.Instant;
import java.util.Optional;

/**
 * The keys that clients address their onion skins to. Immutable.
 *
 * @param tap nothing is encrypted to it any more, but descriptors must still hold one
 * @param ntor the current key
 * @param previous the key before it, while clients may still know only that
 * @param since when the current ones were made
 * @spec tor-spec 1.1
 */
public record OnionKeys(RsaKeyPair tap, Curve25519KeyPair ntor, Optional<Curve25519KeyPair> previous, Instant since) {

    /** The pair that an onion skin names, if we still answer for it. */
    Optional<Curve25519KeyPair> pair(Curve25519Key named) {
        if (ntor.publicKey().equals(named)) {
            return Optional.of(ntor);
        }
        return previous.filter(pair -> pair.publicKey().equals(named));
    }
}

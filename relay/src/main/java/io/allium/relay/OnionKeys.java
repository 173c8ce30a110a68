package io.allium.relay;

import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.RsaKeyPair;
import java.time.Instant;
import java.util.List;
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

    /** Those that we answer for, the current one first. */
    List<Curve25519KeyPair> answered() {
        return previous.map(old -> List.of(ntor, old)).orElse(List.of(ntor));
    }
}

package io.allium.relay;

import io.allium.cell.RendezvousCookie;
import io.allium.crypto.Ed25519Identity;

/**
 * What a transit circuit that ends here is to onion services. A circuit assumes a role once, but that a client's which waits
 * is joined later.
 *
 * @spec rend-spec-v3 3, 4
 */
sealed interface OnionRole {
    /** Nothing, as most. */
    OnionRole NONE = new None();

    record None() implements OnionRole {}

    /** A service's, which asked for an introduction point; the signature is being looked at. */
    record Applies() implements OnionRole {}

    /**
     * A service's, to which we bring introductions.
     *
     * @param key by which clients name it
     */
    record Introduces(Ed25519Identity key, IntroductionBucket bucket) implements OnionRole {}

    /** A client's, which waits for a service. */
    record Waits(RendezvousCookie cookie) implements OnionRole {}

    /** Half of a rendezvous: what is not for us goes on to the other half. */
    record Joined(TransitCircuit other) implements OnionRole {}
}

package io.allium.onionservice;

import io.allium.circuit.HopTarget;
import io.allium.directory.Relay;

/** The end of a circuit that carries no streams of applications. */
final class LastHop {
    private LastHop() {}

    /** A relay of our consensus as a circuit needs to know it. */
    static HopTarget of(Relay relay) {
        return new HopTarget(
                relay.fingerprint(),
                relay.identity(),
                relay.onionKey().orElse(null),
                relay.addresses(),
                relay.protocols().supports("Relay", 4),
                false);
    }
}

package io.allium.authority;

import io.allium.base.Endpoint;
import io.allium.crypto.Fingerprint;

/**
 * Another authority that we vote with.
 *
 * @param identity of its long-lived v3 key
 * @param dirPort where it takes votes and signatures
 */
public record Peer(String nickname, Fingerprint identity, Endpoint dirPort) {
    @Override
    public String toString() {
        return nickname + " at " + dirPort;
    }
}

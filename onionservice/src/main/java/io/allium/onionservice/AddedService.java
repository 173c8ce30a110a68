package io.allium.onionservice;

import io.allium.crypto.Curve25519Key;
import io.allium.crypto.OnionAddress;
import java.util.List;

/**
 * A service that a controller has us offer, as it described it: nothing of it is ever written to disk. Immutable.
 *
 * @param clients whom it lets in; everybody if there are none
 */
public record AddedService(ServiceKeys keys, ServiceOptions options, List<Curve25519Key> clients) {
    public AddedService {
        clients = List.copyOf(clients);
    }

    public OnionAddress address() {
        return keys.address();
    }
}

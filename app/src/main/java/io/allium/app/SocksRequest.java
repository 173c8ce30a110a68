package io.allium.app;

import io.allium.base.Endpoint;
import java.util.Optional;

/**
 * What an application asks a SOCKS port for. Immutable.
 *
 * @param version 4 or 5
 * @param host a name, or an address literal without brackets
 * @param auth what it authenticated with, which only keeps streams apart; absent where it did not
 * @param addressed whether the request held an address where it could have held a name
 */
record SocksRequest(int version, Command command, String host, int port, Optional<Auth> auth, boolean addressed) {

    /** What it wants done. */
    enum Command {
        CONNECT,
        RESOLVE,
        RESOLVE_PTR
    }

    /** User name and password, each byte a Latin-1 character; either may be empty. */
    record Auth(String username, String password) {}

    SocksRequest withHost(String other) {
        return new SocksRequest(version, command, other, port, auth, addressed);
    }

    boolean isAddress() {
        return Endpoint.isAddress(host);
    }

    boolean isOnion() {
        return SocksRules.isUnder(host, "onion");
    }
}

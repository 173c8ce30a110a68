package io.allium.channel;

import java.net.InetAddress;
import java.util.List;

/**
 * What makes our end of a link a relay's.
 *
 * @param identity who we are
 * @param addresses our own addresses, for NETINFO
 * @param opener what happens to circuits that neighbours ask for
 */
public record RelayRole(LinkIdentity identity, List<InetAddress> addresses, CircuitOpener opener) {
    public RelayRole {
        addresses = List.copyOf(addresses);
    }
}

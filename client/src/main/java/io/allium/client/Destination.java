package io.allium.client;

import io.allium.base.Endpoint;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a stream goes: a host name or an address literal without brackets, and a TCP port. Immutable. Never looked up
 * on this machine.
 */
public record Destination(String host, int port) {
    /** A longer name fits into no DNS message, and with its port must fit into a BEGIN cell. */
    public static final int HOST_MAX = 255;

    public Destination {
        if (!isHost(host)) {
            throw new IllegalArgumentException("host name is empty, longer than " + HOST_MAX + ", or not plain text");
        }
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
        }
    }

    /** Whether a text can be a host's name or address. */
    public static boolean isHost(String host) {
        return !host.isEmpty() && host.length() <= HOST_MAX && host.chars().noneMatch(c -> c <= ' ' || c >= 127);
    }

    /** The address, where the host is one. */
    public Optional<InetAddress> address() {
        return Endpoint.isAddress(host) ? Optional.of(Endpoint.parseAddress(host)) : Optional.empty();
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}

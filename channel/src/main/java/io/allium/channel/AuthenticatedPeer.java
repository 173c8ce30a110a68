package io.allium.channel;

import io.allium.base.Endpoint;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a link, as a completed handshake has proven it; nothing else makes one, and
 * there is no channel without one. Immutable.
 *
 * @spec tor-spec 4
 */
public final class AuthenticatedPeer {
    private final @Nullable Fingerprint fingerprint;
    private final @Nullable Ed25519Identity identity;
    private final @Nullable Endpoint endpoint;
    private final List<InetAddress> addresses;
    private final @Nullable InetAddress ourAddress;
    private final @Nullable Duration clockSkew;
    private final int linkVersion;
    private final boolean dialled;

    AuthenticatedPeer(
            @Nullable Fingerprint fingerprint,
            @Nullable Ed25519Identity identity,
            @Nullable Endpoint endpoint,
            List<InetAddress> addresses,
            @Nullable InetAddress ourAddress,
            @Nullable Duration clockSkew,
            int linkVersion,
            boolean dialled) {
        this.fingerprint = fingerprint;
        this.identity = identity;
        this.endpoint = endpoint;
        this.addresses = List.copyOf(addresses);
        this.ourAddress = ourAddress;
        this.clockSkew = clockSkew;
        this.linkVersion = linkVersion;
        this.dialled = dialled;
    }

    /** The SHA-1 of its RSA identity; absent for a client, which does not say who it is. */
    public Optional<Fingerprint> fingerprint() {
        return Optional.ofNullable(fingerprint);
    }

    /** Its Ed25519 identity; absent for a client. */
    public Optional<Ed25519Identity> identity() {
        return Optional.ofNullable(identity);
    }

    /** Whether it proved to be a relay. */
    public boolean isRelay() {
        return fingerprint != null;
    }

    /** The other end of the TCP connection, where the network knows it. */
    public Optional<Endpoint> endpoint() {
        return Optional.ofNullable(endpoint);
    }

    /** The addresses that it says are its own. */
    public List<InetAddress> addresses() {
        return addresses;
    }

    /** The address at which it says that it sees us; it may lie. */
    public Optional<InetAddress> ourAddress() {
        return Optional.ofNullable(ourAddress);
    }

    /** How far its clock is ahead of ours (negative: behind); absent where it does not tell its time. */
    public Optional<Duration> clockSkew() {
        return Optional.ofNullable(clockSkew);
    }

    /** 3, 4 or 5. */
    public int linkVersion() {
        return linkVersion;
    }

    /** Whether we dialled it, rather than it us. */
    public boolean dialled() {
        return dialled;
    }

    /**
     * Whether it is a relay at an address that it calls its own, so that circuits for any of its addresses may go here.
     *
     * @spec tor-spec 5.3.1
     */
    public boolean isCanonical() {
        return isRelay() && endpoint != null && addresses.contains(endpoint.address());
    }

    /** The peer in words, for logs. Addresses of clients are not in it. */
    @Override
    public String toString() {
        return isRelay() ? fingerprint + " at " + endpoint : "a client";
    }
}

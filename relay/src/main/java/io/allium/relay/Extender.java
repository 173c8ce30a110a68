package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import io.allium.base.Tasks;
import io.allium.base.Unreachable;
import io.allium.cell.DestroyReason;
import io.allium.cell.HandshakeType;
import io.allium.cell.LinkSpecifier;
import io.allium.cell.RelayMessage;
import io.allium.channel.AuthenticatedPeer;
import io.allium.channel.Channel;
import io.allium.channel.ChannelTarget;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.Ntor;
import io.allium.crypto.NtorV3;
import io.allium.netdoc.PrivateNetworks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lengthens transit circuits: judges whom the client may be taken to, and dials them if need be, each on a virtual thread
 * that lives for one extension. Immutable.
 *
 * @spec tor-spec 5.1.2, 5.3
 */
final class Extender {
    /** How long a dial with its handshakes may take: a client gives a whole circuit up after 60 s. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Fingerprint NOBODY = Fingerprint.of(new byte[Fingerprint.LENGTH]);
    private static final Ed25519Identity NO_IDENTITY = Ed25519Identity.of(new byte[Ed25519Identity.LENGTH]);

    /** How to get a channel: {@code Channels.to}. */
    interface Dialler {
        Channel to(ChannelTarget target, Duration patience) throws Unreachable, InterruptedException;
    }

    private final Fingerprint us;
    private final Dialler dialler;
    private final Tasks tasks;
    private final boolean allowPrivateAddresses;

    Extender(Fingerprint us, Dialler dialler, Tasks tasks, boolean allowPrivateAddresses) {
        this.us = us;
        this.dialler = dialler;
        this.tasks = tasks;
        this.allowPrivateAddresses = allowPrivateAddresses;
    }

    /** Whom the client wants next, unless it may not. */
    Extension check(RelayMessage.Extend2 extend, AuthenticatedPeer previous) throws ProtocolViolation {
        checkHandshake(extend);
        Fingerprint fingerprint = null;
        Ed25519Identity identity = null;
        List<Endpoint> addresses = new ArrayList<>();
        for (LinkSpecifier specifier : extend.specifiers()) {
            switch (specifier) {
                case LinkSpecifier.Ipv4 v4 -> addIfAllowed(v4.endpoint(), addresses);
                case LinkSpecifier.Ipv6 v6 -> addIfAllowed(v6.endpoint(), addresses);
                case LinkSpecifier.LegacyIdentity rsa -> fingerprint = rsa.fingerprint();
                case LinkSpecifier.Ed25519 ed25519 -> identity = ed25519.identity();
                case LinkSpecifier.Unknown _ -> {} // from the future, says nothing to us
            }
        }
        if (fingerprint == null || fingerprint.equals(NOBODY)) {
            throw new ProtocolViolation("EXTEND2: does not say to whom");
        }
        if (addresses.isEmpty()) {
            throw new ProtocolViolation("EXTEND2: no address that we may connect to");
        }
        Optional<Ed25519Identity> named = Optional.ofNullable(identity).filter(key -> !key.equals(NO_IDENTITY));
        refuseNeighbours(fingerprint, named.orElse(null), previous);
        return new Extension(new ChannelTarget(addresses, fingerprint, named), extend);
    }

    /** Reaches the relay and asks it for the circuit. */
    void start(TransitCircuit circuit, Extension extension) {
        tasks.fork("extend", () -> {
            try {
                circuit.reached(extension, dialler.to(extension.target(), PATIENCE));
            } catch (Unreachable gone) {
                circuit.notReached(DestroyReason.CONNECTFAILED, gone.getMessage());
            }
        });
    }

    private static void checkHandshake(RelayMessage.Extend2 extend) throws ProtocolViolation {
        int length = extend.handshake().length;
        boolean known = switch (extend.handshakeType()) {
            case HandshakeType.NTOR -> length == Ntor.ONIONSKIN_LENGTH;
            case HandshakeType.NTOR_V3 -> length >= NtorV3.ONIONSKIN_OVERHEAD;
            default -> false;
        };
        if (!known) {
            throw new ProtocolViolation(
                    "EXTEND2: " + HandshakeType.name(extend.handshakeType()) + " with " + length + " bytes");
        }
    }

    private void addIfAllowed(Endpoint endpoint, List<Endpoint> addresses) {
        boolean isPlace = endpoint.port() != 0 && !endpoint.address().isAnyLocalAddress();
        if (isPlace && (allowPrivateAddresses || !PrivateNetworks.contain(endpoint.address()))) {
            addresses.add(endpoint);
        }
    }

    /** A path through the same relay twice in a row serves nobody but an attacker. */
    private void refuseNeighbours(
            Fingerprint fingerprint, @Nullable Ed25519Identity identity, AuthenticatedPeer previous)
            throws ProtocolViolation {
        if (fingerprint.equals(us)) {
            throw new ProtocolViolation("EXTEND2: to ourselves");
        }
        boolean back = previous.fingerprint().filter(fingerprint::equals).isPresent()
                || identity != null
                        && previous.identity().filter(identity::equals).isPresent();
        if (back) {
            throw new ProtocolViolation("EXTEND2: back to the previous relay");
        }
    }
}

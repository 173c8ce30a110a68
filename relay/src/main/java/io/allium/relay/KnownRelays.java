package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.cell.EndReason;
import io.allium.channel.AuthenticatedPeer;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose circuits may leave the network here: those that come from a relay of the consensus. Whoever uses an exit as its
 * only hop would be better off with a plain proxy, and would make the exit worth attacking. And where they may not go:
 * to a relay. Immutable but for what it remembers of the latest view.
 */
final class KnownRelays {
    /** Where the relays of a view listen. */
    private record Ports(NetworkView of, Set<Endpoint> endpoints) {
        static Ports of(NetworkView view) {
            Set<Endpoint> all = new LinkedHashSet<>();
            view.relays().forEach(relay -> all.addAll(relay.addresses()));
            return new Ports(view, all);
        }
    }

    private final Optional<Boolean> refuseUnknown;
    private final Supplier<Optional<NetworkView>> view;
    private final AtomicReference<@Nullable Ports> ports = new AtomicReference<>();

    /** @param refuseUnknown {@code RefuseUnknownExits}; empty: as the consensus says */
    KnownRelays(Optional<Boolean> refuseUnknown, Supplier<Optional<NetworkView>> view) {
        this.refuseUnknown = refuseUnknown;
        this.view = view;
    }

    /** Whether a stream there would come back into the network, so that paths could be made endless. */
    boolean isReentry(Endpoint destination) {
        Optional<NetworkView> network = view.get();
        if (network.isEmpty() || network.get().parameters().isOn(Parameter.ALLOW_NETWORK_REENTRY)) {
            return false;
        }
        Ports known = ports.get();
        if (known == null || !known.of.equals(network.get())) {
            known = Ports.of(network.get());
            ports.set(known);
        }
        return known.endpoints.contains(destination);
    }

    /** Why no stream may leave that comes from there; nothing if it may. */
    Optional<EndReason> whyNotExit(AuthenticatedPeer previous) {
        Optional<Fingerprint> relay = previous.fingerprint();
        if (relay.isEmpty()) {
            return Optional.of(EndReason.TORPROTOCOL);
        }
        Optional<NetworkView> network = view.get();
        boolean refuses = refuseUnknown.orElseGet(
                () -> network.map(known -> known.parameters().isOn(Parameter.REFUSE_UNKNOWN_EXITS))
                        .orElse(false));
        boolean isKnown = network.flatMap(known -> known.relay(relay.get())).isPresent();
        return refuses && !isKnown ? Optional.of(EndReason.MISC) : Optional.empty();
    }
}

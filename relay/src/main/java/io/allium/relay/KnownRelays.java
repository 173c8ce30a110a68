package io.allium.relay;

import io.allium.cell.EndReason;
import io.allium.channel.AuthenticatedPeer;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whose circuits may leave the network here: those that come from a relay of the consensus. Whoever uses an exit as its
 * only hop would be better off with a plain proxy, and would make the exit worth attacking. Immutable.
 */
final class KnownRelays {
    private final Optional<Boolean> refuseUnknown;
    private final Supplier<Optional<NetworkView>> view;

    /** @param refuseUnknown {@code RefuseUnknownExits}; empty: as the consensus says */
    KnownRelays(Optional<Boolean> refuseUnknown, Supplier<Optional<NetworkView>> view) {
        this.refuseUnknown = refuseUnknown;
        this.view = view;
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

package io.allium.relay;

import io.allium.base.Refused;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlPart;
import io.allium.crypto.Fingerprint;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who we are as a relay, as controllers see it. Immutable.
 *
 * @spec control-spec 3.9
 */
public final class RelayControl implements ControlPart {
    private final Supplier<Optional<Fingerprint>> fingerprint;
    private final Supplier<Optional<String>> address;

    /** Each is nothing where we are no relay, and while the network is disabled. */
    public RelayControl(Supplier<Optional<Fingerprint>> fingerprint, Supplier<Optional<String>> address) {
        this.fingerprint = fingerprint;
        this.address = address;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key(
                        "fingerprint",
                        "Our fingerprint as a relay.",
                        () -> fingerprint.get().map(Fingerprint::hex).orElseThrow(RelayControl::notRelay))
                .key("address", "Our address.", () -> address.get().orElseThrow(RelayControl::noAddress))
                .key("address/v4", "Our IPv4 address.", () -> address.get().orElseThrow(RelayControl::noAddress));
    }

    private static Refused notRelay() {
        return new Refused(Refused.Kind.GENERAL, "Not currently a server");
    }

    private static Refused noAddress() {
        return new Refused(Refused.Kind.GENERAL, "Address unknown");
    }
}

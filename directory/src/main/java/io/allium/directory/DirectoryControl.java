package io.allium.directory;

import io.allium.base.LocalFailure;
import io.allium.base.TorException;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.crypto.Fingerprint;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What is believed of the network, as controllers see it. Immutable.
 *
 * @spec control-spec 3.9, 4.1.15
 */
public final class DirectoryControl implements ControlPart {
    private final Supplier<Optional<NetworkView>> view;
    private final ControlEvents events;

    /** @param view nothing while there is no consensus */
    public DirectoryControl(Supplier<Optional<NetworkView>> view, ControlEvents events) {
        this.view = view;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key(
                        "ns/all",
                        "What the consensus says of every relay.",
                        () -> view.get().map(DirectoryControl::entries).orElse(""))
                .prefix("ns/id/", "What it says of the relay with this fingerprint.", this::relay)
                .prefix(
                        "ns/name/",
                        "What it says of the relay with this name.",
                        name -> view.get()
                                .flatMap(now -> now.relayNamed(name))
                                .map(relay -> RelayText.entry(relay.status())));
    }

    private Optional<String> relay(String id) throws TorException {
        Fingerprint fingerprint;
        try {
            fingerprint = Fingerprint.parse(id);
        } catch (TorException malformed) {
            throw new LocalFailure("'" + id + "' is not a fingerprint", malformed);
        }
        return view.get().flatMap(now -> now.relay(fingerprint)).map(relay -> RelayText.entry(relay.status()));
    }

    /** What a new consensus says of every relay. */
    public void consensusArrived(NetworkView now) {
        if (events.wanted(ControlEvent.NEWCONSENSUS)) {
            events.document(ControlEvent.NEWCONSENSUS, "", entries(now) + "\n");
        }
    }

    /** Descriptors of these relays came. */
    public void descriptorsArrived(List<Fingerprint> relays) {
        if (!relays.isEmpty() && events.wanted(ControlEvent.NEWDESC)) {
            events.tell(
                    ControlEvent.NEWDESC, relays.stream().map(Object::toString).collect(Collectors.joining(" ")));
        }
    }

    private static String entries(NetworkView view) {
        return view.relays().stream()
                .map(relay -> RelayText.entry(relay.status()))
                .collect(Collectors.joining("\n"));
    }
}

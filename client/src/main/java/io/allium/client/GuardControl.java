package io.allium.client;

import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlReply;
import io.allium.control.ControlSyntax;
import io.allium.crypto.Fingerprint;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Our guards, and how long circuits may take, as controllers see them and have them forgotten. Immutable.
 *
 * @spec control-spec 3.25, 3.34, 4.1.14, 4.1.20
 */
public final class GuardControl implements ControlPart, GuardEvents {
    private final Supplier<Optional<Client>> client;
    private final ControlEvents events;

    GuardControl(Supplier<Optional<Client>> client, ControlEvents events) {
        this.client = client;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key("entry-guards", "Our guards.", this::guards)
                .unlisted("helper-nodes", this::guards) // their old name
                .command("DROPGUARDS", ControlSyntax.words(0, 0), (arguments, session) -> dropGuards())
                .command("DROPTIMEOUTS", ControlSyntax.words(0, 0), (arguments, session) -> dropTimeouts());
    }

    private String guards() {
        return client.get()
                .map(now -> now.guards().snapshot().stream()
                        .map(guard -> CircuitText.guard(guard) + "\n")
                        .collect(Collectors.joining()))
                .orElse("");
    }

    @Override
    public void guardChanged(Fingerprint guard, String nickname, GuardEvents.Change change) {
        events.tell(ControlEvent.GUARD, "ENTRY " + new CircuitEvents.Hop(guard, nickname) + " " + change);
    }

    private ControlReply dropGuards() {
        client.get().ifPresent(now -> now.guards().forgetAll());
        return ControlReply.ok();
    }

    private ControlReply dropTimeouts() {
        return ControlReply.ok()
                .afterwards(() -> client.get().ifPresent(now -> now.buildTimes().forget()));
    }
}

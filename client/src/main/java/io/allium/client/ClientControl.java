package io.allium.client;

import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.directory.DirectoryEvents;
import java.util.Optional;
import java.util.function.Supplier;

/** What controllers see of a client and do with it: its circuits, streams and guards. Immutable. */
public final class ClientControl implements ControlPart {
    private final CircuitControl circuits;
    private final StreamControl streams;
    private final GuardControl guards;

    /** @param client nothing while the network is disabled */
    public ClientControl(Supplier<Optional<Client>> client, ControlEvents events) {
        this.circuits = new CircuitControl(client, events);
        this.streams = new StreamControl(client, events);
        this.guards = new GuardControl(client, events);
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        circuits.enter(catalogue);
        streams.enter(catalogue);
        guards.enter(catalogue);
    }

    /** Whom the client is to tell of what, and beside controllers this one of directories. */
    public Client.Events events(DirectoryEvents directory) {
        return new Client.Events(circuits, streams, guards, directory);
    }

    public CircuitEvents circuits() {
        return circuits;
    }

    public StreamEvents streams() {
        return streams;
    }
}

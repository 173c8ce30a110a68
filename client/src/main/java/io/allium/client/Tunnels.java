package io.allium.client;

import io.allium.base.TorException;
import io.allium.cell.RelayMessage;
import io.allium.circuit.OnionStream;
import io.allium.crypto.Fingerprint;
import java.util.List;
import java.util.Optional;

/** The circuits of this client, and the streams on them: what an application's request is served by. Guarded by {@code lock}. */
@SuppressWarnings("DoNotCallSuggester") // the parts follow
public final class Tunnels {
    /**
     * Who asks for a stream, for the control port alone.
     *
     * @param source where the application connected from; empty where nobody knows
     */
    public record Origin(String source, StreamEvents.Purpose purpose) {
        public static final Origin UNKNOWN = new Origin("", StreamEvents.Purpose.USER);
    }

    Tunnels() {}

    /**
     * Opens a stream and waits until the exit has connected; several circuits are tried.
     *
     * @throws io.allium.base.Refused when an exit says no for good, or the configuration
     * @throws io.allium.base.Unreachable when no circuit could be had in time
     */
    public OnionStream connect(Destination to, Isolation isolation, Origin origin)
            throws TorException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    public OnionStream connect(Destination to, Isolation isolation) throws TorException, InterruptedException {
        return connect(to, isolation, Origin.UNKNOWN);
    }

    /**
     * Has an exit look up a name, or an address (IPv4 or IPv6 literal) in reverse.
     *
     * @throws io.allium.base.Refused when there is no such name
     */
    public RelayMessage.Resolved resolve(String nameOrAddress, Isolation isolation, Origin origin)
            throws TorException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** From now on new streams use circuits that no stream before used: {@code SIGNAL NEWNYM}. */
    public void newIdentity() {
        throw new UnsupportedOperationException();
    }

    /** Builds a circuit for a controller; along these relays, or one that we choose where there are none. Returns its number at once. */
    public int launch(List<Fingerprint> path) throws TorException {
        throw new UnsupportedOperationException();
    }

    /** Makes a circuit longer for a controller. */
    public void extend(int circuit, List<Fingerprint> further) throws TorException {
        throw new UnsupportedOperationException();
    }

    /** Ends a circuit; with {@code ifUnused} only where no stream is on it. False where there is no such circuit. */
    public boolean closeCircuit(int circuit, boolean ifUnused) {
        throw new UnsupportedOperationException();
    }

    /** Ends a stream. False where there is no such stream. */
    public boolean closeStream(long stream) {
        throw new UnsupportedOperationException();
    }

    /** All circuits that exist, for {@code GETINFO circuit-status}. */
    public List<CircuitEvents.Status> circuits() {
        throw new UnsupportedOperationException();
    }

    /** All streams that exist, for {@code GETINFO stream-status}. */
    public List<StreamEvents.Status> streams() {
        throw new UnsupportedOperationException();
    }

    /** Whether a circuit has been built since the last time that the network was lost. */
    public boolean isCircuitEstablished() {
        throw new UnsupportedOperationException();
    }

    /** The circuit that carries a stream. */
    public Optional<CircuitEvents.Status> circuitOf(OnionStream stream) {
        throw new UnsupportedOperationException();
    }
}

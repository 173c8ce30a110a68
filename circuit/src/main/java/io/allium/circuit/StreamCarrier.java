package io.allium.circuit;

import io.allium.base.Refused;
import io.allium.base.Unreachable;
import io.allium.cell.BeginFlags;
import io.allium.cell.DestroyReason;
import io.allium.cell.RelayMessage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What streams leave the network on: a circuit of ours, or several that are linked. Safe from any thread. */
public sealed interface StreamCarrier extends CircuitLife permits OriginCircuit, ConfluxSet {
    /** The circuit's number; of linked ones that of the first. */
    int id();

    /**
     * Opens a stream to a host and waits for the exit to connect.
     *
     * @param host a name or an address, IPv6 without brackets
     * @throws Refused if the exit says no
     * @throws Unreachable if the circuit ends, or the exit does not answer for so long: another circuit may do
     */
    default OnionStream connect(String host, int port, BeginFlags flags, Duration patience)
            throws Refused, Unreachable, InterruptedException {
        OnionStream stream = begin(host, port, flags);
        stream.awaitConnected(patience);
        return stream;
    }

    /** Opens a stream to a host without waiting: data may be written before {@link OnionStream#awaitConnected}. */
    OnionStream begin(String host, int port, BeginFlags flags) throws Refused, Unreachable;

    /**
     * Has the exit look up a name, or an address in its {@code in-addr.arpa} form.
     *
     * @throws Refused if the relay says no; answers that are failures are no exception
     * @throws Unreachable if the circuit ends, or the relay does not answer for so long
     */
    RelayMessage.Resolved resolve(String name, Duration patience) throws Refused, Unreachable, InterruptedException;

    /** Completes when it has ended and everything on it was told. What hangs on it must be brief: a loop may run it. */
    CompletableFuture<CircuitEnding> ended();

    /** Streams and lookups under way. */
    int openStreams();

    /** Ends it and tells the relays; {@code why} stays with us, as they are never told. */
    void close(DestroyReason why);

    @Override
    default void close() {
        close(DestroyReason.FINISHED);
    }
}

package io.allium.relay;

import io.allium.cell.RelayMessage;
import io.allium.cell.StreamId;
import io.allium.circuit.PackagingFlow;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way from the streams that end here to their client: one circuit, or the legs of a linked set. Its lock guards what
 * its streams send with, their lanes.
 */
sealed interface Carriage permits Inbound, LinkedInbound {
    ReentrantLock lock();

    /** A flow of the kind that was agreed on with the client. */
    PackagingFlow flow();

    /** Sends a message that no window counts. */
    void send(StreamId stream, RelayMessage message);

    /** The way to the client of a new stream. */
    Lane open(StreamId stream);

    /** The stream has ended; the caller has the lock. */
    void forget(Lane lane);

    /** Whether nothing is sent any more; the caller has the lock. */
    boolean isClosed();

    /**
     * Sends as much as there is room for, after waiting until there is any.
     *
     * @return how many bytes were taken, at least one
     * @throws IOException once the stream or its circuit has ended
     */
    int data(Lane lane, byte[] from, int offset, int length) throws IOException, InterruptedException;

    /**
     * How many bytes of DATA may be sent now; any, and in vain, once the stream or its circuit has ended. After a 0 the
     * stream is told when there may be room: {@link Lane#tellOfRoom}.
     */
    int room(Lane lane);

    /**
     * Sends as much as there is room for, without waiting. If that is not all, the stream is told likewise.
     *
     * @return how many bytes were taken: all, and in vain, once the stream or its circuit has ended
     */
    int offer(Lane lane, byte[] from, int offset, int length);
}

package io.allium.channel;

/**
 * What puts a cell's body where it will be sent from, so that encryption writes straight into the queue. Called under
 * the outbox's lock, once, at the moment that settles the cell's place among those of its circuit: so the order of
 * encryption is the order of sending.
 */
@FunctionalInterface
public interface CellBody {
    /** Writes all 509 bytes; the array holds anything before. Must not wait, and not touch the outbox. */
    void writeTo(byte[] into, int offset);
}

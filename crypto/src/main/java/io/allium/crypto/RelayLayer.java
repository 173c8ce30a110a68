package io.allium.crypto;

/**
 * A relay's side of the encryption that it shares with the originator of a circuit. A cell's body is 509 bytes. Cells must
 * pass in the order in which they are received and sent; the outbound half and the inbound half share nothing, so that
 * each may have its own owner and is confined to it. {@code command} is the channel cell's, RELAY or RELAY_EARLY.
 */
public interface RelayLayer {
    /**
     * Takes our layer off a cell on its way away from the client.
     *
     * @return whether the cell is for us; else it goes on to the next relay
     */
    boolean decryptOutbound(int command, byte[] from, int offset, byte[] to, int toOffset);

    /**
     * The same in less time where no relay comes after us: what is not for us has nowhere to go, and ends the circuit. Once the
     * answer was no, the layer is of no more use.
     */
    boolean decryptLastOutbound(int command, byte[] from, int offset, byte[] to, int toOffset);

    /** Puts our layer around a cell from the next relay, on its way to the client. */
    void encryptInbound(int command, byte[] from, int offset, byte[] to, int toOffset);

    /**
     * Makes a cell of our own for the client: seals the body, whose recognised and digest fields it overwrites, and
     * encrypts it into {@code to}.
     */
    void originateInbound(int command, byte[] body, int offset, byte[] to, int toOffset);

    /** What the client's SENDME must show if the last cell that we made for it is the one to be acknowledged: a copy. */
    byte[] originatedTag();

    /** What our SENDME must show if the last cell recognised as ours is the one to be acknowledged: a copy. */
    byte[] recognisedTag();
}

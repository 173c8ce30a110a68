package io.allium.crypto;

/**
 * The circuit's originator's side of the encryption shared with one hop. A cell's body is 509 bytes. Cells must pass in
 * the order in which they are sent and received; the outbound half and the inbound half share nothing, so that each may
 * have its own owner and is confined to it. {@code command} is the channel cell's, RELAY or RELAY_EARLY.
 */
public interface OriginLayer {
    /**
     * Makes a cell of our own for this hop: seals the body, whose recognised and digest fields it overwrites, and encrypts
     * it into {@code to}. The layers of the hops before this one come after, with {@link #encryptOutbound}.
     */
    void originateOutbound(int command, byte[] body, int offset, byte[] to, int toOffset);

    /** Puts this hop's layer around a cell for a hop behind it. */
    void encryptOutbound(int command, byte[] from, int offset, byte[] to, int toOffset);

    /**
     * Takes this hop's layer off a cell that came from it.
     *
     * @return whether the cell was made by this hop, for us; else it is for the next hop's layer
     */
    boolean decryptInbound(int command, byte[] from, int offset, byte[] to, int toOffset);

    /**
     * The same in less time for the circuit's last hop: what it did not make has nowhere to go, and ends the circuit. Once the
     * answer was no, the layer is of no more use.
     */
    boolean decryptLastInbound(int command, byte[] from, int offset, byte[] to, int toOffset);

    /** What the hop's SENDME must show if the last cell that we made for it is the one to be acknowledged: a copy. */
    byte[] originatedTag();

    /** What our SENDME must show if the last cell recognised from the hop is the one to be acknowledged: a copy. */
    byte[] recognisedTag();
}

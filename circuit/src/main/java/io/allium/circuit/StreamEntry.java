package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.cell.RelayMessage;

/** What a stream ID in use stands for on our side. The methods are called on the channel's loop and never wait. */
sealed interface StreamEntry permits OnionStream, Lookup, HalfClosedStream {
    /** The only hop that may say something about this stream. */
    Hop hop();

    /** DATA came. */
    void data(byte[] body, int offset, int length) throws ProtocolViolation;

    /** A SENDME came: there is room for more. */
    void acknowledged() throws ProtocolViolation;

    /** XOFF came: there is no more room for now. */
    void xoff() throws ProtocolViolation;

    /** XON came, with a rate in 1000 bytes a second, or 0 for any. */
    void xon(long rate) throws ProtocolViolation;

    /** CONNECTED came. */
    void connected(RelayMessage.Connected message) throws ProtocolViolation;

    /** RESOLVED came; the ID is free again. */
    void resolved(RelayMessage.Resolved message) throws ProtocolViolation;

    /** END came; the ID is free again. */
    void ended(RelayMessage.End message);

    /** The circuit ended, and with it everything on it. */
    void circuitEnded();
}

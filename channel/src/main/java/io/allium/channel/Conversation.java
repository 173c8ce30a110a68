package io.allium.channel;

import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import io.allium.cell.ChannelCell;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a link handshake needs of the connection that it is held on. Confined to the handshake's task. */
interface Conversation {
    /** Sends a cell that belongs to no circuit. */
    void send(ChannelCell cell) throws IOException;

    /** From now on, cells have the form of this link version. */
    void useVersion(int linkVersion);

    /** SHA-256 of all cells sent so far. */
    byte[] sentDigest();

    /** SHA-256 of all cells received so far, the one at hand included. */
    byte[] receivedDigest();

    /** SHA-256 of the cells received before the one at hand. */
    byte[] receivedDigestBefore();

    /** The certificate that the responder showed in TLS. */
    byte[] responderCertificate() throws ProtocolViolation;

    /** Keying material of the TLS connection: RFC 5705. */
    byte[] export(String label, byte[] context, int length) throws ProtocolViolation;

    /** The other end of the connection, where the network knows it. */
    @Nullable
    Endpoint remote();
}

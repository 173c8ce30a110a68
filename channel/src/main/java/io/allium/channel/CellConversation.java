package io.allium.channel;

import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.cell.CellCodec;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.crypto.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** The cells of a link handshake over TLS, and the running digests of all that was said. Confined to the handshake's task. */
@SuppressWarnings("ByteBufferBackingArray") // all buffers here are on the heap and begin with their arrays
final class CellConversation implements Conversation {
    private final TlsSession tls;
    private final Wire wire;
    private final byte @Nullable [] ownCertificate;
    private final MessageDigest sent = Digests.newSha256();
    private final MessageDigest received = Digests.newSha256();
    private byte[] receivedBefore = soFar(received);
    private CellCodec codec = CellCodec.BEFORE_VERSIONS;

    /** @param ownCertificate the certificate that we show; null for an initiator, who is shown one */
    CellConversation(TlsSession tls, Wire wire, byte @Nullable [] ownCertificate) {
        this.tls = tls;
        this.wire = wire;
        this.ownCertificate = ownCertificate;
    }

    /** Waits for the next cell. */
    ChannelCell next() throws ProtocolViolation, IOException, Unreachable, InterruptedException {
        ByteBuffer plain = tls.plain();
        int length = codec.cellBytes(plain.array(), plain.position(), plain.remaining());
        while (length == 0 || plain.remaining() < length) {
            tls.readMore();
            plain = tls.plain();
            length = codec.cellBytes(plain.array(), plain.position(), plain.remaining());
        }
        int start = plain.position();
        receivedBefore = soFar(received);
        received.update(plain.array(), start, length);
        int command = codec.command(plain.array(), start);
        int body = codec.bodyOffset(command);
        ChannelCell cell = ChannelCell.decode(command, plain.array(), start + body, length - body);
        plain.position(start + length);
        return cell;
    }

    CellCodec codec() {
        return codec;
    }

    @Override
    public void send(ChannelCell cell) throws IOException {
        byte[] encoded = codec.encode(CircuitId.NONE, cell);
        sent.update(encoded);
        tls.write(encoded);
    }

    @Override
    public void useVersion(int linkVersion) {
        codec = CellCodec.of(linkVersion);
    }

    @Override
    public byte[] sentDigest() {
        return soFar(sent);
    }

    @Override
    public byte[] receivedDigest() {
        return soFar(received);
    }

    @Override
    public byte[] receivedDigestBefore() {
        return receivedBefore.clone();
    }

    @Override
    public byte[] responderCertificate() throws ProtocolViolation {
        return ownCertificate == null ? tls.peerCertificate() : ownCertificate.clone();
    }

    @Override
    public byte[] export(String label, byte[] context, int length) throws ProtocolViolation {
        return tls.export(label, context, length);
    }

    @Override
    public @Nullable Endpoint remote() {
        return wire.remote();
    }

    /** The digest up to here; the running one goes on. */
    private static byte[] soFar(MessageDigest running) {
        try {
            return ((MessageDigest) running.clone()).digest();
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException("SHA-256 can be cloned", impossible);
        }
    }
}

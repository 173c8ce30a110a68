package io.allium.channel;

import io.allium.base.ProtocolViolation;
import io.allium.base.Tasks;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * TLS over a wire while the link handshake lasts, when both are read and written by a task that may wait. Afterwards a
 * {@link Link} takes over, with what was read too much. Confined to that task.
 */
@SuppressWarnings("ByteBufferBackingArray") // all buffers here are on the heap and begin with their arrays
final class TlsSession {
    /** Room for the longest cell, 64 KiB, and a record that ends it: a CERTS cell may be as long. */
    private static final int PLAIN_BYTES_MAX = 1 << 17;

    private final SSLEngine engine;
    private final Wire wire;
    private final Tasks tasks;
    private final ByteBuffer encrypted; // ready to be read from
    private ByteBuffer plain; // ready to be read from; small for those who only say hello
    private final ByteBuffer outgoing;

    TlsSession(SSLEngine engine, Wire wire, Tasks tasks) {
        this.engine = engine;
        this.wire = wire;
        this.tasks = tasks;
        int packet = engine.getSession().getPacketBufferSize();
        this.encrypted = ByteBuffer.allocate(2 * packet).flip();
        this.plain = ByteBuffer.allocate(2 * packet).flip();
        this.outgoing = ByteBuffer.allocate(packet);
    }

    SSLEngine engine() {
        return engine;
    }

    /** What was decrypted and not taken. */
    ByteBuffer plain() {
        return plain;
    }

    /** What was read from the wire and not decrypted. */
    ByteBuffer encrypted() {
        return encrypted;
    }

    /** Negotiates TLS; public-key work is done on the pool for computation. */
    void handshake() throws IOException, Unreachable, InterruptedException {
        engine.beginHandshake();
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTask();
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap();
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    /** Waits for more decrypted bytes behind those that were not taken; none of them is lost. */
    void readMore() throws IOException, Unreachable, InterruptedException {
        int before = plain.remaining();
        while (plain.remaining() == before) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTask();
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED, NOT_HANDSHAKING -> unwrap();
            }
        }
    }

    /** Sends all of these bytes. */
    void write(byte[] bytes) throws IOException {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        while (from.hasRemaining()) {
            wrap(from);
        }
    }

    /** The certificate that the responder showed. */
    byte[] peerCertificate() throws ProtocolViolation {
        try {
            Certificate[] chain = engine.getSession().getPeerCertificates();
            return chain[0].getEncoded();
        } catch (SSLPeerUnverifiedException | CertificateEncodingException none) {
            throw new ProtocolViolation("TLS: no certificate", none);
        }
    }

    /** Bytes that only the two ends of this TLS connection can compute: RFC 5705. */
    byte[] export(String label, byte[] context, int length) throws ProtocolViolation {
        try {
            return ((ExtendedSSLSession) engine.getSession()).exportKeyingMaterialData(label, context, length);
        } catch (SSLKeyException | UnsupportedOperationException refused) {
            throw new ProtocolViolation("TLS: no keying material can be exported", refused);
        }
    }

    private void wrap(ByteBuffer from) throws IOException {
        outgoing.clear();
        SSLEngineResult result = engine.wrap(from, outgoing);
        if (result.getStatus() != SSLEngineResult.Status.OK) {
            throw new SSLException("TLS is closed for writing");
        }
        wire.write(outgoing.array(), 0, outgoing.position());
    }

    private void unwrap() throws IOException {
        plain.compact();
        SSLEngineResult result;
        try {
            result = engine.unwrap(encrypted, plain);
        } finally {
            plain.flip();
        }
        switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> readWire();
            case BUFFER_OVERFLOW -> enlargePlain();
            case CLOSED -> throw new EOFException("TLS was closed");
            case OK -> {}
        }
    }

    private void enlargePlain() throws SSLException {
        if (plain.capacity() >= PLAIN_BYTES_MAX) {
            throw new SSLException("more was sent than a handshake needs");
        }
        plain = ByteBuffer.allocate(2 * plain.capacity()).put(plain).flip();
    }

    private void readWire() throws IOException {
        encrypted.compact();
        try {
            int count = wire.read(encrypted.array(), encrypted.position(), encrypted.remaining());
            if (count < 0) {
                throw new EOFException("connection closed");
            }
            encrypted.position(encrypted.position() + count);
        } finally {
            encrypted.flip();
        }
    }

    private void runTask() throws IOException, Unreachable, InterruptedException {
        Runnable task = engine.getDelegatedTask();
        if (task == null) {
            return;
        }
        Callable<Boolean> work = () -> {
            task.run();
            return true;
        };
        try {
            tasks.compute("TLS handshake", work).get();
        } catch (ExecutionException failed) {
            throw new Unreachable("TLS handshake failed: " + failed.getCause(), failed);
        }
    }
}

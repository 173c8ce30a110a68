package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.base.Network;
import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.crypto.Digests;
import io.allium.crypto.LinkCertificate;
import io.allium.crypto.RsaKeyPair;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** TLS of the JDK over simulated wires is as repeatable as everything else. */
class SimTlsTest {
    @Test
    void handshakesAndDataRepeatToTheByte() throws Exception {
        String first = handshakes(11);
        assertThat(handshakes(11)).isEqualTo(first);
        assertThat(handshakes(12)).isNotEqualTo(first);
    }

    private static String handshakes(long seed) throws Exception {
        Simulation simulation = Simulation.of(seed);
        SimHost server = simulation.host("10.0.0.1");
        RsaKeyPair identity = RsaKeyPair.generate(1024, server.entropy());
        LinkCertificate certificate =
                LinkCertificate.make(identity, server.time().now(), server.entropy());
        server.fork("serve", () -> serve(server, certificate));
        for (int i = 2; i < 6; i++) {
            SimHost client = simulation.host("10.0.0." + i);
            client.fork("talk", () -> {
                SSLEngine engine = context(client, null).createSSLEngine();
                engine.setUseClientMode(true);
                Wire wire = client.network().dial(Endpoint.parse("10.0.0.1:443"), Duration.ofSeconds(10));
                Tls tls = new Tls(engine, wire);
                tls.write(new byte[2000]);
                client.trace("answered with " + tls.read(2000).length + " over "
                        + engine.getSession().getProtocol() + " "
                        + engine.getSession().getCipherSuite());
                wire.close();
            });
        }
        simulation.run(Duration.ofMinutes(1));
        assertThat(simulation.trace().lines())
                .filteredOn(line -> line.contains("answered with 2000"))
                .hasSize(4);
        return simulation.trace().hash();
    }

    private static void serve(SimHost server, LinkCertificate certificate) throws InterruptedException {
        try (Network.Listener listener = server.network().listen(Endpoint.parse("10.0.0.1:443"))) {
            SSLContext context = context(server, certificate);
            while (true) {
                Wire wire = listener.accept();
                server.fork("talk", () -> {
                    SSLEngine engine = context.createSSLEngine();
                    engine.setUseClientMode(false);
                    Tls tls = new Tls(engine, wire);
                    byte[] asked = tls.read(2000);
                    server.trace("asked " + HexFormat.of().formatHex(Digests.sha256(asked)));
                    tls.write(asked);
                });
            }
        } catch (IOException | TorException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static SSLContext context(SimHost host, @Nullable LinkCertificate certificate) {
        try {
            KeyManager[] keys = {};
            if (certificate != null) {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry(
                        "link", certificate.key(), new char[0], new Certificate[] {certificate.certificate()});
                KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
                factory.init(store, new char[0]);
                keys = factory.getKeyManagers();
            }
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(
                    keys, new TrustManager[] {new TrustAll()}, host.entropy().secureRandom());
            return context;
        } catch (IOException | GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Straight-line TLS over a wire. */
    private static final class Tls {
        private final SSLEngine engine;
        private final Wire wire;
        private final ByteBuffer received = ByteBuffer.allocate(40_000).flip();
        private final ByteBuffer plain = ByteBuffer.allocate(40_000);

        Tls(SSLEngine engine, Wire wire) {
            this.engine = engine;
            this.wire = wire;
            try {
                engine.beginHandshake();
                while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
                    step();
                }
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        }

        private void step() throws IOException {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                case NEED_TASK -> engine.getDelegatedTask().run();
                default -> unwrap();
            }
        }

        void write(byte[] bytes) {
            try {
                ByteBuffer source = ByteBuffer.wrap(bytes);
                while (source.hasRemaining()) {
                    wrap(source);
                }
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        }

        byte[] read(int count) {
            try {
                while (plain.position() < count) {
                    unwrap();
                }
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
            byte[] taken = new byte[count];
            plain.flip().get(taken);
            plain.compact();
            return taken;
        }

        private void wrap(ByteBuffer source) throws IOException {
            ByteBuffer out = ByteBuffer.allocate(20_000);
            engine.wrap(source, out);
            wire.write(out.array(), 0, out.position());
        }

        private void unwrap() throws IOException {
            SSLEngineResult result = engine.unwrap(received, plain);
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                received.compact();
                int count = wire.read(received.array(), received.position(), received.remaining());
                if (count < 0) {
                    throw new EOFException();
                }
                received.position(received.position() + count).flip();
            }
        }
    }

    /** Links are verified by cells, not by X.509. */
    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

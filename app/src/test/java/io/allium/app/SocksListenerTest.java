package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.Refused;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.cell.RelayMessage;
import io.allium.client.Destination;
import io.allium.client.Isolation;
import io.allium.client.StreamEvents;
import io.allium.client.Tunnels;
import io.allium.control.StatusEvents;
import io.allium.testing.Ends;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A SOCKS port over loopback, its streams being direct connections. */
class SocksListenerTest {
    private static final int SESSIONS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final SystemNetwork network = new SystemNetwork();
    private final SystemTime time = new SystemTime();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final List<Isolation> isolations = new CopyOnWriteArrayList<>();
    private final CountDownLatch searching = new CountDownLatch(1);
    private final CountDownLatch givenUp = new CountDownLatch(1);
    private SocksListener listener;
    private Network.Listener server;

    @AfterEach
    void close() {
        listener.close();
        server.close();
        tasks.close();
        time.close();
    }

    @Test
    void bytesGoBothWaysUntilTheServerCloses() throws Exception {
        open("auto");
        tasks.fork("server", () -> echoOnce());
        try (Socket application = dial()) {
            application
                    .getOutputStream()
                    .write(connectTo("host.example", server.endpoint().port()));
            application.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            InputStream in = application.getInputStream();
            assertThat(in.readNBytes(12)).startsWith(5, 0, 5, 0, 0, 1);
            assertThat(new String(in.readNBytes(5), StandardCharsets.US_ASCII)).isEqualTo("hello");
            assertThat(Ends.isOver(application.getInputStream())).isTrue();
        }
    }

    @Test
    void aRefusalIsAnswered() throws Exception {
        open("auto");
        try (Socket application = dial()) {
            application.getOutputStream().write(connectTo("refused.example", 80));
            assertThat(application.getInputStream().readAllBytes()).containsExactly(5, 0, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0);
        }
        try (Socket application = dial()) {
            application.getOutputStream().write(connectTo("localhost", 80));
            assertThat(application.getInputStream().readAllBytes()).containsExactly(5, 0, 5, 1, 0, 1, 0, 0, 0, 0, 0, 0);
        }
    }

    @Test
    void aNameIsLookedUpByTheExit() throws Exception {
        open("auto");
        try (Socket application = dial()) {
            byte[] request = connectTo("host.example", 0);
            request[4] = (byte) 0xf0;
            application.getOutputStream().write(request);
            assertThat(application.getInputStream().readAllBytes()).containsExactly(5, 0, 5, 0, 0, 1, 1, 2, 3, 4, 0, 0);
        }
    }

    @Test
    void aMappedAddressIsAnsweredWithoutTheExit() throws Exception {
        open("auto");
        listener.configure(listener.port(), SocksRulesTest.rules("MapAddress host.example 192.0.2.7"));
        try (Socket application = dial()) {
            byte[] request = connectTo("host.example", 0);
            request[4] = (byte) 0xf0;
            application.getOutputStream().write(request);
            assertThat(application.getInputStream().readAllBytes())
                    .containsExactly(5, 0, 5, 0, 0, 1, (byte) 192, 0, 2, 7, 0, 0);
        }
    }

    @Test
    void streamsAreKeptApartAsThePortsFlagsSay() throws Exception {
        open("auto IsolateDestPort IsolateDestAddr IsolateClientProtocol SessionGroup=7");
        try (Socket application = dial()) {
            application.getOutputStream().write(new byte[] {5, 1, 2, 1, 1, 'u', 1, 'p'});
            byte[] request = connectTo("refused.example", 80);
            application.getOutputStream().write(request, 3, request.length - 3);
            application.getInputStream().readAllBytes();
        }
        assertThat(isolations)
                .containsExactly(new Isolation("group 7", "u", "p", "127.0.0.1", "SOCKS5", "refused.example", 80));
    }

    @Test
    void anHttpClientGetsItsPage() throws Exception {
        open("auto");
        try (Socket application = dial()) {
            application.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] head = application.getInputStream().readNBytes(12);
            assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.0 501");
        }
    }

    @Test
    void thoseThatThePolicyRejectsAreTurnedAway() throws Exception {
        open("auto");
        listener.configure(listener.port(), SocksRulesTest.rules("SocksPolicy reject *"));
        try (Socket application = dial()) {
            assertThat(Ends.isOver(application.getInputStream())).isTrue();
        }
    }

    /** Whoever works for its stream, on a puzzle or on circuits, is not to go on for nobody. */
    @Test
    void anApplicationThatLeavesEndsTheSearchForItsStream() throws Exception {
        open("auto");
        try (Socket application = dial()) {
            application.getOutputStream().write(connectTo("never.example", 80));
            application.getOutputStream().write("optimistic".getBytes(StandardCharsets.US_ASCII));
            searching.await();
        }

        assertThat(givenUp.await(PATIENCE.toMinutes(), TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void thoseWhoSayNothingMakeRoomForThoseWhoDo() throws Exception {
        open("auto");
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 3 * SESSIONS; i++) {
            silent.add(dial());
            silent.getLast().getOutputStream().write(5); // slowly
        }
        assertThat(Ends.isOver(silent.getFirst().getInputStream())).isTrue();
        try (Socket application = dial()) {
            application.getOutputStream().write(connectTo("refused.example", 80));
            assertThat(application.getInputStream().readNBytes(4)).containsExactly(5, 0, 5, 2);
        }
        for (Socket each : silent) {
            each.close();
        }
    }

    private void open(String line) throws Exception {
        server = network.listen(Endpoint.parse("127.0.0.1:0"));
        PortLine port = PortLine.parse(line, PortLine.Kind.CLIENT).orElseThrow();
        listener = new SocksListener(
                port,
                network.listen(port.at()),
                SocksRulesTest.rules(""),
                new Direct(),
                StatusEvents.NONE,
                tasks,
                time,
                Log.NONE,
                StreamEvents.FIRST_SESSION_GROUP,
                SESSIONS);
        listener.start();
    }

    private Socket dial() throws Exception {
        Endpoint at = listener.socket().endpoint();
        Socket socket = new Socket(at.address(), at.port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private void echoOnce() throws InterruptedException {
        try (ByteStream connection = server.accept()) {
            byte[] bytes = new byte[5];
            int count = connection.read(bytes, 0, bytes.length);
            connection.write(bytes, 0, count);
        } catch (IOException closed) {
            // the test has ended
        }
    }

    private static byte[] connectTo(String host, int port) {
        byte[] name = host.getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[3 + 5 + name.length + 2];
        byte[] begin = {5, 1, 0, 5, 1, 0, 3, (byte) name.length};
        System.arraycopy(begin, 0, request, 0, begin.length);
        System.arraycopy(name, 0, request, begin.length, name.length);
        request[request.length - 2] = (byte) (port >> 8);
        request[request.length - 1] = (byte) port;
        return request;
    }

    /** Connects to this machine whatever the name. */
    private final class Direct implements Streams {
        @Override
        public Opened connect(Destination to, Isolation isolation, Tunnels.Origin origin)
                throws TorException, InterruptedException {
            isolations.add(isolation);
            if (to.host().startsWith("refused")) {
                throw new Refused(Refused.Kind.EXIT_POLICY, "no exit allows it");
            }
            if (to.host().startsWith("never")) {
                searchInVain();
            }
            return new Plain(network.dial(Endpoint.parse("127.0.0.1:" + to.port()), PATIENCE));
        }

        private void searchInVain() throws InterruptedException {
            searching.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                givenUp.countDown();
            }
        }

        @Override
        public RelayMessage.Resolved resolve(String name, Isolation isolation, Tunnels.Origin origin) {
            return new RelayMessage.Resolved(
                    List.of(new RelayMessage.Resolved.Address(Endpoint.parseAddress("1.2.3.4"), 60)));
        }
    }

    /** Takes one piece there, and brings one back. */
    private record Plain(Wire server) implements Streams.Opened {
        @Override
        public void splice(Wire application) {
            try {
                copyOnce(application, server);
                copyOnce(server, application);
            } catch (IOException gone) {
                close();
            }
        }

        private static void copyOnce(ByteStream from, ByteStream to) throws IOException {
            byte[] bytes = new byte[5];
            to.write(bytes, 0, from.read(bytes, 0, bytes.length));
        }

        @Override
        public void close() {
            server.close();
        }
    }
}

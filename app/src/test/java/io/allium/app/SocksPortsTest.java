package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Refused;
import io.allium.base.SystemDisk;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.cell.RelayMessage;
import io.allium.client.Destination;
import io.allium.client.Isolation;
import io.allium.client.Tunnels;
import io.allium.control.StatusEvents;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocksPortsTest {
    private final SystemTime time = new SystemTime();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final Ports open = new Ports(new SystemNetwork(), new SystemDisk(), Log.NONE);
    private final SocksPorts ports = new SocksPorts(
            open,
            (line, socket, rules, number) -> new SocksListener(
                    line, socket, rules, new Nowhere(), StatusEvents.NONE, tasks, time, Log.NONE, -1 - number));

    @AfterEach
    void close() {
        ports.close();
        tasks.close();
        time.close();
    }

    @Test
    void anApplicationKeepsAPortWhosePlaceStays() throws Exception {
        int first = free();
        configure("" + first);
        try (Socket application = dial(first)) {
            configure(first + " IsolateDestPort", "" + free());
            assertServed(application);
        }
        assertThat(open.places(Ports.Kind.SOCKS)).hasSize(2);
    }

    @Test
    void anApplicationStaysInAPortThatGoes() throws Exception {
        int first = free();
        configure("" + first);
        try (Socket application = dial(first)) {
            assertThat(application.isConnected()).isTrue();
            greet(application);
            configure("0");

            assertThat(ports.isNoneOpen()).isTrue();
            assertThat(open.places(Ports.Kind.SOCKS)).isEmpty();
            assertThatThrownBy(() -> dial(first)).isInstanceOf(ConnectException.class);
            refuse(application);
        }
    }

    @Test
    void wherePortsCannotBeHadAllIsAsBefore() throws Exception {
        int first = free();
        configure("" + first);
        try (ServerSocket somebody = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int taken = somebody.getLocalPort();
            int other = free();
            assertThatThrownBy(() -> configure("" + other, "" + taken))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageContaining("" + taken);
            assertThat(open.places(Ports.Kind.SOCKS)).containsExactly("127.0.0.1:" + first);
            assertThatThrownBy(() -> dial(other)).isInstanceOf(ConnectException.class);

            assertThatThrownBy(() -> configure("0.0.0.0:" + first, "" + taken)).isInstanceOf(LocalFailure.class);
            assertThat(open.places(Ports.Kind.SOCKS)).containsExactly("127.0.0.1:" + first);
            try (Socket application = dial(first)) {
                assertServed(application);
            }
        }
    }

    @Test
    void aPortMovesToAnotherAddress() throws Exception {
        int port = free();
        configure("" + port);
        configure("0.0.0.0:" + port);
        assertThat(open.places(Ports.Kind.SOCKS)).containsExactly("0.0.0.0:" + port);
        configure("" + port);
        assertThat(open.places(Ports.Kind.SOCKS)).containsExactly("127.0.0.1:" + port);
        try (Socket application = dial(port)) {
            assertServed(application);
        }
    }

    @Test
    void portsOfAnyNumberAreKeptAsOftenAsTheyAreWanted() throws Exception {
        configure("auto", "auto");
        List<String> both = open.places(Ports.Kind.SOCKS);
        configure("auto", "auto");
        assertThat(open.places(Ports.Kind.SOCKS)).isEqualTo(both).hasSize(2);
        configure("auto");
        assertThat(open.places(Ports.Kind.SOCKS)).containsExactly(both.getFirst());
    }

    private void configure(String... lines) throws LocalFailure {
        Options options = Options.parse(String.join(
                "\n", Stream.of(lines).map(line -> "SocksPort " + line).toList()));
        ports.configure(SocksPorts.lines(options), SocksRulesTest.rules(""));
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Socket dial(int port) throws IOException {
        return new Socket("127.0.0.1", port);
    }

    private static void assertServed(Socket application) throws IOException {
        greet(application);
        refuse(application);
    }

    private static void greet(Socket application) throws IOException {
        application.getOutputStream().write(new byte[] {5, 1, 0});
        assertThat(application.getInputStream().readNBytes(2)).containsExactly(5, 0);
    }

    private static void refuse(Socket application) throws IOException {
        application.getOutputStream().write(new byte[] {5, 1, 0, 3, 1, 'a', 0, 80});
        assertThat(application.getInputStream().readNBytes(2)).containsExactly(5, 2);
    }

    /** No stream leads anywhere. */
    private static final class Nowhere implements Streams {
        @Override
        public Opened connect(Destination to, Isolation isolation, Tunnels.Origin origin) throws Refused {
            throw new Refused(Refused.Kind.EXIT_POLICY, "no exit allows it");
        }

        @Override
        public RelayMessage.Resolved resolve(String name, Isolation isolation, Tunnels.Origin origin) throws Refused {
            throw new Refused(Refused.Kind.EXIT_POLICY, "no exit allows it");
        }
    }
}

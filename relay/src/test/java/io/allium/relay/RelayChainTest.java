package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.Refused;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.cell.BeginFlags;
import io.allium.cell.DestroyReason;
import io.allium.cell.RelayMessage;
import io.allium.channel.ChannelEvents;
import io.allium.channel.Channels;
import io.allium.channel.TrafficControl;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.OriginCircuits;
import io.allium.control.ControlEvents;
import io.allium.controltesting.AskedPort;
import io.allium.controltesting.Asker;
import io.allium.directory.HttpMessage;
import io.allium.testing.DeafPort;
import io.allium.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Our circuits through three of our relays, over real channels on loopback. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RelayChainTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Pattern CONN_BW =
            Pattern.compile("650 CONN_BW ID=[0-9]+ TYPE=([A-Z]+) READ=([0-9]+) WRITTEN=([0-9]+)");

    private final SystemTime time = new SystemTime();
    private final Tasks tasks = new ThreadTasks(Log.NONE, 2);
    private final Entropy entropy = new SystemEntropy();
    private final Network network = new SystemNetwork();
    private final StuckServers stuckServers = new StuckServers();
    private final List<TestRelay> relays = new ArrayList<>();
    private final Channels client = new Channels(time, entropy, network, tasks, Log.NONE, ChannelEvents.NONE);
    private final OriginCircuits circuits = new OriginCircuits(time, entropy, Log.NONE);
    private Network.Listener server;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        for (int i = 0; i < 3; i++) {
            relays.add(new TestRelay(home.resolve("relay" + i), time, tasks, true, stuckServers));
        }
        server = network.listen(Endpoint.parse("127.0.0.1:0"));
        tasks.fork("echo", () -> {
            while (true) {
                try {
                    Wire peer = server.accept();
                    tasks.fork("echo", () -> echo(peer));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    @AfterAll
    void stop() {
        client.close();
        relays.forEach(TestRelay::close);
        server.close();
    }

    @Test
    void aStreamThroughThreeRelaysCarriesMegabytesBothWays() throws Exception {
        for (boolean ntorV3 : new boolean[] {false, true}) {
            try (OriginCircuit circuit = circuit(3, ntorV3);
                    OnionStream stream = circuit.connect("here.example", port(), BeginFlags.NONE, PATIENCE)) {
                assertThat(stream.connected().orElseThrow().address()).isEqualTo(Endpoint.parseAddress("127.0.0.1"));
                roundTrip(stream, 3_000_000);
            }
        }
    }

    @Test
    void manyStreamsOfOneCircuitDoNotDisturbEachOther() throws Exception {
        try (OriginCircuit circuit = circuit(2, true)) {
            OnionStream stuck = circuit.connect("127.0.0.1", port(), BeginFlags.NONE, PATIENCE);
            Tasks.Task writer = tasks.fork("writer", () -> {
                try {
                    stuck.write(new byte[5_000_000]); // nobody reads what comes back
                } catch (IOException closed) {
                    // as the test ends
                }
            });
            for (int i = 0; i < 5; i++) {
                try (OnionStream stream = circuit.connect("127.0.0.1", port(), BeginFlags.NONE, PATIENCE)) {
                    roundTrip(stream, 20_000);
                }
            }
            stuck.close();
            writer.cancel();
        }
    }

    @Test
    void aDirectoryAnswersThroughTheLastRelay() throws Exception {
        try (OriginCircuit circuit = circuit(2, true);
                OnionStream stream = circuit.connectDirectory(PATIENCE)) {
            stream.write(HttpMessage.Request.get("/tor/something").encode());
            assertThat(new String(HttpMessage.readResponse(stream).body(), StandardCharsets.US_ASCII))
                    .isEqualTo("you asked for something");
        }
    }

    @Test
    void inATestingNetworkAStreamThatLeavesTorIsToldOf() throws Exception {
        ControlEvents events = new ControlEvents();
        TrafficControl traffic = relays.get(1).traffic(events);
        try (AskedPort told = new AskedPort(events, traffic);
                OriginCircuit circuit = circuit(2, true);
                OnionStream stream = circuit.connect("127.0.0.1", port(), BeginFlags.NONE, PATIENCE);
                OnionStream directory = circuit.connectDirectory(PATIENCE)) {
            roundTrip(stream, 10_000);
            directory.write(HttpMessage.Request.get("/tor/something").encode());
            HttpMessage.readResponse(directory);
            told.asker().ask("SETEVENTS CONN_BW");
            Map<String, Long> carried = new TreeMap<>();
            Waiting.until(() -> {
                traffic.second();
                for (String line : conversation(told.asker())) {
                    Matcher each = CONN_BW.matcher(line);
                    if (each.matches()) {
                        carried.merge(each.group(1) + " read", Long.valueOf(each.group(2)), Long::sum);
                        carried.merge(each.group(1) + " written", Long.valueOf(each.group(3)), Long::sum);
                    }
                }
                return carried.getOrDefault("EXIT read", 0L) > 10_000;
            });
            assertThat(carried).containsEntry("EXIT written", 10_000L).containsKey("OR read");
        }
    }

    /** What is told until a question is answered. */
    private static List<String> conversation(Asker asker) {
        try {
            List<String> lines = new ArrayList<>(asker.ask("GETINFO traffic/read"));
            while (lines.getLast().startsWith("650")) {
                lines.addAll(asker.next());
            }
            return lines;
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    @Test
    void namesAndAddressesAreLookedUpAtTheExit() throws Exception {
        try (OriginCircuit circuit = circuit(2, true)) {
            assertThat(circuit.resolve("here.example", PATIENCE).answers())
                    .containsExactly(new RelayMessage.Resolved.Address(Endpoint.parseAddress("127.0.0.1"), 60));
            assertThat(circuit.resolve("1.2.0.192.in-addr.arpa", PATIENCE).answers())
                    .containsExactly(new RelayMessage.Resolved.HostName("pointed.example", 60));
            assertThat(circuit.resolve("192.0.2.9", PATIENCE).answers())
                    .containsExactly(new RelayMessage.Resolved.Address(Endpoint.parseAddress("192.0.2.9"), 60));
            for (String unknown : List.of(
                    "nowhere.example", "1.0.0.10.in-addr.arpa", "300.2.0.192.in-addr.arpa", "in-addr.arpa", "a/b")) {
                assertThat(circuit.resolve(unknown, PATIENCE).answers())
                        .as(unknown)
                        .containsExactly(new RelayMessage.Resolved.Failure(false, 60));
            }
        }
    }

    @Test
    void refusalsSayWhy() throws Exception {
        try (OriginCircuit circuit = circuit(2, true)) {
            assertRefused(circuit, "127.0.0.1", 25, Refused.Kind.EXIT_POLICY);
            assertRefused(circuit, "nowhere.example", 80, Refused.Kind.RESOLVE_FAILED);
            try (DeafPort deaf = DeafPort.open()) {
                assertRefused(circuit, "127.0.0.1", deaf.endpoint().port(), Refused.Kind.CONNECTION_REFUSED);
            }
        }
    }

    @Test
    void aClientCannotUseARelayAsItsOnlyHop() throws Exception {
        try (OriginCircuit circuit =
                circuits.openFast(7, client.to(relays.get(0).target(), PATIENCE), FlowParameters.DEFAULT, PATIENCE)) {
            assertThatThrownBy(() -> circuit.connect("127.0.0.1", port(), BeginFlags.NONE, PATIENCE))
                    .isInstanceOf(TorException.class);
            try (ByteStream directory = circuit.connectDirectory(PATIENCE)) {
                directory.write(HttpMessage.Request.get("/tor/x").encode());
                assertThat(HttpMessage.readResponse(directory).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aCircuitIsNotExtendedToTheRelayThatItCameFromNorToItself() throws Exception {
        OriginCircuit back = circuit(2, true);
        assertThatThrownBy(() -> back.extend(relays.get(0).hop(true), PATIENCE)).isInstanceOf(TorException.class);
        OriginCircuit itself = circuit(1, true);
        assertThatThrownBy(() -> itself.extend(relays.get(0).hop(true), PATIENCE))
                .isInstanceOf(TorException.class);
    }

    @Test
    void anEndedCircuitEndsItsConnections() throws Exception {
        OriginCircuit circuit = circuit(3, true);
        OnionStream stream = circuit.connect("127.0.0.1", port(), BeginFlags.NONE, PATIENCE);
        roundTrip(stream, 1000);
        circuit.close(DestroyReason.NONE);
        assertThatThrownBy(() -> {
                    while (stream.read(new byte[100], 0, 100) >= 0) {
                        // what was still on its way
                    }
                    throw new IOException("ended");
                })
                .isInstanceOf(IOException.class);
    }

    @Test
    void anEndedCircuitEndsConnectionsThatStillOweTheirServerSomething() throws Exception {
        try (OriginCircuit circuit = circuit(2, true)) {
            OnionStream stream = circuit.connect(StuckServers.ADDRESS, 80, BeginFlags.NONE, PATIENCE);
            stream.write(new byte[100_000]);
            stream.close();
            OnionStream after = circuit.connectDirectory(PATIENCE); // by its answer, the relay has seen the end
            assertThat(stuckServers.closed).isNotDone();
            after.close();
        }
        assertThat(stuckServers.closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    private OriginCircuit circuit(int hops, boolean ntorV3) throws Exception {
        OriginCircuit circuit = circuits.open(
                1,
                client.to(relays.get(0).target(), PATIENCE),
                relays.get(0).hop(ntorV3),
                FlowParameters.DEFAULT,
                PATIENCE);
        for (int i = 1; i < hops; i++) {
            circuit.extend(relays.get(i).hop(ntorV3), PATIENCE);
        }
        return circuit;
    }

    private void assertRefused(OriginCircuit circuit, String host, int port, Refused.Kind kind) {
        assertThatThrownBy(() -> circuit.connect(host, port, BeginFlags.NONE, PATIENCE))
                .isInstanceOfSatisfying(
                        Refused.class, no -> assertThat(no.kind()).isEqualTo(kind));
    }

    private void roundTrip(OnionStream stream, int size) throws Exception {
        byte[] sent = new byte[size];
        new Random(size).nextBytes(sent);
        Tasks.Task writer = tasks.fork("writer", () -> {
            try {
                stream.write(sent);
            } catch (IOException broken) {
                throw new IllegalStateException(broken);
            }
        });
        byte[] received = new byte[size];
        int at = 0;
        while (at < size) {
            int count = stream.read(received, at, size - at);
            assertThat(count).isPositive();
            at += count;
        }
        writer.join();
        assertThat(Arrays.equals(received, sent)).isTrue();
    }

    private int port() {
        return Objects.requireNonNull(server.endpoint()).port();
    }

    private static void echo(Wire peer) {
        byte[] buffer = new byte[16384];
        try (peer) {
            for (int count = peer.read(buffer, 0, buffer.length);
                    count >= 0;
                    count = peer.read(buffer, 0, buffer.length)) {
                peer.write(buffer, 0, count);
            }
        } catch (IOException closed) {
            // the test is over
        }
    }
}

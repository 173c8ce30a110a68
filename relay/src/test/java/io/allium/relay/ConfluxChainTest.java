package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.allium.cell.ConfluxUx;
import io.allium.cell.DestroyReason;
import io.allium.cell.RelayMessage;
import io.allium.channel.ChannelEvents;
import io.allium.channel.Channels;
import io.allium.circuit.CircuitTraffic;
import io.allium.circuit.ConfluxSet;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.OriginCircuits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our linked circuits through relays of ours, by two guards to one exit, over real channels on loopback. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfluxChainTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final SystemTime time = new SystemTime();
    private final Tasks tasks = new ThreadTasks(Log.NONE, 2);
    private final Entropy entropy = new SystemEntropy();
    private final Network network = new SystemNetwork();
    private final List<TestRelay> guards = new ArrayList<>();
    private final Channels client = new Channels(time, entropy, network, tasks, Log.NONE, ChannelEvents.NONE);
    private final OriginCircuits circuits = new OriginCircuits(time, entropy, Log.NONE);
    private TestRelay exit;
    private Network.Listener server;
    private int lastId;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        guards.add(new TestRelay(home.resolve("guard0"), time, tasks, false));
        guards.add(new TestRelay(home.resolve("guard1"), time, tasks, false));
        exit = new TestRelay(home.resolve("exit"), time, tasks, false);
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
        guards.forEach(TestRelay::close);
        exit.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource(ConfluxUx.class)
    void aStreamOverTwoLegsCarriesMegabytesBothWays(ConfluxUx desired) throws Exception {
        try (ConfluxSet set = linked(desired);
                OnionStream stream = set.connect("here.example", port(), BeginFlags.NONE, PATIENCE)) {
            roundTrip(stream, 5_000_000);
            assertThat(set.openStreams()).isOne();
        }
    }

    @Test
    void forThroughputBothLegsCarryData() throws Exception {
        try (ConfluxSet set = linked(ConfluxUx.HIGH_THROUGHPUT);
                OnionStream stream = set.connect("here.example", port(), BeginFlags.NONE, PATIENCE)) {
            roundTrip(stream, 20_000_000);
            assertThat(set.circuits().stream().map(OriginCircuit::traffic).mapToLong(CircuitTraffic::deliveredRead))
                    .hasSize(2)
                    .allMatch(read -> read > 100_000);
        }
    }

    @Test
    void manyStreamsShareTheLegs() throws Exception {
        try (ConfluxSet set = linked(ConfluxUx.HIGH_THROUGHPUT)) {
            for (int i = 0; i < 10; i++) {
                try (OnionStream stream = set.connect("127.0.0.1", port(), BeginFlags.NONE, PATIENCE)) {
                    roundTrip(stream, 50_000);
                }
            }
        }
    }

    @Test
    void namesAreLookedUpOverLinkedCircuits() throws Exception {
        try (ConfluxSet set = linked(ConfluxUx.HIGH_THROUGHPUT)) {
            for (int i = 0; i < 20; i++) {
                assertThat(set.resolve("here.example", PATIENCE).answers())
                        .containsExactly(new RelayMessage.Resolved.Address(Endpoint.parseAddress("127.0.0.1"), 60));
            }
            assertThatThrownBy(() -> set.connect("nowhere.example", 80, BeginFlags.NONE, PATIENCE))
                    .isInstanceOf(Refused.class);
        }
    }

    @Test
    void aLegIsNeverExtended() throws Exception {
        try (ConfluxSet set = linked(ConfluxUx.HIGH_THROUGHPUT)) {
            OriginCircuit leg = set.circuits().getFirst();
            assertThatThrownBy(() -> leg.extend(guards.get(1).hop(true), PATIENCE))
                    .isInstanceOf(Refused.class);
            assertThat(leg.isOpen()).isTrue();
        }
    }

    @Test
    void aCircuitWithoutCongestionControlIsNotLinked() throws Exception {
        OriginCircuit circuit = circuits.open(
                ++lastId,
                client.to(guards.get(0).target(), PATIENCE),
                guards.get(0).hop(true),
                FlowParameters.DEFAULT,
                PATIENCE);
        circuit.extend(exit.hop(true), PATIENCE);
        ConfluxSet set = set(ConfluxUx.NO_OPINION);
        assertThatThrownBy(() -> set.join(circuit, PATIENCE))
                .isInstanceOf(TorException.class)
                .hasMessageContaining("congestion control");
        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    void theStreamsOutliveALegThatCarriedNothing() throws Exception {
        ConfluxSet set = linked(ConfluxUx.MIN_LATENCY);
        OnionStream stream = set.connect("127.0.0.1", port(), BeginFlags.NONE, PATIENCE);
        roundTrip(stream, 400); // fewer cells than a SENDME reports
        OriginCircuit idle = set.circuits().stream()
                .min((one, other) -> Long.compare(
                        one.traffic().deliveredRead(), other.traffic().deliveredRead()))
                .orElseThrow();
        idle.close(DestroyReason.NONE);
        try { // both legs may have been measured to be the faster one at some time, here or at the exit
            roundTrip(stream, 100_000);
            assertThat(set.circuits()).hasSize(1);
        } catch (IOException ended) {
            assertThat(set.ended().get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
        }
        set.close();
    }

    @Test
    void aLegInUseTakesItsStreamsWithIt() throws Exception {
        ConfluxSet set = linked(ConfluxUx.HIGH_THROUGHPUT);
        OnionStream stream = set.connect("127.0.0.1", port(), BeginFlags.NONE, PATIENCE);
        roundTrip(stream, 2_000_000);
        List<OriginCircuit> legs = set.circuits();
        legs.forEach(leg -> leg.close(DestroyReason.NONE));
        assertThat(set.ended().get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
        assertThat(stream.ended()).isPresent();
        assertThat(set.circuits()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    @Timeout(300)
    void aLegThatDiesAtAnyMomentLeavesNoStreamWaiting(int seed) throws Exception {
        Random random = new Random(seed);
        byte[] sent = new byte[400_000];
        random.nextBytes(sent);
        int diesAfter = random.nextInt(sent.length);
        ConfluxSet set = linked(ConfluxUx.HIGH_THROUGHPUT);
        OnionStream stream = set.connect("127.0.0.1", port(), BeginFlags.NONE, PATIENCE);
        OriginCircuit dying = set.circuits().get(random.nextInt(2));
        tasks.fork("writer", () -> {
            try {
                stream.write(sent);
            } catch (IOException ended) {
                // with its set
            }
        });
        byte[] received = new byte[sent.length];
        try {
            for (int at = 0; at < sent.length; ) {
                if (at >= diesAfter) {
                    dying.close(DestroyReason.NONE);
                }
                int count = stream.read(received, at, sent.length - at);
                assertThat(count).isPositive(); // else the end came before all was there
                at += count;
            }
            assertThat(received).isEqualTo(sent);
        } catch (IOException ended) {
            assertThat(set.ended().get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
        }
        set.close();
    }

    private ConfluxSet set(ConfluxUx desired) {
        return new ConfluxSet(desired, Integer.MAX_VALUE, time, entropy);
    }

    private ConfluxSet linked(ConfluxUx desired) throws Exception {
        ConfluxSet set = set(desired);
        for (TestRelay guard : guards) {
            OriginCircuit leg = circuits.open(
                    ++lastId, client.to(guard.target(), PATIENCE), guard.hop(true), FlowParameters.DEFAULT, PATIENCE);
            leg.extend(exit.lastHop(), PATIENCE);
            assertThat(set.join(leg, PATIENCE)).isPositive();
        }
        return set;
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

package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Network;
import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.channel.Channel;
import io.allium.channel.Channels;
import io.allium.channel.Outbox;
import io.allium.circuit.CongestionState;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OriginCircuit;
import io.allium.client.AttachedStream;
import io.allium.client.Destination;
import io.allium.client.Isolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * An upload through a relay that is slower than the rest: what congestion control makes of it. The figure of it is
 * written to {@code target/figures}; {@code docs/figures} has a copy, which {@code docs/performance.md} shows.
 */
class SlowRelayTest {
    private static final long SEED = Long.getLong("sim.seed", 324);
    private static final int SLOW_BYTES = 500_000; // a second
    private static final int CELL_BYTES = 514;
    private static final int SERVER_PORT = 80;
    private static final Duration EACH = Duration.ofMillis(100);
    private static final int SAMPLES = 600;

    private @Nullable OriginCircuit circuit;
    private boolean writing = true;

    @Test
    void windowsSettleAndQueuesStayShort() throws IOException {
        Simulation simulation = Simulation.of(SEED);
        TorNetwork network = TorNetwork.of(simulation, 3, 9, 1, "ConfluxEnabled 0\n"); // one circuit is looked at
        network.start();
        simulation.run(Duration.ofMinutes(5));
        simulation.names().put("sink.example", "93.99.0.1");
        serveForever(simulation.host("93.99.0.1"));
        SimulatedTor client = network.clients().getFirst();
        client.host().fork("upload", () -> upload(client));
        simulation.run(Duration.ofSeconds(10));
        SimulatedTor slow = relay(network, circuit().path().get(1));
        SimulatedTor exit = relay(network, circuit().path().getLast());
        slowDown(network, slow);

        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            simulation.run(EACH);
            samples.add(sample(simulation, i, slow, exit));
        }
        writing = false;

        Path folder = Files.createDirectories(Path.of("target/figures"));
        Files.write(folder.resolve("slow-relay.csv"), Sample.table(samples));
        Files.writeString(folder.resolve("slow-relay.svg"), SlowRelayFigure.of(samples));
        expectRest(samples.subList(SAMPLES / 2, SAMPLES));
    }

    /** Each of its links, rather than its host: there, what goes the other way would wait behind the upload. */
    private static void slowDown(TorNetwork network, SimulatedTor slow) {
        for (SimulatedTor other : network.nodes()) {
            network.simulation().network().link(slow.host(), other.host(), LinkQuality.USUAL.withBandwidth(SLOW_BYTES));
        }
    }

    private static void expectRest(List<Sample> settled) {
        long least = settled.getLast().leastRoundTripMs();
        int product = (int) (SLOW_BYTES / CELL_BYTES * least / 1000);
        assertThat(settled).allSatisfy(sample -> {
            assertThat(sample.window()).as("window at %s", sample).isBetween(product, product + 186 + 310);
            assertThat(sample.queue())
                    .as("cells that wait at the slow relay, %s", sample)
                    .isLessThan(310 + 31);
            assertThat(sample.roundTripMs()).as("round trip, %s", sample).isLessThan(3 * least + 500);
        });
        int largest = settled.stream().mapToInt(Sample::window).max().orElseThrow();
        int smallest = settled.stream().mapToInt(Sample::window).min().orElseThrow();
        assertThat(largest - smallest).as("how far the window still moves").isLessThan(largest / 3);
        assertThat(settled.getLast().sent() - settled.getFirst().sent())
                .as("bytes that came through")
                .isGreaterThan((long) (0.85 * SLOW_BYTES * settled.size() / 10));
    }

    private Sample sample(Simulation simulation, int number, SimulatedTor slow, SimulatedTor after) {
        CongestionState state = circuit().congestion().orElseThrow();
        int queue = (int) (simulation.network().waiting(slow.host(), after.host()) / CELL_BYTES)
                + slow.tor().channels().stream()
                        .map(Channels::all)
                        .flatMap(List::stream)
                        .map(Channel::outbox)
                        .mapToInt(Outbox::size)
                        .max()
                        .orElse(0);
        return new Sample(
                number * EACH.toMillis(),
                state.window(),
                state.inFlight(),
                queue,
                state.roundTrip().toMillis(),
                state.leastRoundTrip().toMillis(),
                circuit().traffic().deliveredWritten());
    }

    /** What one moment is like. Times in milliseconds, the rest in cells, but for {@code sent} in bytes. */
    record Sample(long atMs, int window, int inFlight, int queue, long roundTripMs, long leastRoundTripMs, long sent) {
        static List<String> table(List<Sample> samples) {
            List<String> lines = new ArrayList<>();
            lines.add("ms,window,in flight,queue at the slow relay,round trip ms,least round trip ms,bytes sent");
            for (Sample each : samples) {
                lines.add("%d,%d,%d,%d,%d,%d,%d"
                        .formatted(
                                each.atMs,
                                each.window,
                                each.inFlight,
                                each.queue,
                                each.roundTripMs,
                                each.leastRoundTripMs,
                                each.sent));
            }
            return lines;
        }
    }

    private void upload(SimulatedTor client) throws InterruptedException {
        try (AttachedStream stream = client.tor()
                .client()
                .orElseThrow()
                .tunnels()
                .connect(new Destination("sink.example", SERVER_PORT), Isolation.of("upload"))) {
            circuit = (OriginCircuit) stream.onion().circuit();
            byte[] chunk = new byte[16 * 1024];
            while (writing) {
                stream.write(chunk, 0, chunk.length);
            }
        } catch (TorException | IOException broken) {
            client.host().trace("the upload ended: " + broken.getMessage());
        }
    }

    private OriginCircuit circuit() {
        return Objects.requireNonNull(circuit, "the upload has not begun");
    }

    private static SimulatedTor relay(TorNetwork network, HopTarget hop) {
        return network.nodes().stream()
                .filter(node -> hop.addresses()
                        .getFirst()
                        .address()
                        .equals(node.host().addresses().getFirst()))
                .findFirst()
                .orElseThrow();
    }

    private static void serveForever(SimHost host) {
        try {
            Network.Listener listener =
                    host.network().listen(new Endpoint(host.addresses().getFirst(), SERVER_PORT));
            host.fork("sink", () -> swallow(listener));
        } catch (LocalFailure taken) {
            throw new IllegalStateException("a new host has free ports", taken);
        }
    }

    private static void swallow(Network.Listener listener) throws InterruptedException {
        byte[] buffer = new byte[16 * 1024];
        try (Wire wire = listener.accept()) {
            while (wire.read(buffer, 0, buffer.length) >= 0) {
                continue;
            }
        } catch (IOException over) {
            return;
        }
    }
}

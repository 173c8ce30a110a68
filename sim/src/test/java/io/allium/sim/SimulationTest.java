package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Network;
import io.allium.base.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class SimulationTest {
    @Test
    void oneSeedGivesOneTraceAndAnotherSeedAnother() {
        String first = busyNetwork(42);
        assertThat(busyNetwork(42)).isEqualTo(first);
        assertThat(busyNetwork(43)).isNotEqualTo(first);
        assertThat(busyNetwork(42)).isEqualTo(first);
    }

    /** Threads that pass things on through all that the JDK offers for it, over links that lose and delay. */
    private static String busyNetwork(long seed) {
        Simulation simulation = Simulation.of(seed);
        simulation.network().usual(new LinkQuality(Duration.ofMillis(30), Duration.ofMillis(10), 0.02));
        simulation.names().put("server", "10.0.0.1");
        SimHost server = simulation.host("10.0.0.1");
        server.fork("serve", () -> serveEchoes(server, 80));
        for (int i = 2; i < 8; i++) {
            SimHost client = simulation.host("10.0.0." + i);
            client.bandwidth(200_000, 400_000);
            BlockingQueue<String> said = new ArrayBlockingQueue<>(2);
            Semaphore turns = new Semaphore(1);
            for (int task = 0; task < 3; task++) {
                client.fork("ask " + task, () -> {
                    for (int round = 0; round < 5; round++) {
                        client.time().sleep(Duration.ofMillis(client.entropy().below(400)));
                        turns.acquire();
                        int size = 1 + client.entropy().below(100_000);
                        said.put(ask(client, size));
                        turns.release();
                    }
                });
            }
            client.fork("listen", () -> {
                for (int round = 0; round < 15; round++) {
                    client.trace(said.take());
                }
            });
        }
        simulation.run(Duration.ofMinutes(5));
        assertThat(simulation.trace().lines())
                .filteredOn(line -> line.contains("heard"))
                .hasSize(6 * 15);
        assertThat(simulation.network().connections()).isZero();
        return simulation.trace().count() + " " + simulation.trace().hash();
    }

    private static String ask(SimHost client, int size) {
        try {
            var server = client.names().addresses("server").values().getFirst();
            Wire wire = client.network().dial(new Endpoint(server, 80), Duration.ofSeconds(10));
            wire.write(new byte[size]);
            wire.finish();
            byte[] heard = readAll(wire);
            wire.close();
            return client.tasks()
                    .compute("count", () -> "heard " + heard.length)
                    .get();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void serveEchoes(SimHost server, int port) throws InterruptedException {
        try (Network.Listener listener =
                server.network().listen(new Endpoint(Endpoint.parseAddress("0.0.0.0"), port))) {
            while (true) {
                Wire wire = listener.accept();
                server.fork("echo", () -> {
                    try (wire) {
                        wire.write(readAll(wire));
                    } catch (IOException broken) {
                        throw new IllegalStateException(broken);
                    }
                });
            }
        } catch (IOException | LocalFailure failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static byte[] readAll(Wire wire) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[10_000];
        int count = wire.read(buffer, 0, buffer.length);
        while (count >= 0) {
            all.write(buffer, 0, count);
            count = wire.read(buffer, 0, buffer.length);
        }
        return all.toByteArray();
    }

    @Test
    void timeJumpsToTheNextTimerAndStandsWhileThreadsRun() {
        Simulation simulation = Simulation.of(1);
        SimHost host = simulation.host("10.0.0.1");
        List<String> order = new ArrayList<>();
        host.fork("long", () -> {
            host.time().sleep(Duration.ofDays(3));
            order.add("three days " + host.time().now());
        });
        host.fork("short", () -> {
            long before = host.time().nanos();
            host.time().sleep(Duration.ofSeconds(2));
            assertThat(host.time().nanos() - before).isEqualTo(2_000_000_000L);
            order.add("two seconds");
        });
        host.time().after(Duration.ofHours(1), () -> order.add("an hour"));
        host.time().after(Duration.ofHours(2), () -> order.add("never")).cancel();
        simulation.run(Duration.ofDays(4));
        assertThat(order)
                .containsExactly("two seconds", "an hour", "three days " + SimTime.BEGINNING.plus(Duration.ofDays(3)));
        assertThat(simulation.time().now()).isEqualTo(SimTime.BEGINNING.plus(Duration.ofDays(4)));
    }

    @Test
    void allWaitingWithALimitIsInVirtualTime() throws Exception {
        Simulation simulation = Simulation.of(1);
        SimHost host = simulation.host("10.0.0.1");
        ReentrantLock lock = new ReentrantLock();
        Condition condition = lock.newCondition();
        String outcome = simulation.call(Duration.ofHours(1), () -> {
            CompletableFuture<String> never = new CompletableFuture<>();
            assertThatThrownBy(() -> host.time().await(never, Duration.ofMinutes(10)))
                    .isInstanceOf(TimeoutException.class);
            lock.lock();
            try {
                long deadline = host.time().nanos() + Duration.ofMinutes(5).toNanos();
                while (host.time().await(lock, condition, deadline)) {
                    host.trace("woken early");
                }
            } finally {
                lock.unlock();
            }
            return "waited";
        });
        assertThat(outcome).isEqualTo("waited");
        assertThat(Duration.ofNanos(simulation.time().nanos())).isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void aHostsClockMayBeWrong() {
        Simulation simulation = Simulation.of(1);
        SimHost late = simulation.host("10.0.0.1");
        late.skew(Duration.ofHours(-2));
        assertThat(late.time().now()).isEqualTo(Instant.parse("2026-11-20T10:00:00Z"));
        assertThat(late.time().nanos()).isEqualTo(simulation.time().nanos());
    }

    @Test
    void computationsTakeProcessorsForTheirVirtualCost() throws Exception {
        Simulation simulation = Simulation.of(1);
        SimHost host = simulation.host("10.0.0.1");
        host.tasks().cost(computation -> Duration.ofMillis(10));
        simulation.call(Duration.ofMinutes(1), () -> {
            List<CompletableFuture<Integer>> results = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                int number = i;
                results.add(host.tasks().compute("square", () -> number * number));
            }
            int sum = 0;
            for (CompletableFuture<Integer> result : results) {
                sum += result.get();
            }
            return sum;
        });
        assertThat(Duration.ofNanos(simulation.time().nanos())).isEqualTo(Duration.ofMillis(50));
    }

    @Test
    void aViolatedInvariantEndsTheRunAndSaysTheSeed() {
        Simulation simulation = Simulation.of(99);
        int[] lost = {0};
        simulation.always("no cell is lost", () -> lost[0] == 0 ? Optional.empty() : Optional.of("one is"));
        simulation.run(Duration.ofMinutes(3));
        lost[0] = 1;
        assertThatThrownBy(() -> simulation.run(Duration.ofMinutes(3)))
                .isInstanceOf(SimulationFailed.class)
                .hasMessage("seed 99 at 00:04:00.000000000: no cell is lost: one is");
    }

    @Test
    void aBugInATaskOrTimerEndsTheRunAndSaysTheSeed() {
        for (boolean timer : new boolean[] {false, true}) {
            Simulation simulation = Simulation.of(7);
            SimHost host = simulation.host("10.0.0.1");
            if (timer) {
                host.time().after(Duration.ofSeconds(1), () -> {
                    throw new IllegalStateException("oops");
                });
            } else {
                host.fork("work", () -> {
                    host.time().sleep(Duration.ofSeconds(1));
                    throw new IllegalStateException("oops");
                });
            }
            assertThatThrownBy(() -> simulation.run(Duration.ofMinutes(1)))
                    .isInstanceOf(SimulationFailed.class)
                    .hasMessageMatching("seed 7 at 00:00:01\\.0*: .* ended: java.lang.IllegalStateException: oops");
        }
    }

    @Test
    void aThreadFromOutsideIsNoticed() throws InterruptedException {
        Simulation simulation = Simulation.of(7);
        CompletableFuture<String> awaited = new CompletableFuture<>();
        simulation.host("10.0.0.1").fork("wait", () -> awaited.join());
        simulation.run(Duration.ofSeconds(1));
        Thread.ofPlatform().start(() -> awaited.complete("woken")).join();
        assertThatThrownBy(() -> simulation.run(Duration.ofSeconds(1)))
                .isInstanceOf(SimulationFailed.class)
                .hasMessage(
                        "seed 7 at 00:00:01.000000000: a thread from outside meddles, so that no run is like another");
    }

    @Test
    void aCallThatIsNeverDoneFails() {
        Simulation simulation = Simulation.of(5);
        assertThatThrownBy(() -> simulation.call(Duration.ofSeconds(30), () -> new CompletableFuture<String>().get()))
                .isInstanceOf(SimulationFailed.class)
                .hasMessage("seed 5 at 00:00:30.000000000: not done after 30 s");
    }

    @Test
    void aKilledProcessRunsNoMoreAndItsFilesStay() throws Exception {
        Simulation simulation = Simulation.of(3);
        SimHost host = simulation.host("10.0.0.1");
        SimHost other = simulation.host("10.0.0.2");
        List<String> after = new ArrayList<>();
        host.disk().write(Path.of("state"), "kept".getBytes(StandardCharsets.UTF_8));
        host.disk().lock(Path.of("lock"));
        host.fork("serve", () -> {
            try {
                serveEchoes(host, 80);
            } finally {
                after.add("even its finally blocks ran");
            }
        });
        Wire wire = simulation.call(
                Duration.ofMinutes(1),
                () -> other.network().dial(Endpoint.parse("10.0.0.1:80"), Duration.ofSeconds(10)));
        SimHost reborn = host.crash();
        assertThat(simulation.host("10.0.0.1")).isSameAs(reborn);
        assertThatThrownBy(() -> simulation.call(Duration.ofMinutes(1), () -> wire.read(new byte[1], 0, 1)))
                .isInstanceOf(IOException.class)
                .hasMessage("Connection reset");
        assertThatThrownBy(() -> simulation.call(
                        Duration.ofMinutes(1),
                        () -> other.network().dial(Endpoint.parse("10.0.0.1:80"), Duration.ofSeconds(10))))
                .hasMessage("connection refused");
        assertThat(reborn.disk().read(Path.of("state"))).isPresent();
        reborn.disk().lock(Path.of("lock"));
        simulation.run(Duration.ofMinutes(5));
        assertThat(after).isEmpty();
    }
}

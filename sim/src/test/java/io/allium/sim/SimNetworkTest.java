package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Network;
import io.allium.base.Poller;
import io.allium.base.Tasks;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimNetworkTest {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Endpoint SERVER = Endpoint.parse("10.0.0.1:80");

    private final Simulation simulation = Simulation.of(1);
    private final SimHost server = simulation.host("10.0.0.1");
    private final SimHost client = simulation.host("10.0.0.2", "2001:db8::2");

    SimNetworkTest() {
        simulation.network().usual(LinkQuality.of(Duration.ofMillis(50)));
    }

    /** The two ends of a connection from client to server. */
    private record Ends(Wire near, Wire far) {}

    private Ends connect() throws Exception {
        return simulation.call(LIMIT, () -> {
            try (Network.Listener listener = server.network().listen(SERVER)) {
                Wire near = client.network().dial(SERVER, PATIENCE);
                return new Ends(near, listener.accept());
            }
        });
    }

    @Test
    void aWireKnowsBothItsEnds() throws Exception {
        Ends ends = connect();
        assertThat(ends.near.remote()).isEqualTo(SERVER).isEqualTo(ends.far.local());
        assertThat(ends.near.local()).isEqualTo(ends.far.remote());
        assertThat(ends.near.local().address()).isEqualTo(Endpoint.parseAddress("10.0.0.2"));
    }

    @Test
    void bytesTakeTheWaysLatency() throws Exception {
        assertThat(took(this::connect)).isEqualTo(Duration.ofMillis(100));
        Ends ends = connect();
        assertThat(took(() -> echoOnce(ends, 10))).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void bandwidthIsSharedByAllThatAHostSends() throws Exception {
        Ends one = connect();
        Ends two = connect();
        client.bandwidth(1_000_000, 0);
        Duration took = took(() -> simulation.call(LIMIT, () -> {
            one.near.write(new byte[250_000]);
            two.near.write(new byte[250_000]);
            read(one.far, 250_000);
            read(two.far, 250_000);
            return true;
        }));
        assertThat(took).isEqualTo(Duration.ofMillis(550));
    }

    @Test
    void lossShowsAsDelayAndNothingIsLostOrReordered() throws Exception {
        simulation.network().usual(new LinkQuality(Duration.ofMillis(50), Duration.ofMillis(20), 0.3));
        Ends ends = connect();
        byte[] sent = client.entropy().bytes(50 * 100);
        client.fork("send", () -> {
            for (int i = 0; i < 100; i++) {
                write(ends.near, sent, i * 50, 50);
                client.time().sleep(Duration.ofMillis(1));
            }
        });
        Duration took = took(() -> assertThat(simulation.call(LIMIT, () -> read(ends.far, sent.length)))
                .isEqualTo(sent));
        assertThat(took).isGreaterThan(Duration.ofMillis(250));
    }

    @Test
    void aWriterWaitsWhileNobodyReads() throws Exception {
        Ends ends = connect();
        Tasks.Task writing = client.fork("send", () -> write(ends.near, new byte[Pipe.WINDOW + 1], 0, Pipe.WINDOW + 1));
        simulation.run(Duration.ofMinutes(1));
        assertThat(writing.isDone()).isFalse();
        assertThat(ends.near.tryWrite(ByteBuffer.allocate(1))).isZero();
        simulation.call(LIMIT, () -> read(ends.far, 1));
        simulation.run(Duration.ofSeconds(1));
        assertThat(writing.isDone()).isTrue();
    }

    @Test
    void theReaderSeesTheEndAfterAllThatWasWritten() throws Exception {
        Ends ends = connect();
        simulation.call(LIMIT, () -> {
            ends.near.write(new byte[100_000]);
            ends.near.close();
            assertThat(read(ends.far, 100_000)).hasSize(100_000);
            assertThat(ends.far.read(new byte[1], 0, 1)).isEqualTo(-1);
            ends.far.write(new byte[1]);
            client.time().sleep(Duration.ofSeconds(1));
            assertThatThrownBy(() -> ends.far.write(new byte[1])).hasMessage("Broken pipe");
            assertThatThrownBy(() -> ends.near.write(new byte[1])).isInstanceOf(ClosedChannelException.class);
            ends.far.close();
            return true;
        });
        simulation.run(Duration.ofSeconds(1));
        assertThat(simulation.network().connections()).isZero();
    }

    @Test
    void oneDirectionMayBeFinishedWhileTheOtherGoesOn() throws Exception {
        Ends ends = connect();
        simulation.call(LIMIT, () -> {
            ends.near.finish();
            assertThat(ends.far.read(new byte[1], 0, 1)).isEqualTo(-1);
            ends.far.write(new byte[7]);
            return assertThat(read(ends.near, 7)).hasSize(7);
        });
    }

    @Test
    void diallingFailsInTheWordsOfASocket() {
        assertThatThrownBy(() -> dial(SERVER)).isInstanceOf(Unreachable.class).hasMessage("connection refused");
        assertThatThrownBy(() -> dial(Endpoint.parse("10.9.9.9:80"))).hasMessage("no route to host");
        simulation.network().partition(host -> host == server);
        Duration took =
                took(() -> assertThatThrownBy(() -> dial(SERVER)).hasMessage("connection timed out after 10 s"));
        assertThat(took).isEqualTo(PATIENCE);
        simulation.network().heal();
        simulation.network().link(client, server, LinkQuality.of(Duration.ofSeconds(7)));
        assertThatThrownBy(() -> dial(SERVER)).hasMessage("connection timed out after 10 s");
    }

    @Test
    void aPartitionHoldsBackWhatIsSentUntilItHeals() throws Exception {
        Ends ends = connect();
        simulation.network().partition(host -> host == server);
        Tasks.Task reading = server.fork("read", () -> read(ends.far, 3));
        client.fork("send", () -> write(ends.near, new byte[3], 0, 3));
        simulation.run(Duration.ofMinutes(2));
        assertThat(reading.isDone()).isFalse();
        simulation.network().heal();
        simulation.run(Duration.ofSeconds(1));
        assertThat(reading.isDone()).isTrue();
    }

    @Test
    void aResetIsSeenAtBothEnds() throws Exception {
        Ends ends = connect();
        simulation.network().reset(server, client);
        for (Wire wire : List.of(ends.near, ends.far)) {
            assertThatThrownBy(() -> wire.tryRead(ByteBuffer.allocate(1))).hasMessage("Connection reset");
            assertThatThrownBy(() -> wire.tryWrite(ByteBuffer.allocate(1))).hasMessage("Connection reset");
        }
    }

    @Test
    void closingOrInterruptingWakesWhoeverWaits() throws Exception {
        Ends ends = connect();
        List<Throwable> seen = new ArrayList<>();
        client.fork("read", () -> seen.add(failureOf(() -> ends.near.read(new byte[1], 0, 1))));
        simulation.run(Duration.ofSeconds(1));
        ends.near.close();
        Tasks.Task interrupted = server.fork(
                "read",
                () -> seen.add(failureOf(() -> server.network().listen(SERVER).accept())));
        simulation.run(Duration.ofSeconds(1));
        interrupted.cancel();
        simulation.run(Duration.ofSeconds(1));
        assertThat(seen).hasSize(2);
        assertThat(seen.get(0)).isInstanceOf(AsynchronousCloseException.class);
        assertThat(seen.get(1)).isInstanceOf(ClosedByInterruptException.class);
    }

    @Test
    void listenersKnowTheirPlace() throws Exception {
        Network.Listener any = server.network().listen(Endpoint.parse("0.0.0.0:0"));
        assertThat(any.endpoint().port()).isGreaterThanOrEqualTo(49152);
        Endpoint reached = Endpoint.parse("10.0.0.1:" + any.endpoint().port());
        assertThat(dial(reached).remote()).isEqualTo(reached);
        assertThatThrownBy(() -> server.network().listen(any.endpoint()))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("is in use");
        assertThatThrownBy(() -> server.network().listen(Endpoint.parse("10.0.0.2:80")))
                .isInstanceOf(LocalFailure.class);
        any.close();
        assertThatThrownBy(() -> dial(reached)).hasMessage("connection refused");
        Network.Listener loopback = client.network().listen(Endpoint.parse("127.0.0.1:9050"));
        assertThat(dial(Endpoint.parse("127.0.0.1:9050")).local().address().isLoopbackAddress())
                .isTrue();
        assertThat(simulation.call(LIMIT, loopback::accept)).isNotNull();
    }

    @Test
    void unixSocketsJoinProgramsOfOneHost() throws Exception {
        Path path = Path.of("/run/tor/control");
        Network.Listener listener = server.network().listen(path);
        Wire application = server.dial(path);
        Wire accepted = simulation.call(LIMIT, listener::accept);
        assertThat(echoOnce(new Ends(application, accepted), 100)).isTrue();
        assertThat(accepted.remote()).isNull();
        assertThatThrownBy(() -> client.dial(path)).hasMessage("connection refused");
    }

    @Test
    void moreThanTheBacklogIsRefused() throws Exception {
        Network.Listener listener = server.network().listen(SERVER);
        client.fork("flood", () -> {
            for (int i = 0; i < HostNetwork.BACKLOG; i++) {
                client.fork("dial", () -> client.network().dial(SERVER, PATIENCE));
            }
        });
        simulation.run(Duration.ofSeconds(5));
        assertThatThrownBy(() -> dial(SERVER)).hasMessage("connection refused");
        listener.close();
    }

    /** One loop, many wires: the production way to carry cells. */
    @Test
    void aLoopEchoesForManyWires() throws Exception {
        Network.Listener listener = server.network().listen(SERVER);
        Poller poller = server.network().poller();
        List<Wire> accepted = new ArrayList<>();
        server.fork("accept", () -> {
            for (int i = 0; i < 20; i++) {
                accepted.add(accept(listener));
                poller.wake();
            }
        });
        server.tasks().loop("loop", () -> {
            List<Wire> taken = new ArrayList<>();
            while (true) {
                for (Wire wire : List.copyOf(accepted)) {
                    if (!taken.contains(wire)) {
                        taken.add(wire);
                        new Echo(poller, wire);
                    }
                }
                await(poller, -1);
            }
        });
        for (int i = 0; i < 20; i++) {
            client.fork("talk", () -> {
                Wire wire = client.network().dial(SERVER, PATIENCE);
                write(wire, new byte[700_000], 0, 700_000);
                client.trace("heard " + read(wire, 700_000).length);
                wire.close();
            });
        }
        simulation.run(Duration.ofMinutes(1));
        assertThat(simulation.trace().lines())
                .filteredOn(line -> line.contains("heard 700000"))
                .hasSize(20);
        assertThat(simulation.network().connections()).isZero();
    }

    @Test
    void aPollerReturnsAtItsDeadlineOrWhenWoken() throws Exception {
        Poller poller = server.network().poller();
        assertThat(took(() -> simulation.call(LIMIT, () -> await(poller, 3_000_000))))
                .isEqualTo(Duration.ofMillis(3));
        assertThat(took(() -> simulation.call(LIMIT, () -> await(poller, 0)))).isZero();
        poller.wake();
        assertThat(took(() -> simulation.call(LIMIT, () -> await(poller, -1)))).isZero();
    }

    /** What a loop does with one wire. */
    private static final class Echo implements Poller.Ready {
        private final Wire wire;
        private final Poller.Registration registration;
        private final ByteBuffer buffer = ByteBuffer.allocate(30_000);

        Echo(Poller poller, Wire wire) {
            this.wire = wire;
            try {
                registration = poller.register(wire, this);
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        }

        @Override
        public void readable() {
            try {
                if (wire.tryRead(buffer) < 0) {
                    wire.close();
                    return;
                }
                buffer.flip();
                wire.tryWrite(buffer);
                registration.wantRead(!buffer.hasRemaining());
                registration.wantWrite(buffer.hasRemaining());
                buffer.compact();
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        }

        @Override
        public void writable() {
            readable();
        }
    }

    private Wire dial(Endpoint to) throws Exception {
        return simulation.call(LIMIT, () -> client.network().dial(to, PATIENCE));
    }

    private boolean echoOnce(Ends ends, int count) throws Exception {
        return simulation.call(LIMIT, () -> {
            ends.near.write(new byte[count]);
            ends.far.write(read(ends.far, count));
            return read(ends.near, count).length == count;
        });
    }

    private interface Step {
        void run() throws Exception;
    }

    private Duration took(Step step) {
        long before = simulation.time().nanos();
        try {
            step.run();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
        return Duration.ofNanos(simulation.time().nanos() - before);
    }

    private static Throwable failureOf(Step step) {
        try {
            step.run();
        } catch (Exception failed) {
            return failed;
        }
        throw new AssertionError("did not fail");
    }

    private static boolean await(Poller poller, long nanos) {
        try {
            poller.await(nanos);
            return true;
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static Wire accept(Network.Listener listener) throws InterruptedException {
        try {
            return listener.accept();
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void write(Wire wire, byte[] bytes, int offset, int length) {
        try {
            wire.write(bytes, offset, length);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static byte[] read(Wire wire, int count) {
        byte[] bytes = new byte[count];
        int have = 0;
        try {
            while (have < count) {
                int more = wire.read(bytes, have, count - have);
                if (more < 0) {
                    throw new IllegalStateException("ended after " + have);
                }
                have += more;
            }
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
        return bytes;
    }
}

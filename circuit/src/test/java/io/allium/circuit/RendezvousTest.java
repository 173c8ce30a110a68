package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.cell.BeginFlags;
import io.allium.cell.EndReason;
import io.allium.cell.OnionServiceMessage;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayMessage;
import io.allium.cell.RendezvousCookie;
import io.allium.crypto.CreateFast;
import io.allium.crypto.KeyMaterial;
import io.allium.crypto.OriginLayer;
import io.allium.crypto.Tor1;
import io.allium.testing.SeededEntropy;
import io.allium.testing.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two circuits of ours, joined back to back at their last relays: we are the client and the onion service. */
@Timeout(300)
class RendezvousTest {
    private static final StreamLimit UNLIMITED = new StreamLimit(0, false);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final RendezvousCookie COOKIE = RendezvousCookie.of(new byte[RendezvousCookie.LENGTH]);

    /** A stream that a client opens, and the port that it asks for. */
    private record Opened(OnionStream stream, int port) {}

    private final FakeChain clientsRelays = new FakeChain(1, 3);
    private final FakeChain servicesRelays = new FakeChain(2, 4);
    private final BlockingQueue<Opened> opened = new LinkedBlockingQueue<>();
    private final BlockingQueue<RelayMessage> atRendezvousPoint = new LinkedBlockingQueue<>();

    RendezvousTest() {
        FakeChain.join(clientsRelays, servicesRelays);
        servicesRelays.exit().follow((relay, stream, message) -> atRendezvousPoint.add(message));
    }

    @AfterEach
    void nothingWentWrongAtTheRelays() {
        clientsRelays.close();
        servicesRelays.close();
    }

    @Test
    void aStreamGoesFromTheClientToTheServiceAndBackInFixedWindows() throws Exception {
        assertEcho(join(RendezvousFlow.fixed(), UNLIMITED));
    }

    @Test
    void aStreamGoesFromTheClientToTheServiceAndBackUnderCongestionControl() throws Exception {
        OriginCircuit client = join(RendezvousFlow.controlled(31), UNLIMITED);
        assertThat(client.congestion()).isPresent();
        assertEcho(client);
    }

    @Test
    void theRendezvousPointHearsOfTheServiceWhenItIsReadyForTheClient() throws Exception {
        join(RendezvousFlow.fixed(), UNLIMITED);
        assertThat(atRendezvousPoint.take()).isInstanceOf(OnionServiceMessage.Rendezvous1.class);
        assertThat(servicesRelays.current().path()).hasSize(4); // the client is no relay
    }

    @Test
    void whatAClientSendsBeforeItsStreamIsAnsweredIsNotLost() throws Exception {
        OriginCircuit client = join(RendezvousFlow.controlled(31), UNLIMITED);
        OnionStream stream = client.begin("", 80, BeginFlags.NONE);
        stream.write(new byte[] {1, 2, 3});
        OnionStream served = opened.take().stream();
        byte[] bytes = new byte[3];
        readFully(served, bytes);
        assertThat(bytes).containsExactly(1, 2, 3);
        served.accept();
        stream.awaitConnected(PATIENCE);
        assertThat(stream.connected()).contains(RelayMessage.Connected.SILENT);
    }

    @Test
    void aServiceSaysWhyItRefuses() throws Exception {
        OriginCircuit client = join(RendezvousFlow.fixed(), UNLIMITED);
        OnionStream stream = client.begin("", 80, BeginFlags.NONE);
        opened.take().stream().refuse(EndReason.CONNECTREFUSED);
        assertThatThrownBy(() -> stream.awaitConnected(PATIENCE))
                .isInstanceOfSatisfying(
                        Refused.class, no -> assertThat(no.kind()).isEqualTo(Refused.Kind.CONNECTION_REFUSED));
        assertThat(client.isOpen()).isTrue();
        assertThat(servicesRelays.current().openStreams()).isZero();
    }

    @Test
    void aServiceThatEndsAStreamTellsTheClientThatAllIsSaid() throws Exception {
        OriginCircuit client = join(RendezvousFlow.controlled(31), UNLIMITED);
        OnionStream stream = client.begin("", 80, BeginFlags.NONE);
        OnionStream served = opened.take().stream();
        served.accept();
        served.write(new byte[] {4, 5});
        served.close();
        byte[] bytes = new byte[2];
        readFully(stream, bytes);
        assertThat(stream.read(new byte[1], 0, 1)).isEqualTo(-1);
        assertThat(stream.ended()).contains(new StreamEnding(EndReason.DONE, true));
        stream.close();
    }

    @Test
    void aServiceWhoseServerBrokeOffTellsTheClientThatNotAllIsSaid() throws Exception {
        OriginCircuit client = join(RendezvousFlow.controlled(31), UNLIMITED);
        OnionStream stream = client.begin("", 80, BeginFlags.NONE);
        OnionStream served = opened.take().stream();
        served.accept();
        served.write(new byte[] {4, 5});
        served.refuse(EndReason.CONNRESET);
        byte[] bytes = new byte[2];
        readFully(stream, bytes);
        assertThatThrownBy(() -> stream.read(new byte[1], 0, 1)).isInstanceOf(IOException.class);
        assertThat(stream.ended()).contains(new StreamEnding(EndReason.CONNRESET, true));
    }

    @Test
    void aClientNeverSaysWhyItEndsAStream() throws Exception {
        OriginCircuit client = join(RendezvousFlow.controlled(31), UNLIMITED);
        OnionStream stream = client.begin("", 80, BeginFlags.NONE);
        OnionStream served = opened.take().stream();
        served.accept();
        stream.awaitConnected(PATIENCE);
        stream.refuse(EndReason.CONNRESET);
        assertThat(served.read(new byte[1], 0, 1)).isEqualTo(-1);
        assertThat(served.ended()).contains(new StreamEnding(EndReason.MISC, true));
    }

    @Test
    void whatWasUnderWayWhenTheServiceEndedAStreamHarmsNobody() throws Exception {
        OriginCircuit client = join(RendezvousFlow.controlled(31), UNLIMITED);
        OnionStream stream = client.begin("", 80, BeginFlags.NONE);
        OnionStream served = opened.take().stream();
        served.accept();
        stream.awaitConnected(PATIENCE);
        clientsRelays.onLoop(
                () -> { // so that the END waits behind us
                    served.close();
                    stream.offer(new byte[1000], 0, 1000);
                });
        assertEcho(client);
    }

    @Test
    void aStreamBeyondTheLimitIsRefusedInTheWordsThatSayLeast() throws Exception {
        OriginCircuit client = join(RendezvousFlow.controlled(31), new StreamLimit(2, false));
        OnionStream first = client.begin("", 80, BeginFlags.NONE);
        client.begin("", 80, BeginFlags.NONE);
        OnionStream third = client.begin("", 80, BeginFlags.NONE);
        assertThatThrownBy(() -> third.awaitConnected(PATIENCE)).hasMessageEndingWith("DONE");
        assertThat(opened.take().stream().streamId()).isEqualTo(first.streamId());
        opened.take().stream().close();
        servicesRelays.onLoop(() -> {});
        client.begin("", 80, BeginFlags.NONE);
        assertThat(opened.take().port()).isEqualTo(80);
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void aStreamBeyondTheLimitEndsTheCircuitWhereThatIsWanted() throws Exception {
        OriginCircuit client = join(RendezvousFlow.controlled(31), new StreamLimit(1, true));
        client.begin("", 80, BeginFlags.NONE);
        client.begin("", 80, BeginFlags.NONE);
        OnionStream served = opened.take().stream();
        servicesRelays.current().ended().join();
        assertThatThrownBy(() -> served.read(new byte[1], 0, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void nobodyButTheClientMayOpenAStream() throws Exception {
        join(RendezvousFlow.fixed(), UNLIMITED);
        servicesRelays.onLoop(() -> servicesRelays.exit().say(7, new RelayMessage.Begin("", 80, BeginFlags.NONE)));
        assertThat(OriginCircuitTest.endedByViolation(servicesRelays.current())).isEqualTo("BEGIN: came from a relay");
        assertThat(opened).isEmpty();
    }

    @Test
    void aServiceOpensNoStreamToItsClient() throws Exception {
        OriginCircuit client = join(RendezvousFlow.fixed(), UNLIMITED);
        servicesRelays.current().begin("", 80, BeginFlags.NONE);
        assertThat(OriginCircuitTest.endedByViolation(client)).isEqualTo("BEGIN: came from a relay");
    }

    @Test
    void theRendezvousPointCannotSpeakForTheOtherEnd() throws Exception {
        OriginCircuit client = join(RendezvousFlow.fixed(), UNLIMITED);
        OnionStream stream = client.begin("", 80, BeginFlags.NONE);
        int id = stream.streamId().value();
        clientsRelays.onLoop(() -> clientsRelays.exit().say(id, RelayMessage.Connected.SILENT));
        assertThat(OriginCircuitTest.endedByViolation(client))
                .isEqualTo("CONNECTED: for stream " + id + " with hop 4, from hop 3");
    }

    @Test
    void aJoinedCircuitIsNotExtended() throws Exception {
        OriginCircuit client = join(RendezvousFlow.fixed(), UNLIMITED);
        assertThatThrownBy(() -> client.extend(clientsRelays.relay(1).target(true), PATIENCE))
                .isInstanceOf(Refused.class);
        assertThatThrownBy(() -> client.join(layer(false), RendezvousFlow.fixed()))
                .isInstanceOf(IllegalStateException.class);
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void aServiceThatIsSlowToReadLosesNothing() throws Exception {
        OriginCircuit client = join(RendezvousFlow.controlled(31), UNLIMITED);
        OnionStream stream = client.begin("", 80, BeginFlags.NONE);
        OnionStream served = opened.take().stream();
        served.accept();
        stream.awaitConnected(PATIENCE);
        byte[] all = new byte[2_000_000];
        CompletableFuture<@Nullable Throwable> writer =
                OriginCircuitTest.failureOf(() -> stream.write(new byte[all.length]));
        Waiting.until(() -> {
            letTimePass();
            return stream.bytesWritten() >= 500 * 498; // so many may wait; beyond it, XOFF may end this at any time
        });
        CompletableFuture<@Nullable Throwable> reader = OriginCircuitTest.failureOf(() -> readFully(served, all));
        Waiting.until(() -> {
            letTimePass(); // since after XOFF and XON the client sends at a rate
            return writer.isDone() && reader.isDone();
        });
        assertThat(writer.join()).isNull();
        assertThat(reader.join()).isNull();
        assertThat(client.isOpen()).isTrue();
    }

    private void letTimePass() {
        clientsRelays.time.pass(Duration.ofMillis(10));
        servicesRelays.time.pass(Duration.ofMillis(10));
    }

    /** Joins a circuit of the client's with one of the service's; returns the client's. */
    private OriginCircuit join(RendezvousFlow flow, StreamLimit limit) throws Exception {
        OriginCircuit client = clientsRelays.build();
        OriginCircuit service = servicesRelays.build();
        client.join(layer(false), flow);
        service.serve(
                layer(true),
                flow,
                (stream, port) -> opened.add(new Opened(stream, port)),
                limit,
                new OnionServiceMessage.Rendezvous1(COOKIE, new byte[64]));
        return client;
    }

    /** The same keys for both. */
    private static OriginLayer layer(boolean service) throws ProtocolViolation {
        KeyMaterial keys = CreateFast.answer(new byte[20], new SeededEntropy(5)).keys();
        return Tor1.onionServiceLayer(keys, service);
    }

    private void assertEcho(OriginCircuit client) throws Exception {
        OnionStream stream = client.begin("", 8080, BeginFlags.NONE);
        Opened served = opened.take();
        assertThat(served.port()).isEqualTo(8080);
        served.stream().accept();
        stream.awaitConnected(PATIENCE);
        CompletableFuture<@Nullable Throwable> echo = OriginCircuitTest.failureOf(() -> echo(served.stream()));
        byte[] sent = new byte[1500 * RelayCell.DATA_MAX];
        new Random(3).nextBytes(sent);
        CompletableFuture<@Nullable Throwable> writer = OriginCircuitTest.failureOf(() -> stream.write(sent));
        byte[] came = new byte[sent.length];
        readFully(stream, came);
        assertThat(Arrays.equals(came, sent)).isTrue();
        assertThat(writer.join()).isNull();
        stream.close();
        assertThat(echo.join()).isNull();
    }

    private static void echo(OnionStream stream) throws IOException {
        byte[] buffer = new byte[8192];
        for (int n = stream.read(buffer, 0, buffer.length); n > 0; n = stream.read(buffer, 0, buffer.length)) {
            stream.write(buffer, 0, n);
        }
    }

    private static void readFully(OnionStream stream, byte[] into) throws IOException {
        for (int done = 0; done < into.length; ) {
            int count = stream.read(into, done, into.length - done);
            assertThat(count).isPositive();
            done += count;
        }
    }
}

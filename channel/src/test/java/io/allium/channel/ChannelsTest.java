package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.Network;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.cell.DestroyReason;
import io.allium.crypto.Fingerprint;
import io.allium.testing.DeafPort;
import io.allium.testing.Ends;
import io.allium.testing.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelsTest {
    private static Neighbours neighbours;
    private static LinkIdentity identity;
    private static LinkIdentity another;
    private static Channels relay;

    @BeforeAll
    static void open() {
        neighbours = new Neighbours();
        identity = neighbours.identity();
        another = neighbours.identity();
        relay = neighbours.relay(identity, new Neighbours.Echo(), LinkHandshake.VERSIONS);
    }

    @AfterEach
    void leaveTheRelayAlone() {
        neighbours.closeAllBut(relay);
    }

    @AfterAll
    static void close() {
        neighbours.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void aClientReachesARelayAndStaysUnknown(int version) throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        Channel channel = neighbours.client(List.of(version)).to(target, Neighbours.PATIENCE);
        assertThat(channel.peer().fingerprint()).contains(identity.fingerprint());
        assertThat(channel.peer().identity()).contains(identity.identity());
        assertThat(channel.peer().linkVersion()).isEqualTo(version);
        assertThat(channel.peer().isCanonical()).isTrue();
        assertThat(channel.peer().clockSkew().orElseThrow().abs()).isLessThan(Neighbours.PATIENCE);
        echo(channel, 5);
        Channel theirs = Neighbours.first(relay);
        assertThat(theirs.peer().isRelay()).isFalse();
        assertThat(theirs.peer().clockSkew()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void aRelayProvesItsIdentityToTheRelayThatItDials(int version) throws Exception {
        Channels dialling = neighbours.relay(another, new Neighbours.Echo(), List.of(version));
        Channel channel = dialling.to(neighbours.serve(relay, identity), Neighbours.PATIENCE);
        echo(channel, 5);
        Channel theirs = Neighbours.first(relay);
        assertThat(theirs.peer().fingerprint()).contains(another.fingerprint());
        assertThat(theirs.peer().identity()).contains(another.identity());
        assertThat(theirs.peer().dialled()).isFalse();
        echo(theirs, 5);
    }

    @Test
    void aRelayWithAnotherFingerprintIsRefused() throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        ChannelTarget wrong = new ChannelTarget(target.addresses(), Fingerprint.of(new byte[20]), Optional.empty());
        assertThatThrownBy(() -> neighbours.client(LinkHandshake.VERSIONS).to(wrong, Neighbours.PATIENCE))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("answered instead of");
        neighbours.awaitEvent("dialling failed IDENTITY");
    }

    @Test
    void aSecondRequestGetsTheSameChannel() throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        Channels client = neighbours.client(LinkHandshake.VERSIONS);
        assertThat(client.to(target, Neighbours.PATIENCE)).isSameAs(client.to(target, Neighbours.PATIENCE));
    }

    @Test
    void whoNamesAWrongAddressOrIdentityHoldsUpNobodyElse() throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        Channels client = neighbours.client(LinkHandshake.VERSIONS);
        try (Network.Listener silent = neighbours.network.listen(Endpoint.parse("127.0.0.1:0"))) {
            Endpoint at = Objects.requireNonNull(silent.endpoint());
            ChannelTarget wrong = new ChannelTarget(List.of(at), target.fingerprint(), target.identity());
            neighbours.tasks.fork("wrong", () -> client.to(wrong, Neighbours.PATIENCE));
            try (Wire dialled = silent.accept()) {
                assertThat(dialled.remote()).isNotNull();
                assertThat(client.to(target, Neighbours.PATIENCE).isOpen()).isTrue();
            }
        }
    }

    @Test
    void closingTellsBothEnds() throws Exception {
        Channel channel =
                neighbours.client(LinkHandshake.VERSIONS).to(neighbours.serve(relay, identity), Neighbours.PATIENCE);
        Neighbours.Recorder end = new Neighbours.Recorder();
        channel.open(end);
        Channel theirs = Neighbours.first(relay);
        channel.close("enough");
        assertThat(end.closed.get()).isEqualTo("enough");
        assertThat(theirs.closed().get()).containsPattern("closed|reset");
    }

    @Test
    void thousandsOfCellsArriveInOrderOnManyCircuitsAtOnce() throws Exception {
        Channel channel =
                neighbours.client(LinkHandshake.VERSIONS).to(neighbours.serve(relay, identity), Neighbours.PATIENCE);
        List<Neighbours.Recorder> ends = new ArrayList<>();
        int count = 500; // far fewer than a circuit's queue holds, even if nobody reads
        for (int circuit = 0; circuit < 20; circuit++) {
            Neighbours.Recorder end = new Neighbours.Recorder();
            ends.add(end);
            CircuitId id = channel.open(end);
            channel.outbox().append(id, CellCommand.CREATE2, (into, at) -> {});
            for (int i = 0; i < count; i++) {
                byte number = (byte) i;
                assertThat(channel.outbox().append(id, CellCommand.RELAY, (into, at) -> into[at] = number))
                        .isTrue();
            }
            channel.outbox().flush();
        }
        for (Neighbours.Recorder end : ends) {
            for (int i = 0; i < count; i++) {
                byte[] got = end.next();
                assertThat(got).isNotNull();
                assertThat(got[1]).isEqualTo((byte) i);
            }
        }
    }

    @Test
    void aClientRefusesToBeAHop() throws Exception {
        Channels client = neighbours.client(LinkHandshake.VERSIONS);
        client.to(neighbours.serve(relay, identity), Neighbours.PATIENCE);
        Channel theirs = Neighbours.first(relay);
        assertThat(answer(theirs, theirs.open(new Neighbours.Recorder())))
                .startsWith(CellCommand.DESTROY, DestroyReason.PROTOCOL.code());
    }

    @Test
    void aCircuitIdOfTheOthersHalfIsRefused() throws Exception {
        Channel channel =
                neighbours.client(LinkHandshake.VERSIONS).to(neighbours.serve(relay, identity), Neighbours.PATIENCE);
        assertThat(answer(channel, new CircuitId(5))).startsWith(CellCommand.DESTROY, DestroyReason.PROTOCOL.code());
    }

    @Test
    void aBugInACircuitEndsThatCircuitAlone() throws Exception {
        Channels buggy = neighbours.relay(
                identity,
                (from, id, command, buffer, offset) -> {
                    throw new IllegalStateException("a bug");
                },
                LinkHandshake.VERSIONS);
        Channel channel =
                neighbours.client(LinkHandshake.VERSIONS).to(neighbours.serve(buggy, identity), Neighbours.PATIENCE);
        CircuitId id = channel.open(new Neighbours.Recorder());
        assertThat(answer(channel, id)).startsWith(CellCommand.DESTROY, DestroyReason.INTERNAL.code());
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void identitiesThatDontBelongTogetherAreNotDialledFor() throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        Channels client = neighbours.client(LinkHandshake.VERSIONS);
        client.to(target, Neighbours.PATIENCE);
        ChannelTarget mixed =
                new ChannelTarget(target.addresses(), target.fingerprint(), Optional.of(another.identity()));
        assertThatThrownBy(() -> client.to(mixed, Neighbours.PATIENCE))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("only one of the two");
    }

    @Test
    void whereNobodyListensNobodyIsReached() throws Exception {
        try (DeafPort deaf = DeafPort.open()) {
            ChannelTarget target =
                    new ChannelTarget(List.of(deaf.endpoint()), identity.fingerprint(), Optional.empty());
            assertThatThrownBy(() -> neighbours.client(LinkHandshake.VERSIONS).to(target, Neighbours.PATIENCE))
                    .isInstanceOf(Unreachable.class)
                    .hasMessageContaining("refused");
            neighbours.awaitEvent("dialling failed CONNECTREFUSED");
        }
    }

    @Test
    void whenTooManyHandshakesGoOnTheOldestMakesRoom() throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        List<Wire> silent = new ArrayList<>();
        for (int i = 0; i <= ArrivingLinks.HANDSHAKES_MAX; i++) {
            silent.add(neighbours.network.dial(target.addresses().getFirst(), Neighbours.PATIENCE));
        }
        assertThat(Ends.isOver(silent.getFirst())).isTrue();
        assertThat(neighbours
                        .client(LinkHandshake.VERSIONS)
                        .to(target, Neighbours.PATIENCE)
                        .isOpen())
                .isTrue();
        silent.forEach(Wire::close);
    }

    @Test
    void aNeighbourThatNeverReadsLosesItsCircuitAndOthersLoseNothing() throws Exception {
        relay.configure(() -> Neighbours.withMemory(1 << 20));
        ChannelTarget target = neighbours.serve(relay, identity);
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        Channel toRelay = neighbours.client(LinkHandshake.VERSIONS).to(target, Neighbours.PATIENCE);
        CircuitId stuck = toRelay.open(new NeverReading(over));
        toRelay.outbox().add(stuck, CellCommand.CREATE2, (into, at) -> {});
        Channel toStuck = Neighbours.first(relay);
        Waiting.until(() -> toStuck.circuits() > 0);
        Neighbours.Recorder ours = new Neighbours.Recorder();
        toStuck.attach(stuck, ours);

        Channel other = neighbours.client(LinkHandshake.VERSIONS).to(target, Neighbours.PATIENCE);
        Neighbours.Recorder echoed = new Neighbours.Recorder();
        CircuitId living = other.open(echoed);
        other.outbox().add(living, CellCommand.CREATE2, (into, at) -> {});
        byte[] body = new byte[CellCodec.BODY_BYTES];
        boolean blocked = false;
        while (!ours.closed.isDone()) {
            blocked |= toStuck.isBlocked();
            toStuck.outbox().add(stuck, CellCommand.RELAY, body, 0);
            assertThat(relay.backlog().size()).isLessThanOrEqualTo((1 << 20) * 17 / 16 + 10_000);
        }
        assertThat(ours.closed.get()).contains("our memory is full");
        assertThat(toStuck.circuits()).isZero();
        assertThat(blocked).isTrue();
        Waiting.until(() -> relay.backlog().size() <= 1 << 20); // of what came while its circuit was being ended, too
        for (int i = 0; i < 10; i++) {
            other.outbox().add(living, CellCommand.RELAY, body, 0);
            assertThat(Objects.requireNonNull(echoed.next())[0]).isEqualTo((byte) CellCommand.RELAY);
        }
        over.complete(true);
        relay.configure(() -> ChannelOptions.STANDARD);
    }

    /** Keeps its loop busy from the first cell on. */
    private record NeverReading(CompletableFuture<Boolean> over) implements CircuitEnd {
        @Override
        public void cell(Channel from, int command, byte[] buffer, int bodyOffset) {
            over.join();
        }

        @Override
        public void channelClosed(Channel which, String why) {}

        @Override
        public void outboxDrained(Channel which) {}
    }

    @Test
    void aClientHasOnlySoManyCircuits() throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        Channel channel = neighbours.client(LinkHandshake.VERSIONS).to(target, Neighbours.PATIENCE);
        for (int i = 0; i < Channel.CLIENT_CIRCUITS_MAX; i++) {
            channel.outbox().append(channel.open(new Neighbours.Recorder()), CellCommand.CREATE2, (into, at) -> {});
        }
        Neighbours.Recorder last = new Neighbours.Recorder();
        channel.outbox().add(channel.open(last), CellCommand.CREATE2, (into, at) -> {});
        assertThat(Objects.requireNonNull(last.next())[0]).isEqualTo((byte) CellCommand.DESTROY);
    }

    @Test
    void theLongestCellFitsIntoAHandshake() throws Exception {
        ChannelTarget target = neighbours.serve(relay, identity);
        Wire wire = neighbours.network.dial(target.addresses().getFirst(), Neighbours.PATIENCE);
        TlsSession tls = new TlsSession(LinkTls.initiator(neighbours.entropy).engine(), wire, neighbours.tasks);
        tls.handshake();
        CellConversation link = new CellConversation(tls, wire, null);
        link.send(new ChannelCell.VPadding(CellCodec.VARIABLE_BODY_MAX));
        link.send(new ChannelCell.Versions(List.of(5)));
        assertThat(link.next()).isInstanceOf(ChannelCell.Versions.class);
        wire.close();
    }

    /** Says CREATE2 with this ID; returns the cell that comes back. */
    private static byte[] answer(Channel channel, CircuitId id) throws Exception {
        Neighbours.Recorder end = new Neighbours.Recorder();
        channel.attach(id, end);
        channel.outbox().add(id, CellCommand.CREATE2, new byte[CellCodec.BODY_BYTES], 0);
        return Objects.requireNonNull(end.next());
    }

    /** Sends many cells and expects the same back, in order. */
    private static void echo(Channel channel, int count) throws Exception {
        Neighbours.Recorder end = new Neighbours.Recorder();
        CircuitId id = channel.open(end);
        channel.outbox().add(id, CellCommand.CREATE2, new byte[CellCodec.BODY_BYTES], 0);
        Random random = new Random(count);
        byte[][] sent = new byte[count][CellCodec.BODY_BYTES];
        for (byte[] body : sent) {
            random.nextBytes(body);
            assertThat(channel.outbox().add(id, CellCommand.RELAY, body, 0)).isTrue();
        }
        for (byte[] body : sent) {
            byte[] got = end.next();
            assertThat(got).isNotNull();
            assertThat(got[0]).isEqualTo((byte) CellCommand.RELAY);
            assertThat(java.util.Arrays.copyOfRange(got, 1, got.length)).isEqualTo(body);
        }
    }
}

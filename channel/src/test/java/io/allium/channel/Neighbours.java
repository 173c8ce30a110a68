package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.Time;
import io.allium.cell.CellCodec;
import io.allium.cell.CircuitId;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.RsaKeyPair;
import io.allium.testing.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Relays and clients on loopback, for tests. */
final class Neighbours implements AutoCloseable {
    /** For what happens soon on any machine that is not stuck. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    final Time time;
    final Entropy entropy = new SystemEntropy();
    final ThreadTasks tasks = new ThreadTasks(Log.NONE, 2);
    final Network network = new SystemNetwork();
    private final Map<Channels, Telling> all = new LinkedHashMap<>();

    /** What happened to the links of all of them, in words. */
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    Neighbours() {
        this(new SystemTime());
    }

    Neighbours(Time time) {
        this.time = time;
    }

    /** Everything that a circuit's end heard. */
    static final class Recorder implements CircuitEnd {
        final BlockingQueue<byte[]> cells = new LinkedBlockingQueue<>();
        final CompletableFuture<String> closed = new CompletableFuture<>();
        final BlockingQueue<Boolean> drained = new ArrayBlockingQueue<>(100);

        @Override
        public void cell(Channel from, int command, byte[] buffer, int bodyOffset) {
            byte[] cell = new byte[1 + CellCodec.BODY_BYTES];
            cell[0] = (byte) command;
            System.arraycopy(buffer, bodyOffset, cell, 1, CellCodec.BODY_BYTES);
            cells.add(cell);
        }

        @Override
        public void channelClosed(Channel which, String why) {
            closed.complete(why);
        }

        @Override
        public void outboxDrained(Channel which) {
            drained.add(true);
        }

        byte @Nullable [] next() throws InterruptedException {
            return cells.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** Answers CREATE* by taking the circuit in, and sends every later cell back. */
    static final class Echo implements CircuitOpener {
        @Override
        public void create(Channel from, CircuitId id, int command, byte[] buffer, int bodyOffset) {
            from.attach(id, new CircuitEnd() {
                @Override
                public void cell(Channel channel, int cellCommand, byte[] cells, int offset) {
                    byte[] body = Arrays.copyOfRange(cells, offset, offset + CellCodec.BODY_BYTES);
                    channel.outbox().add(id, cellCommand, body, 0);
                }

                @Override
                public void channelClosed(Channel which, String why) {}

                @Override
                public void outboxDrained(Channel which) {}
            });
        }
    }

    private final class Telling implements ChannelEvents {
        /** Links from their beginning to their end, whether they become channels or not. */
        private final Set<Long> links = ConcurrentHashMap.newKeySet();

        @Override
        public void launched(long id, ChannelTarget target, Endpoint to) {
            links.add(id);
        }

        @Override
        public void accepted(long id, @Nullable Endpoint from) {
            links.add(id);
        }

        @Override
        public void failed(long id, ChannelTarget target, int waiting, Reason reason, String why) {
            links.remove(id);
            events.add("dialling failed " + reason);
        }

        @Override
        public void dropped(long id, @Nullable Endpoint from, Reason reason, String why) {
            links.remove(id);
            events.add("accepting failed " + reason);
        }

        @Override
        public void closed(long id, Channel channel, int circuits, Reason reason, String why) {
            links.remove(id);
            events.add("closed " + reason + ": " + why);
        }
    }

    LinkIdentity identity() {
        return identity(time.now());
    }

    LinkIdentity identity(Instant now) {
        RsaKeyPair rsa = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, entropy);
        Ed25519KeyPair identity = Ed25519KeyPair.generate(entropy);
        Ed25519KeyPair signing = Ed25519KeyPair.generate(entropy);
        Ed25519Certificate certificate = Ed25519Certificate.sign(
                Ed25519Certificate.IDENTITY_SIGNS_SIGNING,
                signing.publicKey(),
                now.plus(Duration.ofDays(30)),
                identity,
                true);
        return new LinkIdentity(rsa, identity.publicKey(), certificate, signing);
    }

    Channels client(List<Integer> versions) {
        Telling telling = new Telling();
        Channels client = new Channels(time, entropy, network, tasks, Log.NONE, telling, versions);
        all.put(client, telling);
        return client;
    }

    Channels relay(LinkIdentity identity, CircuitOpener opener, List<Integer> versions) {
        Channels relay = client(versions);
        relay.relayAs(new RelayRole(identity, List.of(Endpoint.parseAddress("127.0.0.1")), opener));
        return relay;
    }

    /** Opens a port for the relay; returns how to reach it. */
    ChannelTarget serve(Channels relay, LinkIdentity identity) throws Exception {
        Network.Listener listener = network.listen(Endpoint.parse("127.0.0.1:0"));
        relay.serve(listener);
        Endpoint at = Objects.requireNonNull(listener.endpoint());
        return new ChannelTarget(List.of(at), identity.fingerprint(), Optional.of(identity.identity()));
    }

    /** Waits for this event; others may come before it, also late ones of links that are over. */
    void awaitEvent(String wanted) throws InterruptedException {
        String event;
        do {
            event = events.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(event).as("an event while waiting for: " + wanted).isNotNull();
        } while (!wanted.equals(event));
    }

    /** The first channel that anybody opened to the relay; it may be a moment later than at the other end. */
    static Channel first(Channels relay) {
        Waiting.until(() -> !relay.all().isEmpty());
        return relay.all().getFirst();
    }

    /** Closes everybody but the one who stays, and waits until he has noticed, also of links that he still shakes hands on. */
    void closeAllBut(Channels staying) {
        for (Channels leaving : all.keySet()) {
            if (leaving != staying) {
                leaving.close();
            }
        }
        all.keySet().retainAll(List.of(staying));
        Waiting.until(Objects.requireNonNull(all.get(staying)).links::isEmpty);
        events.clear();
    }

    /** No limits but that of the memory of all queues. */
    static ChannelOptions withMemory(long max) {
        ChannelOptions.Rate unlimited = ChannelOptions.Rate.UNLIMITED;
        return new ChannelOptions(
                ChannelOptions.PRIORITY_HALF_LIFE, max, unlimited, unlimited, unlimited, ChannelOptions.REFILL, true);
    }

    @Override
    public void close() {
        all.keySet().forEach(Channels::close);
        tasks.close();
    }
}

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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Relays and clients on loopback, for tests. */
final class Neighbours implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    final Time time;
    final Entropy entropy = new SystemEntropy();
    final ThreadTasks tasks = new ThreadTasks(Log.NONE, 2);
    final Network network = new SystemNetwork();
    private final List<Channels> all = new ArrayList<>();

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
            return cells.poll(20, TimeUnit.SECONDS);
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
        @Override
        public void failed(long id, @Nullable ChannelTarget target, Reason reason, String why) {
            events.add((target == null ? "accepting failed " : "dialling failed ") + reason);
        }

        @Override
        public void closed(long id, Channel channel, Reason reason, String why) {
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
        Channels client = new Channels(time, entropy, network, tasks, Log.NONE, new Telling(), versions);
        all.add(client);
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
        Endpoint at = java.util.Objects.requireNonNull(listener.endpoint());
        return new ChannelTarget(List.of(at), identity.fingerprint(), Optional.of(identity.identity()));
    }

    /** Waits until this holds; fails where it never does. */
    static void await(BooleanSupplier holds) {
        long began = System.nanoTime();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - began > PATIENCE.toNanos()) {
                throw new AssertionError("waited in vain for " + PATIENCE);
            }
            Thread.yield();
        }
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
        await(() -> !relay.all().isEmpty());
        return relay.all().getFirst();
    }

    /** Closes everybody but the one who stays, and waits until he has noticed. */
    void closeAllBut(Channels staying) {
        for (Channels leaving : all) {
            if (leaving != staying) {
                leaving.close();
            }
        }
        all.retainAll(List.of(staying));
        await(() -> staying.all().isEmpty());
        events.clear();
    }

    @Override
    public void close() {
        all.forEach(Channels::close);
        tasks.close();
    }
}

package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Unreachable;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.CircuitId;
import io.allium.channel.Channel;
import io.allium.channel.ChannelEvents;
import io.allium.channel.ChannelOptions;
import io.allium.channel.ChannelTarget;
import io.allium.channel.Channels;
import io.allium.channel.CircuitEnd;
import io.allium.channel.LinkIdentity;
import io.allium.channel.RelayRole;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.RsaKeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The production channels, with their loops, TLS and handshakes, in virtual time. */
class SimChannelsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CELLS = 200;
    private static final ChannelOptions.Rate UNLIMITED = ChannelOptions.Rate.UNLIMITED;
    private static final ChannelOptions.Rate TEN_KB = new ChannelOptions.Rate(10_000, 20_000);

    @Test
    void channelsCarryCellsInTheSameWayForTheSameSeed() throws Exception {
        String first = cells(21);
        assertThat(cells(21)).isEqualTo(first);
        assertThat(cells(22)).isNotEqualTo(first);
    }

    /** Two relays, and four clients who are echoed by both while links lose segments. */
    private static String cells(long seed) throws Exception {
        Simulation simulation = Simulation.of(seed);
        simulation.network().usual(new LinkQuality(Duration.ofMillis(20), Duration.ofMillis(5), 0.01));
        List<ChannelTarget> relays = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            SimHost host = simulation.host("10.0.1." + i);
            relays.add(simulation.call(PATIENCE, () -> relay(host)));
        }
        for (int i = 1; i <= 4; i++) {
            SimHost client = simulation.host("10.0.0." + i);
            Channels channels = channels(client);
            for (ChannelTarget relay : relays) {
                client.fork("talk", () -> talk(client, channels, relay));
            }
        }
        simulation.run(Duration.ofMinutes(10));
        assertThat(simulation.trace().lines())
                .filteredOn(line -> line.contains("heard " + CELLS + " cells again"))
                .hasSize(8);
        assertThat(simulation.network().connections()).as("idle channels close").isZero();
        return simulation.trace().count() + " " + simulation.trace().hash();
    }

    @ParameterizedTest
    @EnumSource(Limit.class)
    void aLimitedLinkIsAsFastAsItMayBe(Limit limit) throws Exception {
        Simulation simulation = Simulation.of(7);
        SimHost host = simulation.host("10.0.1.1");
        ChannelTarget relay = simulation.call(PATIENCE, () -> relay(host));
        SimHost client = simulation.host("10.0.0.1");
        Channels channels = channels(client);
        channels.configure(() -> limit.options);
        simulation.run(Duration.ofSeconds(1)); // the loops are there, and all buckets full
        client.fork("talk", () -> {
            long began = client.time().nanos();
            talk(client, channels, relay);
            long took = Duration.ofNanos(client.time().nanos() - began).toMillis();
            client.trace(took >= limit.least && took <= limit.least + 1500 ? "as fast as it may" : "took " + took);
        });
        simulation.run(Duration.ofMinutes(5));
        assertThat(simulation.trace().lines()).anyMatch(line -> line.contains("heard " + CELLS + " cells again"));
        assertThat(simulation.trace().lines()).anyMatch(line -> line.contains("as fast as it may"));
    }

    /** 200 cells, which are 110 KB with TLS's own, beyond a burst of 20 KB. */
    private enum Limit {
        NONE(0, UNLIMITED, UNLIMITED, UNLIMITED, true),
        ALL(9000, TEN_KB, UNLIMITED, UNLIMITED, true),
        RELAYED(9000, UNLIMITED, TEN_KB, UNLIMITED, true),
        PRIVATE_ARE_EXEMPT(0, TEN_KB, TEN_KB, UNLIMITED, false),
        OF_CLIENTS_NOT_RELAYS(0, UNLIMITED, UNLIMITED, TEN_KB, false);

        final long least;
        final ChannelOptions options;

        Limit(
                long leastMillis,
                ChannelOptions.Rate all,
                ChannelOptions.Rate relayed,
                ChannelOptions.Rate perConnection,
                boolean countPrivate) {
            least = leastMillis;
            options = new ChannelOptions(
                    ChannelOptions.PRIORITY_HALF_LIFE,
                    1 << 30,
                    all,
                    relayed,
                    perConnection,
                    ChannelOptions.REFILL,
                    countPrivate);
        }
    }

    private static void talk(SimHost client, Channels channels, ChannelTarget relay)
            throws Unreachable, InterruptedException {
        Channel channel = channels.to(relay, PATIENCE);
        BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
        CircuitId id = channel.open(new Recorder(heard));
        channel.outbox().add(id, CellCommand.CREATE2, new byte[CellCodec.BODY_BYTES], 0);
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < CELLS; i++) {
            byte[] body = client.entropy().bytes(CellCodec.BODY_BYTES);
            sent.add(body);
            channel.outbox().add(id, CellCommand.RELAY, body, 0);
            if (i % 20 == 0) {
                client.time().sleep(Duration.ofMillis(client.entropy().below(50)));
            }
        }
        int same = 0;
        for (byte[] body : sent) {
            same += Arrays.equals(body, heard.take()) ? 1 : 0;
        }
        client.trace("heard " + same + " cells again");
        channel.detach(id);
    }

    private static Channels channels(SimHost host) {
        return new Channels(host.time(), host.entropy(), host.network(), host.tasks(), host.log(), ChannelEvents.NONE);
    }

    private static ChannelTarget relay(SimHost host) throws LocalFailure {
        RsaKeyPair rsa = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, host.entropy());
        Ed25519KeyPair identity = Ed25519KeyPair.generate(host.entropy());
        Ed25519KeyPair signing = Ed25519KeyPair.generate(host.entropy());
        Ed25519Certificate certificate = Ed25519Certificate.sign(
                Ed25519Certificate.IDENTITY_SIGNS_SIGNING,
                signing.publicKey(),
                host.time().now().plus(Duration.ofDays(30)),
                identity,
                true);
        Channels channels = channels(host);
        channels.relayAs(new RelayRole(
                new LinkIdentity(rsa, identity.publicKey(), certificate, signing),
                host.addresses(),
                (from, id, command, buffer, offset) -> from.attach(id, new Echo(id))));
        Endpoint orPort = new Endpoint(host.addresses().getFirst(), 9001);
        channels.serve(host.network().listen(orPort));
        return new ChannelTarget(List.of(orPort), rsa.fingerprint(), Optional.of(identity.publicKey()));
    }

    /** Sends every cell back. */
    private record Echo(CircuitId id) implements CircuitEnd {
        @Override
        public void cell(Channel from, int command, byte[] buffer, int bodyOffset) {
            byte[] body = Arrays.copyOfRange(buffer, bodyOffset, bodyOffset + CellCodec.BODY_BYTES);
            from.outbox().add(id, command, body, 0);
        }

        @Override
        public void channelClosed(Channel which, String why) {}

        @Override
        public void outboxDrained(Channel which) {}
    }

    /** Keeps every body. */
    private record Recorder(BlockingQueue<byte[]> heard) implements CircuitEnd {
        @Override
        public void cell(Channel from, int command, byte[] buffer, int bodyOffset) {
            heard.add(Arrays.copyOfRange(buffer, bodyOffset, bodyOffset + CellCodec.BODY_BYTES));
        }

        @Override
        public void channelClosed(Channel which, String why) {}

        @Override
        public void outboxDrained(Channel which) {}
    }
}

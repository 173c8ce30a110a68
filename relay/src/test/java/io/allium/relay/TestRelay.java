package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Names;
import io.allium.base.Network;
import io.allium.base.Refused;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.channel.Channel;
import io.allium.channel.ChannelEvents;
import io.allium.channel.ChannelMetrics;
import io.allium.channel.ChannelOptions;
import io.allium.channel.ChannelTarget;
import io.allium.channel.Channels;
import io.allium.channel.TrafficControl;
import io.allium.circuit.HopTarget;
import io.allium.client.StateFile;
import io.allium.control.ControlEvents;
import io.allium.control.Metrics;
import io.allium.netdoc.ExitPolicy;
import io.allium.netdoc.ExitPolicyConfiguration;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A relay on loopback within the test's process, which lets streams leave to any port of this machine but 25. */
final class TestRelay implements AutoCloseable {
    final RelayKeys keys;
    final SelfDescriptor self;
    final Endpoint orPort;
    private final Channels channels;
    private final Relay relay;

    TestRelay(Path home, Time time, Tasks tasks, boolean directory) throws Exception {
        this(home, time, tasks, directory, new SystemNetwork());
    }

    TestRelay(Path home, Time time, Tasks tasks, boolean directory, Network network) throws Exception {
        this(RelayOptionsFixture.options(home), time, tasks, directory, network);
    }

    TestRelay(RelayOptions options, Time time, Tasks tasks, boolean directory, Network network) throws Exception {
        Path home = options.dataDirectory();
        Entropy entropy = new SystemEntropy();
        SystemDisk disk = new SystemDisk();
        disk.privateFolder(home);
        keys = new RelayKeys(disk, time, entropy, Log.NONE, options);
        ExitPolicy policy = policy();
        ObservedBandwidth bandwidth = new ObservedBandwidth(time);
        OnionStatistics statistics = new OnionStatistics(time, entropy, true);
        self = new SelfDescriptor(time, Log.NONE, options, keys, policy, bandwidth, statistics, "(Allium) on Test");
        channels = new Channels(time, entropy, network, tasks, Log.NONE, ChannelEvents.NONE);
        Optional<DirectoryServer> server = directory
                ? Optional.of(new DirectoryServer(time, tasks, Log.NONE, List.of(this::serve)))
                : Optional.empty();
        relay = new Relay(
                options,
                keys,
                policy,
                self,
                bandwidth,
                statistics,
                new DescriptorUpload(time, entropy, tasks, Log.NONE, (_, _) -> null, List.of(), RelayEvents.NONE),
                RelayEvents.NONE,
                StateFile.load(disk, home.resolve("state"), time, Log.NONE, "Tor 0.4.9.11"),
                server,
                channels,
                new LoopbackNames(),
                Optional::empty,
                network,
                time,
                entropy,
                tasks,
                Log.NONE);
        relay.start();
        Network.Listener listener = network.listen(Endpoint.parse("127.0.0.1:0"));
        orPort = Objects.requireNonNull(listener.endpoint());
        channels.serve(listener);
    }

    ChannelTarget target() {
        return new ChannelTarget(List.of(orPort), keys.fingerprint(), Optional.of(keys.identity()));
    }

    HopTarget hop(boolean ntorV3) {
        return hop(ntorV3, false);
    }

    /** The end of a circuit with congestion control. */
    HopTarget lastHop() {
        return hop(true, true);
    }

    private HopTarget hop(boolean ntorV3, boolean congestionControl) {
        return new HopTarget(
                keys.fingerprint(),
                Optional.of(keys.identity()),
                keys.onionKeys().ntor().publicKey(),
                List.of(orPort),
                ntorV3,
                congestionControl);
    }

    /** What those see who watch it. */
    String metrics() {
        return new Metrics(List.of(
                        new RelayMetrics(() -> Optional.of(relay)), new ChannelMetrics(() -> Optional.of(channels))))
                .text();
    }

    /** What controllers see of what it carries in a testing network. */
    TrafficControl traffic(ControlEvents events) {
        channels.countConnections(true);
        return new TrafficControl(() -> Optional.of(channels), () -> true, events);
    }

    void configure(ChannelOptions options) {
        channels.configure(() -> options);
    }

    /** A channel on which this relay has said who it is. */
    Channel channelTo(TestRelay next) throws Exception {
        return channels.to(next.target(), Duration.ofMinutes(1));
    }

    private Optional<DirectoryReply> serve(DirectoryQuery query) {
        return query.after("/tor/")
                .map(rest -> DirectoryReply.made(
                        ("you asked for " + rest).getBytes(StandardCharsets.US_ASCII), Duration.ofMinutes(1)));
    }

    private static ExitPolicy policy() throws Untrusted {
        return new ExitPolicyConfiguration(
                        List.of("reject *:25", "accept *:*"),
                        false,
                        false,
                        List.of(),
                        ExitPolicyConfiguration.Ending.DEFAULT)
                .policy();
    }

    @Override
    public void close() {
        relay.close();
        channels.close();
    }

    /** Knows here.example, never has done with slow.example, and where 192.0.2.1 points. */
    private static final class LoopbackNames implements Names {
        @Override
        public Answer<InetAddress> addresses(String name) throws Refused, InterruptedException {
            if (name.equals("slow.example")) {
                new CountDownLatch(1).await();
            }
            if (Endpoint.isAddress(name)) {
                return new Answer<>(List.of(Endpoint.parseAddress(name)), Duration.ofSeconds(60));
            }
            if (name.equals("here.example")) {
                return new Answer<>(List.of(Endpoint.parseAddress("127.0.0.1")), Duration.ofSeconds(60));
            }
            throw new Refused(Refused.Kind.RESOLVE_FAILED, "no such name");
        }

        @Override
        public Answer<String> names(InetAddress address) {
            return new Answer<>(List.of("pointed.example"), Duration.ofSeconds(60));
        }
    }
}

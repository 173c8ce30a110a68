package io.allium.bench;

import io.allium.base.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Both networks and the server that their streams lead to, brought up when a scenario first wants them. They run at
 * once, so that the loads of the two can take turns and the machine's drift hits both; whichever is not loaded idles.
 * Used by the main thread; {@link #close} may come from any. Guarded by {@code lock}.
 */
final class Networks implements AutoCloseable {
    /** Eight nodes with four ports each, and room for ports that are taken. */
    private static final int PORTS = 1000;

    /**
     * Before anything is timed, each network carries this, several times on new circuits: relays run for weeks, so what
     * counts is how they run once the JVM has compiled what they do.
     */
    private static final long WARM_UP_BYTES = 800_000_000;

    private static final int WARM_UP_STREAMS = 8;

    /** After these the compilers have little left: how little stands beside the figures. */
    private static final int WARM_UP_ROUNDS = 5;

    private final ReentrantLock lock = new ReentrantLock();
    private final Settings settings;
    private final Time time;
    private final Path folder;
    private final LoadServer server;
    private final Map<Implementation, PrivateNetwork> networks = new EnumMap<>(Implementation.class);
    private final List<PrivateNetwork> others = new ArrayList<>(); // as many as scenarios that want one
    private boolean warm;

    private Networks(Settings settings, Time time, Path folder, LoadServer server) {
        this.settings = settings;
        this.time = time;
        this.folder = folder;
        this.server = server;
    }

    static Networks none(Settings settings, Time time) throws IOException {
        return new Networks(settings, time, Files.createTempDirectory("allium-bench"), LoadServer.start());
    }

    Settings settings() {
        return settings;
    }

    Time time() {
        return time;
    }

    LoadServer server() {
        return server;
    }

    /** A folder for what a scenario writes; it is removed at the end. */
    Path folder() {
        return folder;
    }

    /** The network of that implementation, up. */
    PrivateNetwork of(Implementation implementation) throws IOException, InterruptedException {
        bringUp();
        lock.lock();
        try {
            PrivateNetwork network = networks.get(implementation);
            if (network == null) {
                throw new IOException("the networks are closed");
            }
            return network;
        } finally {
            lock.unlock();
        }
    }

    /** A network for one scenario alone, with these nodes, up; whoever asked for it closes it. */
    PrivateNetwork another(Implementation implementation, List<String> names) throws IOException, InterruptedException {
        PrivateNetwork network;
        int port;
        lock.lock();
        try {
            port = settings.firstPort() + (Implementation.values().length + others.size()) * PORTS;
            network = new PrivateNetwork(
                    implementation,
                    names,
                    folder.resolve("another-" + others.size()),
                    settings.home(),
                    time,
                    settings.environment());
            others.add(network);
        } finally {
            lock.unlock();
        }
        network.start(port);
        network.awaitBootstrap();
        return network;
    }

    /** Whether the networks have been loaded. */
    boolean isWarm() {
        return warm;
    }

    /** The same, after it has carried enough that nothing happens for the first time. */
    PrivateNetwork warm(Implementation implementation) throws IOException, InterruptedException {
        bringUp();
        if (!warm) {
            for (Implementation each : Implementation.values()) {
                warmUp(of(each));
            }
            warm = true;
        }
        return of(implementation);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            networks.values().forEach(PrivateNetwork::close);
            networks.clear();
            others.forEach(PrivateNetwork::close);
            server.close();
            remove(folder);
        } catch (IOException left) {
            System.err.println("left behind in " + folder + ": " + left.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private void bringUp() throws IOException, InterruptedException {
        List<PrivateNetwork> starting;
        lock.lock();
        try {
            if (!networks.isEmpty()) {
                return;
            }
            for (Implementation each : Implementation.values()) {
                networks.put(
                        each,
                        new PrivateNetwork(
                                each,
                                PrivateNetwork.NAMES,
                                folder.resolve(each.name()),
                                settings.home(),
                                time,
                                settings.environment()));
            }
            starting = List.copyOf(networks.values());
        } finally {
            lock.unlock();
        }
        int port = settings.firstPort();
        for (PrivateNetwork network : starting) {
            network.start(port);
            port += PORTS;
        }
        for (PrivateNetwork network : starting) {
            network.awaitBootstrap();
        }
    }

    private void warmUp(PrivateNetwork network) throws IOException, InterruptedException {
        boolean compiles = network.client().implementation() == Implementation.ALLIUM;
        int rounds = settings.quick() || !compiles ? 1 : WARM_UP_ROUNDS;
        long bytes = (settings.quick() ? WARM_UP_BYTES / 100 : WARM_UP_BYTES) / WARM_UP_STREAMS;
        for (int round = 0; round < rounds; round++) {
            try (OpenStreams streams = OpenStreams.open(network, server, "warm-up-" + round, WARM_UP_STREAMS)) {
                List<Load.Work> fetches = new ArrayList<>();
                streams.all().forEach(stream -> fetches.add(() -> stream.fetch(bytes)));
                Load.atOnce(fetches);
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }
}

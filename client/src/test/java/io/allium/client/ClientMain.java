package io.allium.client;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.channel.ChannelEvents;
import io.allium.channel.Channels;
import io.allium.directory.BootstrapPhase;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.DirectoryEvents;
import io.allium.directory.FallbackDirectory;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Bootstraps from the {@code DirAuthority} lines of a torrc and fetches pages, to try the client against a network:
 * {@code ClientMain TORRC DATADIR TIMES URL [SECONDS]}.
 */
final class ClientMain {
    private ClientMain() {}

    public static void main(String[] arguments) throws Exception {
        SystemTime time = new SystemTime();
        long begun = time.nanos();
        Log log = new Printing(time, begun);
        ThreadTasks tasks = new ThreadTasks(log, Runtime.getRuntime().availableProcessors());
        SystemEntropy entropy = new SystemEntropy();
        Channels channels = new Channels(time, entropy, new SystemNetwork(), tasks, log, ChannelEvents.NONE);
        List<DirectoryAuthority> authorities = new ArrayList<>();
        List<FallbackDirectory> fallbacks = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            if (line.startsWith("DirAuthority ")) {
                authorities.add(DirectoryAuthority.parse(line.substring("DirAuthority ".length())));
            } else if (line.startsWith("FallbackDir ")) {
                fallbacks.add(FallbackDirectory.parse(line.substring("FallbackDir ".length())));
            }
        }
        ClientOptions options = ClientOptions.builder(authorities, fallbacks)
                .testingTorNetwork(true)
                .enforceDistinctSubnets(false)
                .clientRejectInternalAddresses(false)
                .clientDnsRejectInternalAddresses(false)
                .pathsNeededToBuildCircuits(0.25)
                .build();
        CountDownLatch done = new CountDownLatch(1);
        DirectoryEvents directory = new DirectoryEvents() {
            @Override
            public void bootstrapped(BootstrapPhase phase, int percent) {
                if (phase == BootstrapPhase.DONE) {
                    done.countDown();
                }
            }
        };
        Path data = Path.of(arguments[1]);
        Files.createDirectories(data);
        try (Client client = new Client(
                time,
                entropy,
                tasks,
                new SystemDisk(),
                log,
                channels,
                data,
                data,
                options,
                new Client.Events(
                        status -> log.info(Log.Domain.CIRC, "" + status),
                        status -> log.info(Log.Domain.APP, "" + status),
                        (guard, name, change) -> log.info(Log.Domain.GUARD, name + " " + change),
                        directory))) {
            client.start();
            done.await();
            long until = time.nanos() + Long.parseLong(arguments.length > 4 ? arguments[4] : "0") * 1_000_000_000L;
            do {
                fetchAll(client, log, URI.create(arguments[3]), Integer.parseInt(arguments[2]));
                time.sleep(Duration.ofSeconds(5));
            } while (time.nanos() < until);
            for (GuardEvents.Status guard : client.guards().snapshot()) {
                log.notice(Log.Domain.GUARD, "" + guard);
            }
        }
        channels.close();
        System.exit(0);
    }

    private static void fetchAll(Client client, Log log, URI page, int times) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            int number = i;
            threads.add(Thread.ofVirtual().start(() -> fetch(client, log, page, number)));
        }
        for (Thread each : threads) {
            each.join();
        }
    }

    private static void fetch(Client client, Log log, URI page, int number) {
        Isolation isolation = Isolation.of("main").withAuth("user" + number % 5, "");
        long begun = System.nanoTime();
        try (AttachedStream stream =
                client.tunnels().connect(new Destination(page.getHost(), page.getPort()), isolation)) {
            long connected = System.nanoTime();
            stream.write(("GET " + page.getPath() + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            byte[] chunk = new byte[8192];
            long total = 0;
            for (int count = stream.read(chunk, 0, chunk.length); count >= 0; count = stream.read(chunk, 0, 8192)) {
                total += count;
            }
            log.notice(
                    Log.Domain.APP,
                    "fetched " + number + ": " + total + " bytes, connected after " + (connected - begun) / 1_000_000
                            + " ms, all after " + (System.nanoTime() - begun) / 1_000_000 + " ms on circuit "
                            + stream.circuit());
        } catch (Exception failed) {
            log.err(Log.Domain.APP, "fetch " + number + " failed: " + failed);
        }
    }

    private record Printing(SystemTime time, long begun) implements Log {
        private static final PrintStream OUT = System.out;

        @Override
        public void write(Severity severity, Domain domain, String text) {
            OUT.printf("%7.3f [%s] {%s} %s%n", (time.nanos() - begun) / 1e9, severity, domain, text);
        }

        @Override
        public boolean wants(Severity severity, Domain domain) {
            return true;
        }

        @Override
        public String scrub(Object sensitive) {
            return "" + sensitive;
        }

        @Override
        public void protocolWarning(Domain domain, String text) {
            write(Severity.WARN, domain, text);
        }
    }
}

package io.allium.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A network as {@code allium network init} lays it out in the folder {@code net}, and its scripts start and stop it. Confined
 * to the test that made it; closing it ends every process.
 */
final class PrivateNetwork implements AutoCloseable {
    static final String ALLIUM =
            Path.of("../bin/allium").toAbsolutePath().normalize().toString();

    /** The whole start takes a tenth of it on a machine with nothing else to do. */
    static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Below what the networks of processes take, of which some may be up. */
    private static final int FIRST_PORT = 10_000;

    private static final int PORTS_OF_A_NODE = 10;
    private static final int AUTHORITIES = 3;
    private static final int SOCKS = 2;

    private final Path folder;
    private final int relays;
    private final int port;

    private PrivateNetwork(Path folder, int relays, int port) {
        this.folder = folder;
        this.relays = relays;
        this.port = port;
    }

    /** Three authorities, so many relays and so many clients, that vote this often. */
    static PrivateNetwork init(Path folder, int relays, int clients, String votingInterval) throws Exception {
        int port = new FreePorts(FIRST_PORT).take((AUTHORITIES + relays + clients) * PORTS_OF_A_NODE);
        Programs.run(
                folder,
                ALLIUM,
                "network",
                "init",
                "net",
                "--relays",
                "" + relays,
                "--clients",
                "" + clients,
                "--voting-interval",
                votingInterval,
                "--base-port",
                "" + port,
                "--no-passphrase");
        return new PrivateNetwork(folder, relays, port);
    }

    /** Starts these, run by C tor. */
    void startWithCTor(String... nodes) throws Exception {
        Programs.run(folder, words(List.of("env", "TOR=tor", "net/start"), nodes));
    }

    /** Starts those that do not run. */
    void start() throws Exception {
        Programs.run(folder, "net/start");
    }

    /** Stops these, or all. */
    void stop(String... nodes) throws Exception {
        Programs.run(folder, words(List.of("net/stop"), nodes));
    }

    /** The SOCKS port of a client, as {@code host:port}. */
    String socks(int client) {
        return "127.0.0.1:" + (port + (AUTHORITIES + relays + client) * PORTS_OF_A_NODE + SOCKS);
    }

    /** What comes through a client, which may have to learn of the network and its services first. */
    Programs.Outcome fetch(String socks, String... words) throws Exception {
        List<String> curl = List.of("curl", "-sS", "--max-time", "100", "--socks5-hostname", socks);
        return await(outcome -> outcome.status() == 0, words(curl, words));
    }

    /** Runs a command again and again until its outcome is as it should be. */
    Programs.Outcome await(Predicate<Programs.Outcome> wanted, String... command) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Programs.Outcome outcome = Programs.attempt(folder, "", command);
            if (wanted.test(outcome)) {
                return outcome;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(String.join(" ", command) + ": not as wanted in " + PATIENCE.toSeconds()
                        + " s:\n" + outcome.text() + outcome.errors() + logs());
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }

    /** The processes that have written that they run. */
    List<Path> running() throws IOException {
        return files("pid");
    }

    /** The end of every node's log. */
    String logs() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path log : files("notice.log")) {
            List<String> lines = Files.readAllLines(log);
            all.append("-- ").append(log).append('\n');
            lines.subList(Math.max(0, lines.size() - 15), lines.size())
                    .forEach(line -> all.append(line).append('\n'));
        }
        return all.toString();
    }

    /** Ends every process: politely, then by force. */
    @Override
    public void close() throws IOException {
        try {
            Programs.attempt(folder, "", "net/stop");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        for (Path pid : running()) {
            long number = Long.parseLong(Files.readString(pid).strip());
            Path line = Path.of("/proc/" + number + "/cmdline");
            if (Files.exists(line) && Files.readString(line, ISO_8859_1).contains(folder.toString())) {
                ProcessHandle.of(number).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    private List<Path> files(String name) throws IOException {
        try (Stream<Path> nodes = Files.list(folder.resolve("net"))) {
            return nodes.map(node -> node.resolve(name)).filter(Files::exists).toList();
        }
    }

    private static String[] words(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }
}

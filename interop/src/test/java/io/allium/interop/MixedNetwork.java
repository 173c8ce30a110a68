package io.allium.interop;

import io.allium.base.TorException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A private network of processes on loopback: each node either C tor's {@code tor} or our {@code bin/tor}, with the same
 * torrc and command line. Confined to the test that started it; closing it ends every process.
 */
final class MixedNetwork implements AutoCloseable {
    /** How many of each, and the seconds from vote to vote: at least 10, which C tor insists on. */
    record Size(int authorities, int relays, int votingSeconds) {
        static final Size USUAL = new Size(3, 4, 10);

        /** For votes, and for signatures, to reach the others. */
        int delaySeconds() {
            return votingSeconds / 5;
        }
    }

    /**
     * For each step of the start. Ours begin before there are authorities, and ask again after ever longer pauses; on a
     * busy machine the third attempt may be the first that finds anybody.
     */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** An address that the client maps to 127.0.0.1, since torsocks lets nobody connect to loopback addresses. */
    static final String MAPPED = "10.9.8.7";

    /** One process. */
    record Node(
            String name,
            boolean ours,
            String program,
            Path folder,
            int orPort,
            int dirPort,
            int socksPort,
            int controlPort,
            int metricsPort) {
        boolean isAuthority() {
            return name.startsWith("auth");
        }

        boolean isRelay() {
            return name.startsWith("relay");
        }

        /** Whether it is no relay: the client, or an onion service. */
        boolean isClient() {
            return !isAuthority() && !isRelay();
        }

        /** Whether it offers onion services, and nobody uses its SOCKS port. */
        boolean isService() {
            return name.startsWith("service");
        }

        Path log() {
            return folder.resolve("notice.log");
        }

        /** What it says of directory documents. */
        Path directoryLog() {
            return folder.resolve("directory.log");
        }

        /** What a relay of C tor's says of circuits. */
        Path circuitLog() {
            return folder.resolve("circuits.log");
        }

        /** What it says of onion services. */
        Path onionLog() {
            return folder.resolve("onion.log");
        }
    }

    private final Size size;
    private final NetworkLayout layout;
    private final NetworkLogs logs;
    private final List<Node> nodes;
    private final Map<Node, Process> processes = new LinkedHashMap<>();
    private final Set<Node> ended = new LinkedHashSet<>(); // by the test, so that it is no failure

    private MixedNetwork(Path root, Size size) {
        this.size = size;
        this.layout = new NetworkLayout(root, size);
        this.nodes = layout.nodes();
        this.logs = new NetworkLogs(root, nodes);
    }

    /**
     * Brings up authorities, relays and a client, and waits until the client has built a circuit.
     *
     * @param ours which nodes are ours, by name: {@code auth0…}, {@code relay0…}, {@code client0}
     * @param ownKeys whether each implementation makes its own relay keys, or C tor makes them all
     */
    static MixedNetwork up(Path root, Predicate<String> ours, boolean ownKeys) throws Exception {
        return up(root, Size.USUAL, ours, ownKeys);
    }

    /** The same in another size. */
    static MixedNetwork up(Path root, Size size, Predicate<String> ours, boolean ownKeys) throws Exception {
        MixedNetwork network = new MixedNetwork(root, size);
        try {
            network.layout.layOut(ours, ownKeys);
            network.startAll();
            network.awaitBootstrap();
            return network;
        } catch (Exception | Error failed) {
            network.close();
            throw failed;
        }
    }

    int delaySeconds() {
        return size.delaySeconds();
    }

    Node client() {
        return node("client0");
    }

    Node node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    List<Node> nodes() {
        return List.copyOf(nodes);
    }

    NetworkLogs logs() {
        return logs;
    }

    /** Starts one more client, whose name begins with {@code client}, and waits until it has built a circuit. */
    Node join(String name, boolean ours, List<String> further) throws Exception {
        Node node = startClient(name, ours, further);
        awaitBootstrap(node);
        return node;
    }

    /** Starts one more client, or onion service if its name begins with {@code service}; its torrc gets these lines too. */
    Node startClient(String name, boolean ours, List<String> further) throws IOException {
        return startClient(name, ours, NetworkLayout.program(ours), further);
    }

    /** Starts one more client, run by this program; its torrc gets these lines too. */
    Node startClient(String name, boolean ours, String program, List<String> further) throws IOException {
        Node node = layout.layOut(name, ours, program);
        startClient(node, further);
        return node;
    }

    private void startClient(Node node, List<String> further) throws IOException {
        List<String> lines = new ArrayList<>(layout.torrc(node));
        lines.addAll(lines.size() - 1, further); // what is common comes last
        Files.write(node.folder().resolve("torrc"), lines);
        processes.put(node, start(node));
    }

    /** Ends what has joined. */
    void leave(Node node) throws InterruptedException {
        stop(node);
        processes.remove(node);
        nodes.remove(node);
    }

    /** Ends a node as its user would. */
    void stop(Node node) throws InterruptedException {
        Process process = started(node);
        ended.add(node);
        process.destroy();
        process.waitFor();
    }

    /** Ends a node at once, as a crash of the machine would: it can do nothing about it. */
    void kill(Node node) throws InterruptedException {
        Process process = started(node);
        ended.add(node);
        process.destroyForcibly();
        process.waitFor();
    }

    /** Starts a node that has ended. */
    void restart(Node node) throws IOException {
        ended.remove(node);
        processes.put(node, start(node));
    }

    /** Ends every process: politely, then by force. */
    @Override
    public void close() {
        processes.values().forEach(Process::destroy);
        for (Process process : processes.values()) {
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException interrupted) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * The authorities first, since relays that find none ask again after ever longer pauses, C tor's hardly ever; and ours
     * before C tor's, which must vote soon after they have started, or are late. Where all are C tor's, our relays come
     * after the first vote, which the start of several JVMs on a small machine would make late; and C tor's relays after ours, since
     * authorities call the older half stable, and only stable ones introduce to onion services. The client comes last,
     * since an exit refuses streams from a relay that it has not heard of yet.
     */
    private void startAll() throws Exception {
        boolean oursVote = nodes.stream().anyMatch(node -> node.isAuthority() && node.ours());
        boolean theirsVote = nodes.stream().anyMatch(node -> node.isAuthority() && !node.ours());
        if (oursVote) {
            if (!theirsVote) {
                awaitVotingPeriod();
            }
            start(node -> node.ours() && node.isAuthority());
        }
        if (theirsVote) {
            awaitVotingPeriod();
            start(node -> !node.ours() && node.isAuthority());
        }
        boolean oursCome = nodes.stream().anyMatch(node -> node.ours() && node.isRelay());
        if (!oursVote && oursCome) {
            await(
                    "the authorities have computed no consensus",
                    () -> processes.keySet().stream().filter(Node::isAuthority).allMatch(MixedNetwork::hasVoted));
        }
        start(node -> node.ours() && node.isRelay());
        start(node -> !node.ours() && node.isRelay());
        await(
                "the relays do not know each other",
                () -> processes.keySet().stream().allMatch(this::knowsAll));
        processes.put(client(), start(client()));
    }

    /** Starts these, and waits until they listen, and relays have begun to be some. */
    private void start(Predicate<Node> which) throws Exception {
        for (Node node : nodes) {
            if (which.test(node)) {
                processes.put(node, start(node));
            }
        }
        for (Node node : List.copyOf(processes.keySet())) {
            await(node.name() + " has not started", () -> hasStarted(node));
        }
    }

    /** Authorities that start seconds before they must vote are late: C tor's say so, and of ours its relays have no keys yet. */
    private void awaitVotingPeriod() throws InterruptedException {
        long period = TimeUnit.SECONDS.toMillis(size.votingSeconds());
        TimeUnit.MILLISECONDS.sleep(period - System.currentTimeMillis() % period);
    }

    private static boolean hasVoted(Node node) throws UncheckedIOException {
        try {
            return Files.exists(node.log()) && Files.readString(node.log()).contains("Consensus computed");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** A relay counts its uptime from when it has its keys: on a busy machine some seconds after its log begins. */
    private static boolean hasStarted(Node node) throws IOException {
        return Files.exists(node.folder().resolve("pid"))
                && Files.exists(node.log())
                && (node.isClient() || Files.readString(node.log()).contains("identity key fingerprint"));
    }

    /** Whether a consensus with every relay lies in the node's folder. */
    private boolean knowsAll(Node node) {
        long relays = nodes.stream().filter(other -> !other.isClient()).count();
        return Stream.of("cached-consensus", "cached-microdesc-consensus").anyMatch(name -> {
            Path file = node.folder().resolve(name);
            try (Stream<String> lines = Files.exists(file) ? Files.lines(file) : Stream.empty()) {
                return lines.filter(line -> line.startsWith("r ")).count() == relays;
            } catch (IOException beingReplaced) {
                return false;
            }
        });
    }

    /** Waits until the client has built a circuit in any of its runs. */
    void awaitBootstrap() throws Exception {
        awaitBootstrap(client());
    }

    /** Waits until this one has. */
    void awaitBootstrap(Node client) throws Exception {
        await(
                client.name() + " has built no circuit",
                () -> Files.exists(client.log())
                        && Files.readString(client.log()).contains("Bootstrapped 100%"));
    }

    /** Waits until it happens; what nobody serves yet, or is just being written, has not. */
    void await(String otherwise, Callable<Boolean> happens) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Optional<Exception> notYet = Optional.empty();
        while (true) {
            try {
                if (happens.call()) {
                    return;
                }
                notYet = Optional.empty();
            } catch (IOException | TorException | NoSuchElementException missing) {
                notYet = Optional.of(missing);
            }
            for (Map.Entry<Node, Process> each : processes.entrySet()) {
                if (!each.getValue().isAlive() && !ended.contains(each.getKey())) {
                    throw new IllegalStateException(
                            each.getKey().name() + " ended early:\n" + NetworkLogs.lastLines(each.getKey()));
                }
            }
            if (System.nanoTime() > deadline) {
                StringBuilder all = new StringBuilder();
                for (Node node : processes.keySet()) {
                    all.append("-- ").append(node.name()).append(knowsAll(node) ? "" : ", which does not know all");
                    all.append('\n').append(NetworkLogs.lastLines(node));
                }
                throw new IllegalStateException(
                        otherwise + " in " + PATIENCE.toSeconds() + " s:\n" + all, notYet.orElse(null));
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private Process started(Node node) {
        return Objects.requireNonNull(processes.get(node), node.name());
    }

    private static Process start(Node node) throws IOException {
        File output = node.folder().resolve("stdout").toFile();
        return new ProcessBuilder(node.program(), "-f", node.folder() + "/torrc")
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
    }
}

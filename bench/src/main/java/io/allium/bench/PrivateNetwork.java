package io.allium.bench;

import io.allium.base.Time;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Unverified;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * A private network of one implementation on loopback: three authorities, four relays and a client, each a process with
 * the same torrc in both implementations; clients and onion services of either may join. Confined to the main thread, but for
 * {@link #close}, which any thread may call and which ends every process; and should we be killed, each ends by itself when
 * it notices.
 */
final class PrivateNetwork implements AutoCloseable {
    static final List<String> NAMES =
            List.of("auth0", "auth1", "auth2", "relay0", "relay1", "relay2", "relay3", "client0");

    static final Duration VOTING_INTERVAL = Duration.ofSeconds(20);

    /** Twelve nodes of ours that start at once on two processors keep the one waiting that comes last. */
    private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(5);

    private final Implementation implementation;
    private final List<String> names;
    private final Path folder;
    private final Path home;
    private final Time time;
    private final Map<String, String> environment;
    private final List<Node> nodes = new ArrayList<>();
    private int nextPort;

    /** Guards {@link #processes} and {@link #closed}. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Node, Process> processes = new LinkedHashMap<>();
    private boolean closed;

    /**
     * Nothing yet.
     *
     * @param names of the nodes, like {@link #NAMES}
     * @param folder where all files of it are kept
     * @param home the top of the source tree, where {@code bin/tor} is
     * @param environment what ours get beside the environment of this process
     */
    PrivateNetwork(
            Implementation implementation,
            List<String> names,
            Path folder,
            Path home,
            Time time,
            Map<String, String> environment) {
        this.implementation = implementation;
        this.names = List.copyOf(names);
        this.folder = folder;
        this.home = home;
        this.time = time;
        this.environment = environment;
    }

    /** Makes keys and starts every process, without waiting for any. */
    void start(int firstPort) throws IOException, InterruptedException {
        nextPort = firstPort;
        for (String name : names) {
            layOut(name, implementation);
        }
        makeKeys();
        writeConfiguration();
        for (Node node : nodes) {
            start(node);
        }
    }

    /** Waits until the client has built a circuit. */
    void awaitBootstrap() throws IOException, InterruptedException {
        awaitBootstrap(client());
    }

    /** Waits until this one has. */
    void awaitBootstrap(Node node) throws IOException, InterruptedException {
        long deadline = time.nanos() + BOOTSTRAP_LIMIT.toNanos();
        while (!Files.exists(node.log()) || !Files.readString(node.log()).contains("Bootstrapped 100%")) {
            failIfOneEnded();
            if (time.nanos() > deadline) {
                throw new IOException(
                        node.name() + " of " + node.implementation().title() + " built no circuit within "
                                + BOOTSTRAP_LIMIT + ":\n" + lastLines(node));
            }
            time.sleep(Duration.ofMillis(100));
        }
    }

    /**
     * Starts one more node that is no relay, without waiting for it.
     *
     * @param name letters and digits, since it is the nickname too
     * @param further what its torrc says beside what a client's says
     */
    Node join(String name, Implementation of, List<String> further) throws IOException {
        Node node = layOut(name, of);
        List<String> lines = new ArrayList<>(further);
        lines.addAll(torrc(node, shared()));
        Files.write(node.torrc(), lines);
        start(node);
        return node;
    }

    /** Ends one that has joined. */
    void leave(Node node) {
        stop(node);
        nodes.remove(node);
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

    /** Everybody who may be a hop: authorities are relays too. */
    List<Node> relays() {
        return nodes.stream().filter(node -> !node.isClient()).toList();
    }

    Account account(Node node) {
        lock.lock();
        try {
            Process process = processes.get(node);
            if (process == null) {
                throw new IllegalStateException(node.name() + " does not run");
            }
            return new Account(process.pid());
        } finally {
            lock.unlock();
        }
    }

    /** Starts a node that has not been started or has been stopped. */
    void start(Node node) throws IOException {
        Path program = program(node.implementation(), home);
        List<String> command = List.of(program.toString(), "-f", node.torrc().toString());
        lock.lock();
        try {
            if (closed) {
                throw new IOException("the network is closed");
            }
            processes.put(
                    node, Programs.start(node.folder(), node.folder().resolve("stdout"), variables(node), command));
        } finally {
            lock.unlock();
        }
    }

    /** Ends a node as its user would. */
    void stop(Node node) {
        lock.lock();
        try {
            Process process = processes.remove(node);
            if (process != null) {
                Programs.end(List.of(process));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends a node at once, as a crash of its machine would. */
    void kill(Node node) throws InterruptedException {
        lock.lock();
        try {
            Process process = processes.remove(node);
            if (process != null) {
                process.destroyForcibly().waitFor();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean runs(Node node) {
        lock.lock();
        try {
            return processes.containsKey(node);
        } finally {
            lock.unlock();
        }
    }

    /** What starts a Tor of this implementation. */
    Path program() {
        return program(implementation, home);
    }

    static Path program(Implementation implementation, Path home) {
        return implementation == Implementation.ALLIUM ? home.resolve("bin/tor") : Path.of("tor");
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            Programs.end(processes.values());
            processes.clear();
        } finally {
            lock.unlock();
        }
    }

    private Node layOut(String name, Implementation of) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Files.createDirectories(home.resolve("keys"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(home.resolve("keys"), PosixFilePermissions.fromString("rwx------"));
        int[] ports = new int[4];
        for (int i = 0; i < ports.length; i++) {
            ports[i] = freePort(nextPort);
            nextPort = ports[i] + 1;
        }
        Node node = new Node(name, of, home, ports[0], ports[1], ports[2], ports[3]);
        nodes.add(node);
        return node;
    }

    /** The keys of both networks are made by C tor, so that they have the same kinds and take the same time. */
    private void makeKeys() throws InterruptedException {
        List<CompletableFuture<Void>> making = relays().stream()
                .map(node -> CompletableFuture.runAsync(() -> makeKeys(node)))
                .toList();
        try {
            CompletableFuture.allOf(making.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof UncheckedIOException io) {
                throw io;
            }
            throw failed;
        }
    }

    static void makeKeys(Node node) {
        try {
            if (node.isAuthority()) {
                Programs.run(
                        node.folder().resolve("keys"),
                        "test\n",
                        "tor-gencert",
                        "--create-identity-key",
                        "--passphrase-fd",
                        "0",
                        "-m",
                        "12",
                        "-a",
                        "127.0.0.1:" + node.dirPort());
            }
            Programs.run(
                    node.folder(),
                    "",
                    "tor",
                    "--list-fingerprint",
                    "--ORPort",
                    "" + node.orPort(),
                    "--DataDirectory",
                    node.folder().toString(),
                    "--Nickname",
                    node.name(),
                    "--DirAuthority",
                    "x 127.0.0.1:1 " + "f".repeat(40),
                    "-f",
                    "/dev/null",
                    "--ignore-missing-torrc");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeConfiguration() throws IOException {
        List<String> common = new ArrayList<>(List.of(
                "TestingTorNetwork 1",
                "AssumeReachable 1",
                "PathsNeededToBuildCircuits 0.25",
                "TestingDirAuthVoteExit *",
                "TestingDirAuthVoteHSDir *",
                "TestingDirAuthVoteGuard *",
                "TestingMinExitFlagThreshold 0",
                "V3AuthNIntervalsValid 2",
                "TestingV3AuthInitialVotingInterval " + VOTING_INTERVAL.toSeconds(),
                "V3AuthVotingInterval " + VOTING_INTERVAL.toSeconds(),
                "TestingV3AuthInitialVoteDelay 4",
                "V3AuthVoteDelay 4",
                "TestingV3AuthInitialDistDelay 4",
                "V3AuthDistDelay 4",
                "ShutdownWaitLength 0",
                "ExitPolicyRejectPrivate 0",
                "__OwningControllerProcess " + ProcessHandle.current().pid()));
        for (Node node : nodes) {
            if (node.isAuthority()) {
                common.add("DirAuthority " + node.name() + " orport=" + node.orPort() + " v3ident=" + v3Identity(node)
                        + " 127.0.0.1:" + node.dirPort() + " " + fingerprint(node));
            }
        }
        Path shared = Files.write(shared(), common);
        for (Node node : nodes) {
            Files.write(node.torrc(), torrc(node, shared));
        }
    }

    private Path shared() {
        return folder.resolve("common.torrc");
    }

    private static List<String> torrc(Node node, Path shared) {
        List<String> lines = new ArrayList<>(List.of(
                "DataDirectory " + node.folder(),
                "Nickname " + node.name(),
                "Log notice file " + node.log(),
                "ControlPort " + node.controlPort(),
                "CookieAuthentication 1"));
        if (node.isClient()) {
            lines.add("SocksPort " + node.socksPort());
        } else {
            lines.addAll(List.of(
                    "ORPort 127.0.0.1:" + node.orPort(),
                    "Address 127.0.0.1",
                    "SocksPort 0",
                    "ContactInfo someone@example.org"));
            lines.addAll(
                    node.isAuthority()
                            ? List.of(
                                    "AuthoritativeDirectory 1",
                                    "V3AuthoritativeDirectory 1",
                                    "DirPort 127.0.0.1:" + node.dirPort(),
                                    "ExitPolicy reject *:*")
                            : List.of(
                                    "ExitRelay 1",
                                    "ExitPolicy accept 127.0.0.0/8:*",
                                    "ExitPolicy accept *:*",
                                    "ServerDNSDetectHijacking 0"));
        }
        lines.add("%include " + shared);
        return lines;
    }

    private Map<String, String> variables(Node node) {
        Map<String, String> variables = new LinkedHashMap<>();
        environment.forEach((name, value) -> variables.put(name, value.replace("{node}", node.name())));
        return variables;
    }

    private void failIfOneEnded() throws IOException {
        lock.lock();
        try {
            for (Map.Entry<Node, Process> each : processes.entrySet()) {
                if (!each.getValue().isAlive()) {
                    throw new IOException(each.getKey().name() + " of " + implementation.title() + " ended early:\n"
                            + lastLines(each.getKey()));
                }
            }
            if (closed) {
                throw new IOException("the network is closed");
            }
        } finally {
            lock.unlock();
        }
    }

    private static String lastLines(Node node) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path file : List.of(node.log(), node.folder().resolve("stdout"))) {
            if (Files.exists(file)) {
                List<String> lines = Files.readAllLines(file);
                lines.subList(Math.max(0, lines.size() - 10), lines.size())
                        .forEach(line -> all.append(line).append('\n'));
            }
        }
        return all.toString();
    }

    static int freePort(int from) throws IOException {
        for (int port = from; port < from + 1000; port++) {
            if (isFree(port)) {
                return port;
            }
        }
        throw new IOException("no free port from " + from + " on");
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    static String v3Identity(Node node) throws IOException {
        try (Stream<String> lines = Files.lines(node.folder().resolve("keys/authority_certificate"))) {
            return lines.filter(line -> line.startsWith("fingerprint "))
                    .findFirst()
                    .orElseThrow()
                    .substring(12);
        }
    }

    static String fingerprint(Node node) throws IOException {
        return Files.readString(node.folder().resolve("fingerprint")).strip().split(" ", 2)[1];
    }

    /** What an authority has on its disk of a relay: the last that was written. */
    RouterDescriptor descriptor(String nickname) throws IOException {
        List<RouterDescriptor> found = new ArrayList<>();
        for (String name : List.of("cached-descriptors", "cached-descriptors.new")) {
            Path file = node("auth0").folder().resolve(name);
            if (Files.exists(file)) {
                RouterDescriptor.parseAll(Files.readAllBytes(file)).documents().stream()
                        .map(Unverified::claimed)
                        .filter(relay -> relay.details().nickname().equals(nickname))
                        .forEach(found::add);
            }
        }
        if (found.isEmpty()) {
            throw new IOException("auth0 has no descriptor of " + nickname);
        }
        return found.getLast();
    }
}

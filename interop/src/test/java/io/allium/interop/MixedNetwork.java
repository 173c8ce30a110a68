package io.allium.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.allium.base.TorException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A private network of processes on loopback: each node either C tor's {@code tor} or our {@code bin/tor}, with the same
 * torrc and command line. Confined to the test that started it; closing it ends every process.
 */
final class MixedNetwork implements AutoCloseable {
    /** Below the ports that the system hands to outgoing connections, so that nobody takes one between our starts. */
    private static final int FIRST_PORT = 20_000;

    private static final int LAST_PORT = 32_000;

    /**
     * How many of each, and the seconds from vote to vote: at least 10, which C tor insists on.
     */
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

    private static final Path OURS = Path.of("../bin/tor").toAbsolutePath().normalize();

    /** What C tor warns of in a network of C tor alone. */
    private static final Pattern USUAL = Pattern.compile(String.join(
            "|",
            "You are running Tor as root",
            "TestingTorNetwork is set",
            "DirAuthority or AlternateDirAuthority",
            "V3AuthVotingInterval is very low",
            "SR: Unable to read SR state file",
            "Could not open \".*sr-state\"",
            "Cannot open fingerprint file .*approved-routers",
            "Your log may contain sensitive information",
            "Received http status code 404 \\(\"Not found\"\\) from server .* while fetching consensus directory",
            // C tor's own relays test themselves in a network this small by extending back to where they come from.
            // So they do where the first consensus has few relays, and vanguards are to be chosen among them.
            // And curl, asked for 127.0.0.1, gives an address and no name.
            // And where the machine was busy for a second, descriptors, votes and signatures are late, which
            // authorities
            // say of each other; whether all sign is what tests of authorities look at themselves.
            // An authority of C tor takes itself for down where it asked itself for a document that nobody had yet.
            "is giving Tor only an IP address",
            "received too late",
            "our cutoff for received votes",
            "Duplicate discarded",
            "while fetching \"/tor/status-vote/next/",
            "We don't have enough votes to generate a consensus",
            "Not enough info to publish pending",
            "Rejecting vote from .* we were expecting",
            "Nobody has voted on the Running flag",
            "Consensus does not include configured authority",
            "Not enough good signatures on networkstatus consensus",
            "A consensus needs \\d+ good signatures (?!.*(didn't verify|don't recognize))",
            "Error publishing .* consensus",
            "Your computer is too slow to handle this many circuit creation requests",
            "We just marked ourself as down",
            "Could not find a node that matches the configured _HSLayer2Nodes set",
            "No available nodes when trying to choose node",
            "Client asked me to extend back to the previous hop",
            "connection_edge_process_relay_cell \\(away from origin\\) failed"));

    private static final Pattern LATE =
            Pattern.compile("received too late|our cutoff for received votes|we were expecting|too late to vote"
                    + "|enough votes to generate");

    private static final Pattern DISAGREEMENT = Pattern.compile(
            "(?i)mismatch|disagree|bad signature|wrong signature|do(es)? not match|not the same consensus|didn't verify correctly");

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

        /** The address of its onion service. */
        String onion() throws IOException {
            return Files.readString(folder.resolve("onion/hostname")).strip();
        }

        Path log() {
            return folder.resolve("notice.log");
        }

        /** What it says of directory documents. */
        Path directoryLog() {
            return folder.resolve("directory.log");
        }
    }

    private final Path root;
    private final Size size;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Node, Process> processes = new LinkedHashMap<>();
    private int nextPort = FIRST_PORT + (int) (ProcessHandle.current().pid() % 600) * 10;

    private MixedNetwork(Path root, Size size) {
        this.root = root;
        this.size = size;
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
            network.layOut(ours);
            network.makeKeys(ownKeys);
            network.writeConfiguration();
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

    /**
     * Starts an onion service that leads from its port 80 to a port of this machine, and waits until it has its name. Its
     * descriptor follows when it has circuits.
     */
    Node startService(String name, boolean ours, int port) throws Exception {
        Node node = layOut(name, ours);
        List<String> lines = new ArrayList<>(torrc(node));
        lines.add("HiddenServiceDir " + node.folder().resolve("onion"));
        lines.add("HiddenServicePort 80 127.0.0.1:" + port);
        Files.write(node.folder().resolve("torrc"), lines);
        processes.put(node, start(node));
        await("the service has no name", () -> Files.exists(node.folder().resolve("onion/hostname")));
        return node;
    }

    /** Starts one more client, whose name begins with {@code client}, and waits until it has built a circuit. */
    Node join(String name, boolean ours, List<String> further) throws Exception {
        Node node = startClient(name, ours, program(ours), further);
        awaitBootstrap(node);
        return node;
    }

    /** Starts one more client, run by this program; its torrc gets these lines too. */
    Node startClient(String name, boolean ours, String program, List<String> further) throws IOException {
        Node node = layOut(name, ours, program);
        List<String> lines = new ArrayList<>(torrc(node));
        lines.addAll(lines.size() - 1, further);
        Files.write(node.folder().resolve("torrc"), lines);
        processes.put(node, start(node));
        return node;
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
        process.destroy();
        process.waitFor();
    }

    /** Ends a node at once, as a crash of the machine would: it can do nothing about it. */
    void kill(Node node) throws InterruptedException {
        Process process = started(node);
        process.destroyForcibly();
        process.waitFor();
    }

    /** Starts a node that has ended. */
    void restart(Node node) throws IOException {
        processes.put(node, start(node));
    }

    /** What C tor's logs warn of that they would not warn of in a network of their own. */
    List<String> complaints() throws IOException {
        List<String> complaints = new ArrayList<>();
        for (Node node : nodes) {
            if (!node.ours()) {
                for (String line : Files.readAllLines(node.log())) {
                    if ((line.contains("[warn]") || line.contains("[err]"))
                            && !USUAL.matcher(line).find()) {
                        complaints.add(node.name() + ": " + line);
                    }
                }
            }
        }
        return complaints;
    }

    /** What any log says of documents or signatures of others that are not as they should be. */
    List<String> disagreements() throws IOException {
        List<String> disagreements = new ArrayList<>();
        for (Node node : nodes) {
            Files.readAllLines(node.log()).stream()
                    .filter(line -> DISAGREEMENT.matcher(line).find())
                    .forEach(line -> disagreements.add(node.name() + ": " + line));
        }
        return disagreements;
    }

    /** How often any log says that a vote came too late, because the machine had other things to do. */
    long latecomers() throws IOException {
        long late = 0;
        for (Node node : nodes) {
            try (Stream<String> lines = Files.lines(node.log())) {
                late += lines.filter(line -> LATE.matcher(line).find()).count();
            }
        }
        return late;
    }

    /** C tor's own counts of what its peers did against the protocol, those that are not zero. */
    List<String> violations() throws Exception {
        List<String> violations = new ArrayList<>();
        for (Node node : nodes) {
            if (!node.ours() && !node.isClient()) {
                String metrics = Programs.run(
                                root,
                                "curl",
                                "-sS",
                                "--max-time",
                                "60",
                                "http://127.0.0.1:" + node.metricsPort() + "/metrics")
                        .text();
                String usual = " " + extensionsBack(node);
                metrics.lines()
                        .filter(line -> line.contains("proto_violation") && !line.startsWith("#"))
                        .filter(line -> !line.endsWith(line.contains("circ_proto_violation") ? usual : " 0"))
                        .forEach(line -> violations.add(node.name() + ": " + line));
            }
        }
        return violations;
    }

    /** Each time that a relay of this network tests itself as {@link #USUAL} says counts as a circuit's violation. */
    private static long extensionsBack(Node node) throws IOException {
        try (Stream<String> lines = Files.lines(node.log())) {
            return lines.filter(line -> line.contains("Client asked me to extend back to the previous hop"))
                    .count();
        }
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
     * after the first vote, which the start of several JVMs on a small machine would make late. The client comes last,
     * since an exit refuses streams from a relay that it has not heard of yet.
     */
    private void startAll() throws Exception {
        boolean oursVote = nodes.stream().anyMatch(node -> node.isAuthority() && node.ours());
        boolean theirsVote = nodes.stream().anyMatch(node -> node.isAuthority() && !node.ours());
        if (oursVote) {
            start(node -> node.ours() && node.isAuthority());
        }
        if (theirsVote) {
            awaitVotingPeriod();
            start(node -> !node.ours() && node.isAuthority());
        }
        start(node -> !node.ours() && node.isRelay());
        if (!oursVote && nodes.stream().anyMatch(node -> node.ours() && node.isRelay())) {
            await(
                    "the authorities have computed no consensus",
                    () -> processes.keySet().stream().filter(Node::isAuthority).allMatch(MixedNetwork::hasVoted));
        }
        start(node -> node.ours() && node.isRelay());
        await(
                "the relays do not know each other",
                () -> processes.keySet().stream().allMatch(this::knowsAll));
        processes.put(client(), start(client()));
    }

    /** Starts these, and waits until they listen. */
    private void start(Predicate<Node> which) throws Exception {
        for (Node node : nodes) {
            if (which.test(node)) {
                processes.put(node, start(node));
            }
        }
        await("some have not started", () -> processes.keySet().stream().allMatch(MixedNetwork::hasStarted));
    }

    /** C tor's authorities that start seconds before they must vote are late, and say so. */
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

    private static boolean hasStarted(Node node) {
        return Files.exists(node.folder().resolve("pid")) && Files.exists(node.log());
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

    private void layOut(Predicate<String> ours) throws IOException {
        Stream<String> authorities = IntStream.range(0, size.authorities()).mapToObj(i -> "auth" + i);
        Stream<String> relays = IntStream.range(0, size.relays()).mapToObj(i -> "relay" + i);
        List<String> names = Stream.concat(Stream.concat(authorities, relays), Stream.of("client0"))
                .toList();
        for (String name : names) {
            layOut(name, ours.test(name));
        }
    }

    private Node layOut(String name, boolean ours) throws IOException {
        return layOut(name, ours, program(ours));
    }

    private Node layOut(String name, boolean ours, String program) throws IOException {
        Path folder = Files.createDirectories(root.resolve(name));
        Files.createDirectories(folder.resolve("keys"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(folder.resolve("keys"), PosixFilePermissions.fromString("rwx------"));
        Node node = new Node(name, ours, program, folder, freePort(), freePort(), freePort(), freePort(), freePort());
        nodes.add(node);
        return node;
    }

    private void makeKeys(boolean ownKeys) throws Exception {
        for (Node node : nodes) {
            if (node.isAuthority()) {
                Programs.runWithInput(
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
            if (!node.isClient()) {
                Programs.run(
                        node.folder(),
                        program(ownKeys && node.ours()),
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
            }
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
                "TestingV3AuthInitialVotingInterval " + size.votingSeconds(),
                "V3AuthVotingInterval " + size.votingSeconds(),
                "TestingV3AuthInitialVoteDelay " + size.delaySeconds(),
                "V3AuthVoteDelay " + size.delaySeconds(),
                "TestingV3AuthInitialDistDelay " + size.delaySeconds(),
                "V3AuthDistDelay " + size.delaySeconds(),
                "ShutdownWaitLength 0",
                "ExitPolicyRejectPrivate 0",
                "ProtocolWarnings 1",
                "SafeLogging 0"));
        for (Node node : nodes) {
            if (node.isAuthority()) {
                common.add("DirAuthority " + node.name() + " orport=" + node.orPort() + " v3ident=" + v3Identity(node)
                        + " 127.0.0.1:" + node.dirPort() + " " + fingerprint(node));
            }
        }
        Files.write(root.resolve("common.torrc"), common);
        writeBandwidths();
        for (Node node : nodes) {
            Files.write(node.folder().resolve("torrc"), torrc(node));
        }
    }

    /** What a scanner would have measured: all authorities read the same. */
    private void writeBandwidths() throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "" + Instant.now().getEpochSecond(), "version=1.4.0", "software=made-up", "=====")); // five, for stem
        for (Node node : nodes) {
            if (!node.isClient()) {
                lines.add("node_id=$" + fingerprint(node).replace(" ", "") + " bw=5000 nick=" + node.name());
            }
        }
        Files.write(bandwidths(), lines);
    }

    private Path bandwidths() {
        return root.resolve("bandwidths");
    }

    /**
     * Where ours, which start first, vote with C tor's, those fetch our authorities' descriptors before these are posted to
     * them again, and test the reachability of such relays only after a while: for up to 21 minutes they are down.
     */
    private boolean oneKindVotes() {
        return nodes.stream()
                        .filter(Node::isAuthority)
                        .map(Node::ours)
                        .distinct()
                        .count()
                == 1;
    }

    private List<String> torrc(Node node) {
        List<String> lines = new ArrayList<>(List.of(
                "DataDirectory " + node.folder(),
                "Nickname " + node.name(),
                "Log notice file " + node.log(),
                "Log [dir]info file " + node.directoryLog(),
                "ControlPort " + node.controlPort(),
                "CookieAuthentication 1",
                "PidFile " + node.folder() + "/pid"));
        if (node.isClient()) {
            lines.addAll(List.of(
                    "SocksPort " + node.socksPort() + " ExtendedErrors", "MapAddress " + MAPPED + " 127.0.0.1"));
        } else {
            lines.addAll(List.of(
                    "ORPort 127.0.0.1:" + node.orPort(),
                    "Address 127.0.0.1",
                    "SocksPort 0",
                    "ContactInfo someone@example.org"));
            if (!node.ours()) {
                lines.addAll(
                        List.of("MetricsPort 127.0.0.1:" + node.metricsPort(), "MetricsPortPolicy accept 127.0.0.1"));
            }
            lines.addAll(
                    node.isAuthority()
                            ? List.of(
                                    "AuthoritativeDirectory 1",
                                    "V3AuthoritativeDirectory 1",
                                    "VersioningAuthoritativeDirectory 1", // stem refuses the empty line that C tor
                                    "RecommendedVersions 0.4.9.11", // and we write where nobody recommends any
                                    "DirPort 127.0.0.1:" + node.dirPort(),
                                    "ExitPolicy reject *:*",
                                    "V3BandwidthsFile " + bandwidths(),
                                    "AuthDirTestReachability " + (oneKindVotes() ? 1 : 0))
                            : List.of(
                                    "ExitRelay 1",
                                    "ExitPolicy accept 127.0.0.0/8:*",
                                    "ExitPolicy accept *:*",
                                    "ServerDNSDetectHijacking 0"));
        }
        lines.add("%include " + root + "/common.torrc");
        return lines;
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
                if (!each.getValue().isAlive()) {
                    throw new IllegalStateException(
                            each.getKey().name() + " ended early:\n" + lastLines(each.getKey()));
                }
            }
            if (System.nanoTime() > deadline) {
                StringBuilder all = new StringBuilder();
                for (Node node : processes.keySet()) {
                    all.append("-- ").append(node.name()).append(knowsAll(node) ? "" : ", which does not know all");
                    all.append('\n').append(lastLines(node));
                }
                throw new IllegalStateException(
                        otherwise + " in " + PATIENCE.toSeconds() + " s:\n" + all, notYet.orElse(null));
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private static String lastLines(Node node) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path file : List.of(node.log(), node.folder().resolve("stdout"))) {
            if (Files.exists(file)) {
                List<String> lines = Files.readAllLines(file);
                lines.subList(Math.max(0, lines.size() - 20), lines.size())
                        .forEach(line -> all.append(line).append('\n'));
            }
        }
        return all.toString();
    }

    private int freePort() throws IOException {
        while (nextPort < LAST_PORT) {
            int port = nextPort++;
            try (ServerSocket probe = new ServerSocket()) {
                probe.setReuseAddress(true);
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException taken) {
                continue;
            }
        }
        throw new IOException("no free port between " + FIRST_PORT + " and " + LAST_PORT);
    }

    private static String program(boolean ours) {
        return ours ? OURS.toString() : "tor";
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

    private static String v3Identity(Node node) throws IOException {
        try (Stream<String> lines = Files.lines(node.folder().resolve("keys/authority_certificate"))) {
            return lines.filter(line -> line.startsWith("fingerprint "))
                    .findFirst()
                    .orElseThrow()
                    .substring(12);
        }
    }

    private static String fingerprint(Node node) throws IOException {
        return Files.readString(node.folder().resolve("fingerprint"), UTF_8)
                .trim()
                .split(" ", 2)[1];
    }
}

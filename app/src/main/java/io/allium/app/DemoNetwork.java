package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Names;
import io.allium.base.Network;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.control.CString;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.KeyFiles;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.KeyCertificate;
import io.allium.relay.RelayKeys;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/**
 * A private Tor network in this process: directory authorities, relays and a client, each a {@link Tor} of its own with a
 * folder of its own, on ports of the loopback address that were free. Confined to whoever made it.
 */
final class DemoNetwork implements AutoCloseable {
    /** Three are the fewest of which one may fail. */
    static final int AUTHORITIES = 3;
    /** Enough for a path of three that does not touch the authorities. */
    static final int RELAYS = 5;

    /**
     * The shortest interval that C tor accepts for the first consensus; here for the later ones too, since a relay may be up too
     * late for the first. Of the interval, each of the two exchanges gets as much as C tor gives it where so little is
     * left.
     */
    private static final String VOTING = """
            TestingV3AuthInitialVotingInterval 5 seconds
            TestingV3AuthInitialVoteDelay 1 second
            TestingV3AuthInitialDistDelay 1 second
            V3AuthVotingInterval 5 seconds
            V3AuthVoteDelay 1 second
            V3AuthDistDelay 1 second
            TestingDirAuthVoteExit *
            TestingDirAuthVoteGuard *
            """;

    /** For six consensuses. */
    private static final Duration CONSENSUS_PATIENCE = Duration.ofSeconds(30);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    /** Of the authorities' keys: they protect nobody, and real ones of 3072 bits take seconds to find. */
    private static final int KEY_BITS = RsaKeyPair.RELAY_BITS;

    private static final Duration CERTIFICATE_LIFETIME = Duration.ofDays(30);
    private static final InetAddress LOOPBACK = Endpoint.parseAddress("127.0.0.1");

    /** Below what Linux (from 32768) and others take for the near ends of connections. */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 10_000;

    private final Path folder;
    private final Time time;
    private final Entropy entropy;
    private final Network network;
    private final Disk disk;
    private final Tasks tasks;
    private final Names names;
    private int nextPort; // of PORTS; begins anywhere, for other networks may start at the same time
    private final List<Node> nodes = new ArrayList<>();
    private final List<Tor> running = new ArrayList<>();
    private String common = "TestingTorNetwork 1\nAssumeReachable 1\n" + VOTING;

    /** A node before it runs: its name, what only its own torrc says, and who it is. */
    private record Node(String name, String torrc, Fingerprint fingerprint, String authorityLine) {
        boolean isAuthority() {
            return !authorityLine.isEmpty();
        }
    }

    DemoNetwork(Path folder, Time time, Entropy entropy, Network network, Disk disk, Tasks tasks, Names names) {
        this.folder = folder;
        this.time = time;
        this.entropy = entropy;
        this.network = network;
        this.disk = disk;
        this.tasks = tasks;
        this.names = names;
        this.nextPort = entropy.below(PORTS);
    }

    /** Makes the keys of authorities and relays, on all processors. */
    void makeKeys() throws LocalFailure, InterruptedException {
        List<CompletableFuture<Node>> making = new ArrayList<>();
        for (int i = 0; i < AUTHORITIES; i++) {
            String name = "authority" + i;
            int orPort = freePort();
            int dirPort = freePort();
            making.add(tasks.compute("keys of " + name, () -> authority(name, orPort, dirPort)));
        }
        for (int i = 0; i < RELAYS; i++) {
            String name = "relay" + i;
            int orPort = freePort();
            making.add(tasks.compute("keys of " + name, () -> relay(name, orPort)));
        }
        for (CompletableFuture<Node> node : making) {
            nodes.add(done(node));
        }
        common += nodes.stream().map(Node::authorityLine).collect(Collectors.joining());
    }

    /** Starts the authorities, and then the relays: one that found no authority would try again only after ten seconds. */
    void startRelays() throws LocalFailure, InterruptedException {
        start(nodes.stream().filter(Node::isAuthority).toList());
        start(nodes.stream().filter(node -> !node.isAuthority()).toList());
    }

    /** On all processors: each makes a key for its links first. */
    private void start(List<Node> some) throws LocalFailure, InterruptedException {
        List<CompletableFuture<Tor>> starting = new ArrayList<>();
        for (Node node : some) {
            starting.add(tasks.compute("start of " + node.name(), () -> start(node.name(), node.torrc())));
        }
        for (CompletableFuture<Tor> tor : starting) {
            running.add(done(tor));
        }
    }

    /**
     * Waits for a consensus that names all relays: a client that took an earlier one would look for the next only when that one has
     * almost ceased to be valid. One that never comes is for the client to complain of.
     */
    void awaitConsensus() throws InterruptedException {
        long deadline = time.nanos() + CONSENSUS_PATIENCE.toNanos();
        while (!running.stream().limit(AUTHORITIES).allMatch(this::knowsAll) && time.nanos() < deadline) {
            time.sleep(LOOK_AGAIN);
        }
    }

    private boolean knowsAll(Tor authority) {
        return authority
                .view()
                .map(view -> nodes.stream()
                        .filter(node -> !node.isAuthority())
                        .allMatch(node -> view.relay(node.fingerprint()).isPresent()))
                .orElse(false);
    }

    /** The client, which bootstraps from now on. */
    Tor startClient() throws LocalFailure {
        return startClient("SocksPort auto\n");
    }

    /** The client, with these ports. */
    Tor startClient(String ports) throws LocalFailure {
        Tor client = start("client", ports);
        running.add(client);
        return client;
    }

    /** Where everything lies: keys, caches, logs. */
    Path folder() {
        return folder;
    }

    @Override
    public void close() {
        running.reversed().forEach(Tor::close);
    }

    private Node authority(String name, int orPort, int dirPort) throws LocalFailure {
        KeyFiles files = new KeyFiles(disk, dataDirectory(name).resolve("keys"));
        RsaKeyPair identity = RsaKeyPair.generate(KEY_BITS, entropy);
        RsaKeyPair signing = RsaKeyPair.generate(KEY_BITS, entropy);
        Instant now = time.now();
        byte[] certificate = KeyCertificate.write(
                Optional.of(new Endpoint(LOOPBACK, dirPort)), identity, signing, now, now.plus(CERTIFICATE_LIFETIME));
        Node relay = relay(name, orPort);
        files.writeRsa(KeyFiles.AUTHORITY_SIGNING, signing);
        disk.write(dataDirectory(name).resolve("keys").resolve(KeyFiles.AUTHORITY_CERTIFICATE), certificate);
        String own =
                "AuthoritativeDirectory 1\nV3AuthoritativeDirectory 1\nAuthDirTestReachability 0\nDirPort 127.0.0.1:"
                        + dirPort + "\nExitPolicy reject *:*\nORPort 127.0.0.1:" + orPort + "\nSocksPort 0\n";
        String line = "DirAuthority " + name + " orport=" + orPort + " v3ident="
                + identity.fingerprint().hex() + " 127.0.0.1:" + dirPort + " "
                + relay.fingerprint().hex() + "\n";
        return new Node(name, own, relay.fingerprint(), line);
    }

    private Node relay(String name, int orPort) throws LocalFailure {
        String own = "ORPort 127.0.0.1:" + orPort + "\nSocksPort 0\nExitRelay 1\nExitPolicy accept *:*\n";
        RelayKeys keys = RelaySide.keys(
                Options.parse(own + "Nickname " + name + "\n"), dataDirectory(name), time, entropy, disk, Log.NONE);
        return new Node(name, own, keys.fingerprint(), "");
    }

    private Tor start(String name, String own) throws LocalFailure {
        Path data = dataDirectory(name);
        Options options = Options.parse(common + own + "Nickname " + name + "\nDataDirectory "
                + CString.quote(data.toString()) + "\nLog notice file " + data.resolve("notice.log") + "\n");
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream());
        TorLog log = new TorLog(time, ZoneId.systemDefault(), disk, nowhere, nowhere, Log.Severity.NOTICE);
        log.start(tasks);
        Tor tor = new Tor(options, () -> options, folder, time, entropy, network, disk, tasks, names, log);
        try {
            tor.start();
        } catch (LocalFailure inTheWay) {
            throw inTheWay.in(name);
        }
        return tor;
    }

    private Path dataDirectory(String name) {
        return folder.resolve(name);
    }

    /** A port that nobody listens at, and that no connection is given: systems take those for connections from above. */
    private int freePort() throws LocalFailure {
        for (int tries = 1; ; tries++) {
            int port = FIRST_PORT + nextPort++ % PORTS;
            try (Network.Listener listener = network.listen(new Endpoint(LOOPBACK, port))) {
                return Objects.requireNonNull(listener.endpoint()).port();
            } catch (LocalFailure taken) {
                if (tries == PORTS) {
                    throw taken.in("no port is free from " + FIRST_PORT + " on");
                }
            }
        }
    }

    private static <T> T done(CompletableFuture<T> work) throws LocalFailure, InterruptedException {
        try {
            return work.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof LocalFailure why
                    ? why
                    : new LocalFailure("a node could not be started: " + failed.getCause(), failed);
        }
    }
}

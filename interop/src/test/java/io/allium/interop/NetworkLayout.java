package io.allium.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.allium.interop.MixedNetwork.Node;
import io.allium.interop.MixedNetwork.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The folders of a network's nodes, with their keys and their torrc. Confined to the network that it belongs to. */
final class NetworkLayout {
    private static final int FIRST_PORT = 20_000;

    private static final Path OURS = Path.of("../bin/tor").toAbsolutePath().normalize();

    private final Path root;
    private final Size size;
    private final List<Node> nodes = new ArrayList<>();
    private final FreePorts ports = new FreePorts(FIRST_PORT);

    NetworkLayout(Path root, Size size) {
        this.root = root;
        this.size = size;
    }

    /** All that have a folder, as they come and go. */
    List<Node> nodes() {
        return nodes;
    }

    /** Makes the folders, keys and configuration of all. */
    void layOut(Predicate<String> ours, boolean ownKeys) throws Exception {
        makeFolders(ours);
        makeKeys(ownKeys);
        writeConfiguration();
    }

    private void makeFolders(Predicate<String> ours) throws IOException {
        Stream<String> authorities = IntStream.range(0, size.authorities()).mapToObj(i -> "auth" + i);
        Stream<String> relays = IntStream.range(0, size.relays()).mapToObj(i -> "relay" + i);
        List<String> names = Stream.concat(Stream.concat(authorities, relays), Stream.of("client0"))
                .toList();
        for (String name : names) {
            layOut(name, ours.test(name), program(ours.test(name)));
        }
    }

    /** Makes the folder of one. */
    Node layOut(String name, boolean ours, String program) throws IOException {
        Path folder = Files.createDirectories(root.resolve(name));
        Files.createDirectories(folder.resolve("keys"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(folder.resolve("keys"), PosixFilePermissions.fromString("rwx------"));
        Node node = new Node(
                name, ours, program, folder, ports.take(), ports.take(), ports.take(), ports.take(), ports.take());
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

    /** Its configuration. */
    List<String> torrc(Node node) {
        List<String> lines = new ArrayList<>(List.of(
                "DataDirectory " + node.folder(),
                "Nickname " + node.name(),
                "Log notice file " + node.log(),
                "Log [dir]info file " + node.directoryLog(),
                "ControlPort " + node.controlPort(),
                "CookieAuthentication 1",
                "PidFile " + node.folder() + "/pid",
                "MetricsPort 127.0.0.1:" + node.metricsPort(),
                "MetricsPortPolicy accept 127.0.0.1"));
        if (node.isClient()) {
            lines.addAll(List.of(
                    node.isService() ? "SocksPort 0" : "SocksPort " + node.socksPort() + " ExtendedErrors",
                    "MapAddress " + MixedNetwork.MAPPED + " 127.0.0.1",
                    "Log [rend]info file " + node.onionLog()));
        } else {
            lines.addAll(List.of(
                    "ORPort 127.0.0.1:" + node.orPort(),
                    "Address 127.0.0.1",
                    "SocksPort 0",
                    "ContactInfo someone@example.org"));
            if (!node.ours()) {
                lines.add("Log [circ]info file " + node.circuitLog());
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

    /** What runs a node of this kind. */
    static String program(boolean ours) {
        return ours ? OURS.toString() : "tor";
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

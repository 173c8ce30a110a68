package io.allium.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.allium.base.Time;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One directory authority that runs, and believes in others that don't: they are ours to speak for, over its DirPort.
 * Confined to the main thread.
 */
final class LoneAuthority implements AutoCloseable {
    /** Every three minutes a consensus: 40 seconds for votes, of which any may be posted in the first half, and 40 for signatures. */
    static final Duration INTERVAL = Duration.ofMinutes(3);

    static final Duration DELAY = Duration.ofSeconds(40);

    static final int INTERVALS_VALID = 24;

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Node node;
    private final Time time;
    private final Process process;

    private LoneAuthority(Node node, Time time, Process process) {
        this.node = node;
        this.time = time;
        this.process = process;
    }

    /** Makes its keys and starts it. */
    static LoneAuthority start(Implementation implementation, List<MadeAuthority> others, Networks networks)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(networks.folder(), "authority");
        Files.createDirectories(folder.resolve("keys"));
        for (Path each : List.of(folder, folder.resolve("keys"))) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwx------"));
        }
        int orPort = PrivateNetwork.freePort(networks.settings().firstPort() + 950);
        int dirPort = PrivateNetwork.freePort(orPort + 1);
        Node node = new Node("auth0", implementation, folder, orPort, dirPort, 0, 0);
        PrivateNetwork.makeKeys(node);
        Files.write(node.torrc(), torrc(node, others));
        List<String> command = List.of(
                PrivateNetwork.program(implementation, networks.settings().home())
                        .toString(),
                "-f",
                node.torrc().toString());
        Process process = Programs.start(folder, folder.resolve("stdout"), Map.of(), command);
        LoneAuthority started = new LoneAuthority(node, networks.time(), process);
        try {
            started.await("its DirPort", started::answers);
        } catch (IOException | InterruptedException failed) {
            started.close();
            throw failed;
        }
        return started;
    }

    private static List<String> torrc(Node node, List<MadeAuthority> others) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "DataDirectory " + node.folder(),
                "Nickname " + node.name(),
                "Log notice file " + node.log(),
                "ORPort 127.0.0.1:" + node.orPort(),
                "DirPort 127.0.0.1:" + node.dirPort(),
                "Address 127.0.0.1",
                "SocksPort 0",
                "ContactInfo someone@example.org",
                "ExitPolicy reject *:*",
                "AuthoritativeDirectory 1",
                "V3AuthoritativeDirectory 1",
                "TestingTorNetwork 1",
                "AuthDirTestReachability 0", // most relays do not exist
                "V3AuthNIntervalsValid " + INTERVALS_VALID,
                "TestingV3AuthInitialVotingInterval " + INTERVAL.toSeconds(),
                "V3AuthVotingInterval " + INTERVAL.toSeconds(),
                "TestingV3AuthInitialVoteDelay " + DELAY.toSeconds(),
                "V3AuthVoteDelay " + DELAY.toSeconds(),
                "TestingV3AuthInitialDistDelay " + DELAY.toSeconds(),
                "V3AuthDistDelay " + DELAY.toSeconds(),
                "ShutdownWaitLength 0",
                "__OwningControllerProcess " + ProcessHandle.current().pid()));
        lines.add("DirAuthority " + node.name() + " orport=" + node.orPort() + " v3ident="
                + PrivateNetwork.v3Identity(node) + " 127.0.0.1:" + node.dirPort() + " "
                + PrivateNetwork.fingerprint(node));
        others.forEach(other -> lines.add(other.torrcLine()));
        return lines;
    }

    /** When the consensus becomes valid whose votes are not due for {@code notice} yet. */
    Instant nextValidAfter(Duration notice) {
        long interval = INTERVAL.toSeconds();
        long earliest = time.now().plus(notice).plus(DELAY.multipliedBy(2)).getEpochSecond();
        return Instant.ofEpochSecond((earliest / interval + 1) * interval);
    }

    Account account() {
        return new Account(process.pid());
    }

    Path folder() {
        return node.folder();
    }

    /** Posts a document, and fails unless that is welcome. */
    void post(String path, byte[] document) throws IOException {
        String head = "POST " + path + " HTTP/1.0\r\nContent-Length: " + document.length + "\r\n\r\n";
        String status = firstLine(exchange(head, document));
        if (!status.startsWith("HTTP/1.0 200")) {
            throw new IOException(node.implementation().title() + " answered to " + path + ": " + status);
        }
    }

    /** A document, asked for with one more header line. */
    String get(String path, String header) throws IOException {
        String answer =
                new String(exchange("GET " + path + " HTTP/1.0\r\n" + header + "\r\n\r\n", new byte[0]), ISO_8859_1);
        int body = answer.indexOf("\r\n\r\n");
        if (!answer.startsWith("HTTP/1.0 200") || body < 0) {
            throw new IOException(node.implementation().title() + " answered to " + path + ": "
                    + answer.lines().findFirst().orElse("nothing"));
        }
        return answer.substring(body + 4);
    }

    /** Whether there is a document of this name. */
    boolean has(String path) {
        try {
            return firstLine(exchange("GET " + path + " HTTP/1.0\r\n\r\n", new byte[0]))
                    .startsWith("HTTP/1.0 200");
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Whether there is a document of this name, and it has this text. */
    boolean says(String path, String text) {
        try {
            return get(path, "Accept-Encoding: identity").contains(text);
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Something that is so or not yet. */
    interface Condition {
        boolean holds() throws IOException;
    }

    /** Waits for it, looking often but not so often that the looking costs. */
    void await(String what, Condition condition) throws IOException, InterruptedException {
        long deadline = time.nanos() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (time.nanos() > deadline || !process.isAlive()) {
                throw new IOException(node.implementation().title() + ": no " + what + ": " + lastLines());
            }
            time.sleep(Duration.ofMillis(50));
        }
    }

    /** Waits for a moment of the clock. */
    void awaitMoment(Instant moment) throws InterruptedException {
        Duration left = Duration.between(time.now(), moment);
        if (!left.isNegative()) {
            time.sleep(left);
        }
    }

    @Override
    public void close() {
        Programs.end(List.of(process));
    }

    private boolean answers() {
        try (Socket any = new Socket(InetAddress.getLoopbackAddress(), node.dirPort())) {
            return any.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private byte[] exchange(String head, byte[] body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.dirPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(head.getBytes(ISO_8859_1));
            request.writeBytes(body);
            request.writeTo(socket.getOutputStream());
            return socket.getInputStream().readAllBytes();
        }
    }

    private static String firstLine(byte[] answer) {
        return new String(Arrays.copyOf(answer, Math.min(200, answer.length)), ISO_8859_1)
                .lines()
                .findFirst()
                .orElse("nothing");
    }

    private String lastLines() throws IOException {
        List<String> lines = Files.exists(node.log()) ? Files.readAllLines(node.log()) : List.of();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    }
}

package io.allium.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A client with the cached directory of a network as large as the public one starts, and says on its control port when
 * it has enough of the directory. The same with eight relays takes off what starting costs; what is left is reading and
 * checking the documents.
 */
final class Documents implements Scenario {
    private static final int RELAYS = 8_000;
    private static final int FEW = 8;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static final Figure CPU =
            new Figure("documents", "read and check documents of 8000 relays: CPU", "s", new Goal.AtMostTimes(1));
    private static final Figure SECONDS =
            new Figure("documents", "client's start with documents of 8000 relays", "s", new Goal.None());

    @Override
    public String name() {
        return "documents";
    }

    @Override
    public String what() {
        return "a client starts with a consensus and microdescriptors of 8000 relays in its cache";
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        for (Implementation each : Implementation.values()) {
            PrivateNetwork network = networks.of(each);
            Used few = start(network, networks, FEW);
            Used many = start(network, networks, RELAYS);
            findings.add(CPU, each, many.processor() - few.processor());
            findings.add(SECONDS, each, many.seconds());
        }
    }

    /** What a client used until it had enough of the directory. */
    private record Used(double seconds, double processor) {}

    private static Used start(PrivateNetwork network, Networks networks, int relays)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(networks.folder(), "documents");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        LargeDirectory.write(
                network, relays, networks.settings().seed(), networks.time().now(), folder);
        int port = PrivateNetwork.freePort(networks.settings().firstPort() + 900);
        Path torrc = Files.write(
                folder.resolve("torrc"),
                List.of(
                        "DataDirectory " + folder,
                        "SocksPort 0",
                        "ControlPort " + port,
                        "CookieAuthentication 1",
                        "%include " + network.client().folder().resolveSibling("common.torrc")));
        long began = networks.time().nanos();
        Process client = Programs.start(
                folder,
                folder.resolve("stdout"),
                Map.of(),
                List.of(network.program().toString(), "-f", torrc.toString()));
        try {
            long deadline = began + LIMIT.toNanos();
            while (!hasEnough(port, folder)) {
                if (networks.time().nanos() > deadline || !client.isAlive()) {
                    throw new IOException(
                            network.client().implementation().title() + " did not accept the documents of " + relays
                                    + " relays:\n" + Files.readString(folder.resolve("stdout")));
                }
                networks.time().sleep(Duration.ofMillis(20));
            }
            return new Used((networks.time().nanos() - began) / 1e9, new Account(client.pid()).cpuSeconds());
        } finally {
            Programs.end(List.of(client));
        }
    }

    /** Asks the control port; as long as there is none, the answer is no. */
    private static boolean hasEnough(int port, Path folder) throws IOException {
        Path cookie = folder.resolve("control_auth_cookie");
        if (!Files.exists(cookie)) {
            return false;
        }
        String hello = "AUTHENTICATE " + HexFormat.of().formatHex(Files.readAllBytes(cookie)) + "\r\n"
                + "GETINFO status/enough-dir-info\r\nQUIT\r\n";
        try (Socket control = new Socket(InetAddress.getLoopbackAddress(), port)) {
            control.setSoTimeout((int) LIMIT.toMillis());
            OutputStream out = control.getOutputStream();
            out.write(hello.getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(control.getInputStream(), StandardCharsets.US_ASCII))
                    .lines()
                    .anyMatch(line -> line.endsWith("status/enough-dir-info=1"));
        } catch (IOException | UncheckedIOException notYet) {
            return false;
        }
    }
}

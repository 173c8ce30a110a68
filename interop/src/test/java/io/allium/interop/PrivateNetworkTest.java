package io.allium.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code allium network init} and {@code status} as their documentation shows them, with nodes of ours and of C tor's. */
class PrivateNetworkTest {
    private static final String ALLIUM =
            Path.of("../bin/allium").toAbsolutePath().normalize().toString();

    /** The whole start takes a tenth of it on a machine with nothing else to do. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Below what other tests' networks take, of which some may be up. */
    private static final int FIRST_PORT = 10_000;

    private static final int NODES = 7;
    private static final int DOWNLOAD = 300_000;

    @TempDir
    Path folder;

    @AfterEach
    void endEverything() throws Exception {
        Path stop = folder.resolve("net/stop");
        if (Files.exists(stop)) {
            Programs.attempt(folder, "", stop.toString());
        }
        for (Path pid : files("pid")) {
            long number = Long.parseLong(Files.readString(pid).strip());
            Path line = Path.of("/proc/" + number + "/cmdline");
            if (Files.exists(line) && Files.readString(line, ISO_8859_1).contains(folder.toString())) {
                ProcessHandle.of(number).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    @Test
    void aPageComesThroughANetworkOfOursAndStatusNoticesAnAuthorityThatStops() throws Exception {
        int port = init();
        Programs.run(folder, "net/start");
        awaitAllIsWell();
        fetchThroughClient(port + 62);

        Programs.run(folder, "net/stop", "auth2");
        Programs.Outcome status =
                awaitStatus("* 2 of 3 authorities answer, and 2 must agree: there are consensuses, but"
                        + " none any more once another one fails\n");
        assertThat(status.status()).isEqualTo(1);
        assertThat(status.text()).contains("* auth2 does not answer: ").doesNotContain("All is well.");
        assertThat(Programs.attempt(folder, "", ALLIUM, "network", "status", "net", "--json")
                        .text())
                .contains("\"well\":false", "\"name\":\"auth2\"", "\"answers\":false");

        Programs.run(folder, "net/stop");
        assertThat(files("pid")).isEmpty();
    }

    @Test
    void theAuthoritiesMayBeCTors() throws Exception {
        int port = init();
        Programs.run(folder, "env", "TOR=tor", "net/start", "auth0", "auth1", "auth2");
        Programs.run(folder, "net/start");
        awaitAllIsWell();
        fetchThroughClient(port + 62);
    }

    /** All hosts and kinds of node, and what no network here runs in: containers and services. */
    @Test
    void cTorTakesEveryTorrcAndOthersTheirFiles() throws Exception {
        Programs.Outcome made = Programs.run(
                folder,
                ALLIUM,
                "network",
                "init",
                "net",
                "--host",
                "one=192.0.2.1",
                "--host",
                "two=198.51.100.2",
                "--authorities",
                "2",
                "--relays",
                "2",
                "--bridges",
                "1",
                "--no-passphrase");
        assertThat(made.errors()).contains("An odd number is better.", "use no bridges yet");
        for (String node : List.of("auth0", "auth1", "relay0", "relay1", "bridge0", "client0")) {
            String torrc = folder.resolve("net").resolve(node) + "/torrc";
            assertThat(Programs.run(folder, "tor", "--verify-config", "-f", torrc)
                            .text())
                    .contains("Configuration was valid")
                    .doesNotContain("[err]");
        }
        for (String node : List.of("auth0", "bridge0")) {
            String torrc = folder.resolve("net").resolve(node) + "/torrc";
            assertThat(Programs.run(folder, ALLIUM, "tor", "--verify-config", "-f", torrc)
                            .text())
                    .contains("Configuration was valid");
        }
        if (Programs.attempt(folder, "", "python3", "-c", "import yaml").status() == 0) {
            String keys = Programs.run(
                            folder,
                            "python3",
                            "-c",
                            "import yaml; s = yaml.safe_load(open('net/compose.yaml'))['services'];"
                                    + " print(*[n + ' ' + s[n]['build']['target'] for n in sorted(s)], sep='\\n')")
                    .text();
            assertThat(keys.lines())
                    .containsExactly(
                            "auth0 ${TOR_IMAGE:-allium}",
                            "auth1 ${TOR_IMAGE:-allium}",
                            "bridge0 ${TOR_IMAGE:-allium}",
                            "client0 ${TOR_IMAGE:-allium}",
                            "relay0 ${TOR_IMAGE:-allium}",
                            "relay1 ${TOR_IMAGE:-allium}");
        }
        if (Programs.attempt(folder, "", "sh", "-c", "command -v systemd-analyze")
                        .status()
                == 0) {
            Programs.Outcome units =
                    Programs.run(folder, "sh", "-c", "SYSTEMD_LOG_LEVEL=warning systemd-analyze verify net/systemd/*");
            assertThat(units.errors()).doesNotContain("private-tor-");
        }
        for (String script : List.of("net/start", "net/stop")) {
            Programs.run(folder, "sh", "-n", script);
        }
        String all = Programs.run(folder, "sh", "-c", "cat net/* net/systemd/* 2>/dev/null || true")
                .text();
        assertThat(all)
                .contains("ssh two " + folder + "/net/start auth1\n", "Bridge 192.0.2.1:5040 ")
                .doesNotContainPattern("@[A-Z]+@");
    }

    /** The network's first port. */
    private int init() throws Exception {
        int port = freePorts();
        Programs.run(
                folder,
                ALLIUM,
                "network",
                "init",
                "net",
                "--relays",
                "3",
                "--voting-interval",
                "10s",
                "--base-port",
                "" + port,
                "--no-passphrase");
        return port;
    }

    private Programs.Outcome status() throws Exception {
        return Programs.attempt(folder, "", ALLIUM, "network", "status", "net");
    }

    private void awaitAllIsWell() throws Exception {
        Programs.Outcome status = awaitStatus("\nAll is well.\n");
        assertThat(status.status()).isZero();
        assertThat(status.text())
                .contains("auth0  answers at ", "signed by auth0, auth1 and auth2", "relay0  Exit ")
                .endsWith("\nAll is well.\n");
    }

    /** Waits until the status contains this. */
    private Programs.Outcome awaitStatus(String wanted) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Programs.Outcome status = status();
        while (!status.text().contains(wanted)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no '" + wanted.strip() + "' in " + PATIENCE.toSeconds() + " s:\n"
                        + status.text() + status.errors() + logs());
            }
            TimeUnit.SECONDS.sleep(1);
            status = status();
        }
        return status;
    }

    private void fetchThroughClient(int socks) throws Exception {
        try (WebServer web = new WebServer()) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            Programs.Outcome page = fetch(socks, web);
            while (page.status() != 0) { // until the client has learnt of the relays, too
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("no page came: " + page.errors() + logs());
                }
                TimeUnit.SECONDS.sleep(1);
                page = fetch(socks, web);
            }
            assertThat(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(page.output())))
                    .isEqualTo(WebServer.digestOfBytes(DOWNLOAD));
        }
    }

    private Programs.Outcome fetch(int socks, WebServer web) throws Exception {
        String url = web.url("/bytes/" + DOWNLOAD);
        return Programs.attempt(
                folder,
                "",
                "curl",
                "-sS",
                "--fail",
                "--max-time",
                "300",
                "--socks5-hostname",
                "127.0.0.1:" + socks,
                url);
    }

    private String logs() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path log : files("notice.log")) {
            List<String> lines = Files.readAllLines(log);
            all.append("-- ").append(log).append('\n');
            lines.subList(Math.max(0, lines.size() - 15), lines.size())
                    .forEach(line -> all.append(line).append('\n'));
        }
        return all.toString();
    }

    private List<Path> files(String name) throws IOException {
        Path net = folder.resolve("net");
        if (!Files.exists(net)) {
            return List.of();
        }
        try (Stream<Path> nodes = Files.list(net)) {
            return nodes.map(node -> node.resolve(name)).filter(Files::exists).toList();
        }
    }

    /** So many in a row that nobody listens at. */
    private static int freePorts() throws IOException {
        int from = FIRST_PORT + (int) (ProcessHandle.current().pid() % 100) * 10 * NODES;
        while (!areFree(from)) {
            from += 10 * NODES;
        }
        return from;
    }

    private static boolean areFree(int from) throws IOException {
        List<ServerSocket> taken = new ArrayList<>();
        try {
            for (int port = from; port < from + 10 * NODES; port++) {
                ServerSocket probe = new ServerSocket();
                taken.add(probe);
                probe.setReuseAddress(true);
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            }
            return true;
        } catch (IOException inUse) {
            return false;
        } finally {
            for (ServerSocket probe : taken) {
                probe.close();
            }
        }
    }
}

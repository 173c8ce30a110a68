package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code allium network init} and {@code status} as their documentation shows them, with nodes of ours and of C tor's. */
class PrivateNetworkTest {
    private static final int RELAYS = 3;
    private static final int DOWNLOAD = 300_000;

    @TempDir
    Path folder;

    @Test
    void aPageComesThroughANetworkOfOursAndStatusNoticesAnAuthorityThatStops() throws Exception {
        try (PrivateNetwork network = PrivateNetwork.init(folder, RELAYS, 1, "10s")) {
            network.start();
            awaitAllIsWell(network);
            fetchThroughClient(network);

            network.stop("auth2");
            Programs.Outcome status = awaitStatus(
                    network,
                    "* 2 of 3 authorities answer, and 2 must agree: there are consensuses, but"
                            + " none any more once another one fails\n");
            assertThat(status.status()).isEqualTo(1);
            assertThat(status.text()).contains("* auth2 does not answer: ").doesNotContain("All is well.");
            assertThat(Programs.attempt(folder, "", PrivateNetwork.ALLIUM, "network", "status", "net", "--json")
                            .text())
                    .contains("\"well\":false", "\"name\":\"auth2\"", "\"answers\":false");

            network.stop();
            assertThat(network.running()).isEmpty();
        }
    }

    @Test
    void theAuthoritiesMayBeCTors() throws Exception {
        try (PrivateNetwork network = PrivateNetwork.init(folder, RELAYS, 1, "10s")) {
            network.startWithCTor("auth0", "auth1", "auth2");
            network.start();
            awaitAllIsWell(network);
            fetchThroughClient(network);
        }
    }

    /** All hosts and kinds of node, and what no network here runs in: containers and services. */
    @Test
    void cTorTakesEveryTorrcAndOthersTheirFiles() throws Exception {
        Programs.Outcome made = Programs.run(
                folder,
                PrivateNetwork.ALLIUM,
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
            assertThat(Programs.run(folder, PrivateNetwork.ALLIUM, "tor", "--verify-config", "-f", torrc)
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

    private static void awaitAllIsWell(PrivateNetwork network) throws Exception {
        Programs.Outcome status = awaitStatus(network, "\nAll is well.\n");
        assertThat(status.status()).isZero();
        assertThat(status.text())
                .contains("auth0  answers at ", "signed by auth0, auth1 and auth2", "relay0  Exit ")
                .endsWith("\nAll is well.\n");
    }

    /** Waits until the status contains this. */
    private static Programs.Outcome awaitStatus(PrivateNetwork network, String wanted) throws Exception {
        return network.await(
                status -> status.text().contains(wanted), PrivateNetwork.ALLIUM, "network", "status", "net");
    }

    private static void fetchThroughClient(PrivateNetwork network) throws Exception {
        try (WebServer web = new WebServer()) {
            Programs.Outcome page = network.fetch(network.socks(0), "--fail", web.url("/bytes/" + DOWNLOAD));
            assertThat(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(page.output())))
                    .isEqualTo(WebServer.digestOfBytes(DOWNLOAD));
        }
    }
}

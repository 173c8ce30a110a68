package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Programs that people use, through our SocksPort and C tor's relays. */
class ProgramsThroughSocksTest {
    private static final int COUNT = 100_000;

    @TempDir
    Path folder;

    @Test
    @ExtendWith(AmongCTors.class)
    void curlTorsocksAndTorResolveWork(MixedNetwork network) throws Exception {
        try (WebServer web = new WebServer()) {
            int port = network.client().socksPort();
            String proxy = "127.0.0.1:" + port;
            String url = web.url("/bytes/" + COUNT);
            for (List<String> how : List.of(
                    List.of("--socks4", proxy),
                    List.of("--socks4a", proxy),
                    List.of("--socks5", proxy),
                    List.of("--socks5-hostname", proxy),
                    List.of("--proxy", "socks5h://some:one@" + proxy))) {
                assertThat(curl(how, url)).as(how.toString()).hasSize(COUNT);
            }
            Path configuration = folder.resolve("torsocks.conf");
            Files.writeString(configuration, "TorAddress 127.0.0.1\nTorPort " + port + "\n");
            assertThat(Programs.run(
                                    folder,
                                    "env",
                                    "TORSOCKS_CONF_FILE=" + configuration,
                                    "torsocks",
                                    "curl",
                                    "-sS",
                                    "--max-time",
                                    "300",
                                    url.replace("127.0.0.1", MixedNetwork.MAPPED))
                            .output())
                    .hasSize(COUNT);
            assertThat(Programs.run(folder, "tor-resolve", MixedNetwork.MAPPED, proxy)
                            .text()
                            .trim())
                    .isEqualTo("127.0.0.1");
            String page = new String(
                    Programs.attempt(folder, "", "curl", "-sS", "-i", "--max-time", "60", "http://" + proxy + "/")
                            .output());
            assertThat(page).contains("Tor is not an HTTP Proxy");
            assertThat(network.logs().complaints()).isEmpty();
        }
    }

    private byte[] curl(List<String> how, String url) throws Exception {
        java.util.ArrayList<String> command =
                new java.util.ArrayList<>(List.of("curl", "-sS", "--fail", "--max-time", "300"));
        command.addAll(how);
        command.add(url);
        return Programs.run(folder, command.toArray(String[]::new)).output();
    }
}

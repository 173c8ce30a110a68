package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An onion service of C tor's and a client of C tor's find each other, and move files both ways, over relays of which some
 * or all are ours: as hidden service directories, introduction points and rendezvous points.
 */
class OnionServiceOverRelaysTest {
    private static final int DOWNLOAD = 5_000_000;
    private static final int UPLOAD = 2_000_000;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "ours: {0}")
    @ValueSource(strings = {"auth.|relay.", "relay."})
    void aServiceAndAClientOfCTorsMeetOverOurRelays(String ours) throws Exception {
        Predicate<String> pattern = Pattern.compile(ours).asMatchPredicate();
        try (WebServer web = new WebServer();
                MixedNetwork network = MixedNetwork.up(folder, pattern, false)) {
            MixedNetwork.Node service = network.startService("service0", false, web.port());
            int socks = network.client().socksPort();
            String site = "http://" + service.onion();
            network.await("the onion service was not reached", () -> isReached(socks, site));
            byte[] body = curl(socks, "--fail", site + "/bytes/" + DOWNLOAD).output();
            assertThat(sha256(body)).isEqualTo(WebServer.digestOfBytes(DOWNLOAD));
            Path file = Files.write(folder.resolve("upload"), body(UPLOAD));
            assertThat(curl(socks, "--fail", "--data-binary", "@" + file, site + "/digest")
                            .text())
                    .isEqualTo(sha256(Files.readAllBytes(file)));
            assertThat(network.logs().complaints()).isEmpty();
            assertThat(network.logs().violations()).isEmpty();
        }
    }

    private boolean isReached(int socks, String site) throws Exception {
        return curl(socks, site + "/bytes/1").status() == 0;
    }

    private Programs.Outcome curl(int socks, String... arguments) throws Exception {
        String[] always = {"curl", "-sS", "--max-time", "120", "--socks5-hostname", "127.0.0.1:" + socks};
        String[] command = java.util.Arrays.copyOf(always, always.length + arguments.length);
        System.arraycopy(arguments, 0, command, always.length, arguments.length);
        return Programs.attempt(folder, "", command);
    }

    private static byte[] body(int length) {
        return "An onion service takes as well as it gives. "
                .repeat(length / 44)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}

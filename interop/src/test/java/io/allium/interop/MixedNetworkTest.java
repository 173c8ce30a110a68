package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bytes through three hops in networks where some nodes are ours and the others C tor's. Each role is tried once as the
 * one who starts and once as the one who answers; C tor's logs and counters are its verdict on us.
 */
class MixedNetworkTest {
    private static final int DOWNLOAD = 10_000_000;
    private static final int SMALL = 200_000;
    private static final int AT_ONCE = 20;
    private static final int UPLOAD = 4_000_000;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "ours: {0}, own keys: {1}")
    @CsvSource({"relay., false", "relay.|client0, true", "auth., false", "auth., true", ".*, false", ".*, true"})
    void bytesComeBackWholeAndCTorHasNothingToComplainOf(String ours, boolean ownKeys) throws Exception {
        Predicate<String> pattern = Pattern.compile(ours).asMatchPredicate();
        try (MixedNetwork network = MixedNetwork.up(folder, pattern, ownKeys)) {
            bytesComeBackWhole(network);
        }
    }

    @Test
    @ExtendWith(AmongCTors.class)
    void ourClientAloneGivesCTorNothingToComplainOf(MixedNetwork network) throws Exception {
        bytesComeBackWhole(network);
    }

    private void bytesComeBackWhole(MixedNetwork network) throws Exception {
        try (WebServer web = new WebServer()) {
            int socks = network.client().socksPort();
            assertThat(fetch(socks, web, DOWNLOAD)).isEqualTo(WebServer.digestOfBytes(DOWNLOAD));
            assertThat(fetchAtOnce(socks, web)).containsOnly(WebServer.digestOfBytes(SMALL));
            upload(socks, web);
            assertThat(network.logs().complaints()).isEmpty();
            assertThat(network.logs().violations()).isEmpty();
        }
    }

    private String fetch(int socks, WebServer web, int count) throws Exception {
        byte[] body = Programs.run(
                        folder,
                        "curl",
                        "-sS",
                        "--fail",
                        "--max-time",
                        "500",
                        "--socks5-hostname",
                        "127.0.0.1:" + socks,
                        web.url("/bytes/" + count))
                .output();
        assertThat(body).hasSize(count);
        return sha256(body);
    }

    private List<String> fetchAtOnce(int socks, WebServer web) throws Exception {
        List<String> digests = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                all.add(threads.submit(() -> fetch(socks, web, SMALL)));
            }
            for (Future<String> one : all) {
                digests.add(one.get());
            }
        }
        return digests;
    }

    private void upload(int socks, WebServer web) throws Exception {
        Path file = folder.resolve("upload");
        byte[] content = new byte[UPLOAD];
        new java.util.Random(UPLOAD).nextBytes(content);
        Files.write(file, content);
        String answer = Programs.run(
                        folder,
                        "curl",
                        "-sS",
                        "--fail",
                        "--max-time",
                        "500",
                        "--socks5-hostname",
                        "127.0.0.1:" + socks,
                        "--data-binary",
                        "@" + file,
                        web.url("/digest"))
                .text();
        assertThat(answer).isEqualTo(sha256(content));
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of()
                .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(content));
    }
}

package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.crypto.Fingerprint;
import io.allium.directory.HttpHeaders;
import io.allium.netdoc.RouterDescriptor;
import io.allium.relay.DirectoryQuery;
import io.allium.relay.DirectoryQuery.Method;
import io.allium.relay.DirectoryReply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a bridge authority tells what of bridges, and what it writes down of them. */
class BridgeDirectoryTest {
    private static final Instant NOW = Samples.TIME;
    private static final String STATUS = "/tor/networkstatus-bridges";

    private final SystemTime time = new SystemTime();
    private RouterDescriptor bridge;
    private Fingerprint ourselves;
    private BridgeStatus status;
    private BridgeDirectory directory;

    @TempDir
    private Path folder;

    @BeforeEach
    void take() throws Exception {
        bridge = Samples.made(
                "bridge",
                NOW.minusSeconds(100),
                details -> details.tunnelledDirectory(true).bridgeDistribution("any"));
        ourselves = Samples.descriptor("a3").fingerprint();
        SystemDisk disk = new SystemDisk();
        KeyPins pins = KeyPins.load(disk, folder.resolve("pins"));
        Submissions bridges = new Submissions(SubmissionOptions.TESTING, pins, Log.NONE, one -> {});
        assertThat(bridges.post(bridge.source().bytes(), NOW).outcome()).isEqualTo(Submissions.Outcome.ACCEPTED);
        RouterStability stability = RouterStability.load(disk, folder.resolve("stability"), NOW);
        Reachability reachability = new Reachability(
                time,
                new ThreadTasks(Log.NONE, 1),
                Log.NONE,
                (target, patience) -> {},
                stability,
                ourselves,
                new Reachability.Settings(true, false, true, NOW, Duration.ofHours(2)));
        Census census = new CensusTaker(
                        bridges,
                        reachability,
                        stability,
                        BadRelays.NONE,
                        Set.of(),
                        FlagOptions.DEFAULTS,
                        0,
                        Duration.ZERO,
                        NOW)
                .take(Optional.empty(), NOW);
        status = new BridgeStatus(census, ourselves);
        directory = new BridgeDirectory(time, bridges, () -> status, Optional.of("secret"));
    }

    @AfterEach
    void stop() {
        time.close();
    }

    @Test
    void aBridgeIsWrittenDownAsCTorDoes() {
        String identity = base64(bridge.fingerprint().bytes());
        String digest = base64(bridge.digest().bytes());
        assertThat(status.text().lines())
                .containsExactly(
                        "published 2026-11-20 11:23:00",
                        "flag-thresholds stable-uptime=100 stable-mtbf=0 fast-speed=102000 guard-wfu=0.000% guard-tk=0"
                                + " guard-bw-inc-exits=300000 guard-bw-exc-exits=300000 enough-mtbf=0"
                                + " ignoring-advertised-bws=0",
                        "fingerprint " + ourselves.hex(),
                        "r bridge " + identity + " " + digest + " 2026-11-20 11:21:20 198.51.100.7 9001 0",
                        "s Running V2Dir Valid",
                        "w Bandwidth=300",
                        "p reject 1-65535");
    }

    @Test
    void theRecordedFileOfCTorHasTheSameHeader() {
        String theirs = new String(Samples.read("networkstatus-bridges"), StandardCharsets.US_ASCII);
        assertThat(keywords(status.text())).isEqualTo(keywords(theirs)).contains("flag-thresholds", "enough-mtbf");
    }

    @Test
    void aBridgeIsToldOnlyToWhoKnowsItAndOnlyWhereNobodyListens() {
        for (String which : new String[] {
            "fp/" + bridge.fingerprint().hex(), "d/" + bridge.digest().hex()
        }) {
            String path = "/tor/server/" + which;
            assertThat(get(path, true, HttpHeaders.NONE).orElseThrow().bytes())
                    .isEqualTo(bridge.source().bytes());
            assertThat(get(path, false, HttpHeaders.NONE)).isEmpty();
        }
        assertThat(get("/tor/server/all", true, HttpHeaders.NONE)).isEmpty();
        assertThat(get("/tor/server/authority", true, HttpHeaders.NONE)).isEmpty();
        assertThat(get("/tor/extra/all", true, HttpHeaders.NONE).orElseThrow().status())
                .isEqualTo(404);
    }

    @Test
    void allBridgesAreToldToWhoKnowsThePassword() {
        HttpHeaders password = HttpHeaders.NONE.with("Authorization", "Basic " + base64WithPadding("secret"));
        HttpHeaders wrong = HttpHeaders.NONE.with("Authorization", "Basic " + base64WithPadding("guess"));
        DirectoryReply told = get(STATUS, true, password).orElseThrow();
        assertThat(new String(told.bytes(), StandardCharsets.US_ASCII))
                .isEqualTo(status.entries())
                .startsWith("r bridge ");
        assertThat(get(STATUS, true, wrong).orElseThrow().status()).isEqualTo(404);
        assertThat(get(STATUS, true, HttpHeaders.NONE).orElseThrow().status()).isEqualTo(404);
        assertThat(get(STATUS, false, password).orElseThrow().status()).isEqualTo(404);
    }

    @Test
    void withoutAPasswordNobodyIsToldOfAll() throws Exception {
        KeyPins pins = KeyPins.load(new SystemDisk(), folder.resolve("pins"));
        Submissions none = new Submissions(SubmissionOptions.TESTING, pins, Log.NONE, one -> {});
        directory = new BridgeDirectory(time, none, () -> status, Optional.empty());
        HttpHeaders empty = HttpHeaders.NONE.with("Authorization", "Basic ");
        assertThat(get(STATUS, true, empty).orElseThrow().status()).isEqualTo(404);
    }

    /** The keywords of the header's lines, with the names of the thresholds. */
    private static List<String> keywords(String text) {
        return text.lines()
                .limit(3)
                .flatMap(line -> Stream.of(line.split(" ")))
                .map(word -> word.replaceAll("=.*|^[0-9A-F:-]+$", ""))
                .toList();
    }

    private Optional<DirectoryReply> get(String path, boolean tunnelled, HttpHeaders headers) {
        return directory.answer(new DirectoryQuery(
                Method.GET, path, headers, new byte[0], new DirectoryQuery.Asker(Optional.empty(), false, tunnelled)));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String base64WithPadding(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}

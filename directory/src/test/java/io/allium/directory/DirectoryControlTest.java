package io.allium.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.ThreadTasks;
import io.allium.base.Unreachable;
import io.allium.control.ControlEvents;
import io.allium.controltesting.AskedPort;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.RouterStatus;
import io.allium.testing.ManualTime;
import io.allium.testing.MemoryDisk;
import io.allium.testing.SeededEntropy;
import io.allium.testing.Waiting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What controllers see of a directory that lies in the cache. */
class DirectoryControlTest {
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final ManualTime time = new ManualTime(Samples.NOW);
    private final ControlEvents events = new ControlEvents();
    private Optional<DirectoryClient> known = Optional.empty();
    private Optional<Consensus> full = Optional.empty();
    private final DirectoryControl network =
            new DirectoryControl(() -> known.flatMap(DirectoryClient::view), () -> full, events);
    private AskedPort port;

    @BeforeEach
    void open() throws Exception {
        port = new AskedPort(events, network, new DocumentControl(() -> known), new DownloadControl(() -> known));
    }

    @AfterEach
    void close() throws Exception {
        port.close();
        known.ifPresent(DirectoryClient::close);
        tasks.close();
    }

    @Test
    void withoutAConsensusWhatIsAskedOfItIsEmpty() throws Exception {
        for (String key : List.of(
                "ns/all",
                "ns/id/x",
                "ns/name/r4",
                "consensus/valid-after",
                "consensus/foo",
                "sr/current",
                "md/all",
                "dir/status/all",
                "downloads/cert/fps")) {
            assertThat(port.asker().info(key)).as(key).containsExactly("");
        }
        assertThat(port.asker().info("md/name/r4")).containsExactly("552 Unrecognized key \"md/name/r4\"");
        assertThat(port.asker().info("ns/foo")).containsExactly("552 Unrecognized key \"ns/foo\"");
        assertThat(port.asker().info("dir/status-vote/current/consensus-microdesc"))
                .containsExactly("551 Could not open cached consensus. Make sure FetchUselessDescriptors is set to 1.");
    }

    @Test
    void aRelayHasItsEntryByFingerprintAndByName() throws Exception {
        learn();
        Relay r4 = view().called("r4").orElseThrow();
        String id = base64(r4.fingerprint().bytes());
        String digest =
                base64(Arrays.copyOf(r4.status().microdescriptor().orElseThrow().bytes(), 20));
        List<String> entry = port.asker().info("ns/name/R4");
        assertThat(entry.getFirst()).startsWith("r r4 " + id + " " + digest + " 2038-01-01 00:00:00 127.0.0.1 ");
        assertThat(entry.get(1)).startsWith("s ").contains("Running");
        assertThat(entry.get(2)).startsWith("w Bandwidth=");
        assertThat(entry).hasSize(3);
        String hex = r4.fingerprint().hex();
        for (String key : List.of("ns/id/" + hex, "ns/id/$" + hex, "ns/name/" + hex, "ns/name/$" + hex + "~r4")) {
            assertThat(port.asker().info(key)).as(key).isEqualTo(entry);
        }
        assertThat(port.asker().info("ns/all")).hasSizeGreaterThan(3 * 6).containsSubsequence(entry);
    }

    @Test
    void whoIsNotInItIsNotThere() throws Exception {
        learn();
        assertThat(port.asker().info("ns/id/r4")).containsExactly("551 Data not decodeable as hex");
        assertThat(port.asker().info("ns/id/")).containsExactly("551 Data not decodeable as hex");
        String nobody = "F".repeat(40);
        assertThat(port.asker().info("ns/id/" + nobody))
                .containsExactly("552 Unrecognized key \"ns/id/" + nobody + "\"");
        assertThat(port.asker().info("ns/name/")).containsExactly("552 Unrecognized key \"ns/name/\"");
        assertThat(port.asker().info("consensus/foo")).containsExactly("552 Unrecognized key \"consensus/foo\"");
        assertThat(port.asker().info("network-status")).containsExactly("552 Unrecognized key \"network-status\"");
    }

    @Test
    void theConsensusAndItsMicrodescriptorsAreGivenAsTheyCame() throws Exception {
        learn();
        String whole = new String(Samples.bytes("consensus-microdesc"), StandardCharsets.UTF_8);
        assertThat(port.asker().info("dir/status-vote/current/consensus-microdesc"))
                .isEqualTo(whole.lines().toList());
        Consensus consensus = Samples.consensus().claimed();
        assertThat(port.asker().info("consensus/valid-after"))
                .containsExactly(
                        consensus.validAfter().toString().replace('T', ' ').replace("Z", ""));
        String r4 = view().called("r4").orElseThrow().fingerprint().hex();
        List<String> one = port.asker().info("md/id/$" + r4);
        assertThat(one.getFirst()).isEqualTo("onion-key");
        assertThat(port.asker().info("md/name/r4")).isEqualTo(one);
        assertThat(port.asker().info("md/all"))
                .containsSubsequence(one)
                .filteredOn("onion-key"::equals)
                .hasSize(7);
        assertThat(port.asker().info("md/name/nobody")).containsExactly("552 Unrecognized key \"md/name/nobody\"");
    }

    @Test
    void downloadsAreToldAsTheyGo() throws Exception {
        learn();
        List<String> running = port.asker().info("downloads/networkstatus/microdesc");
        assertThat(running)
                .hasSize(9)
                .contains(
                        "n-download-failures 0",
                        "want-authority DL_WANT_ANY_DIRSERVER",
                        "increment-on DL_SCHED_INCREMENT_FAILURE",
                        "last-delay-used 0");
        assertThat(port.asker().info("downloads/networkstatus/microdesc/running"))
                .isEqualTo(running);
        assertThat(port.asker().info("downloads/networkstatus/ns"))
                .contains("next-attempt-at 1970-01-01 00:00:00", "want-authority DL_WANT_AUTHORITY");
        assertThat(port.asker().info("downloads/networkstatus/foo")).containsExactly("551 Unknown flavor");
        List<String> authorities = port.asker().info("downloads/cert/fps");
        assertThat(authorities).hasSize(3);
        String authority = "downloads/cert/fp/" + authorities.getFirst();
        assertThat(port.asker().info(authority)).hasSize(9);
        String signingKey = port.asker().info(authority + "/sks").getFirst();
        assertThat(port.asker().info(authority + "/" + signingKey)).hasSize(9);
        assertThat(port.asker().info(authority + "/" + authorities.getFirst()))
                .containsExactly("551 Failed to get download status for this identity/signing key digest pair");
        assertThat(port.asker().info("downloads/cert/fp/xx")).containsExactly("551 That didn't look like a digest");
        assertThat(port.asker().info(authority + "/xx"))
                .containsExactly("551 That didn't look like a signing key digest");
        for (String half : List.of("xx/sks", "xx/" + signingKey, "<fp>/<sk>", "<fp>/sks")) {
            assertThat(port.asker().info("downloads/cert/fp/" + half))
                    .containsExactly("551 That didn't look like an identity digest");
        }
        assertThat(port.asker().info("downloads/desc/descs"))
                .containsExactly("551 We don't seem to have a networkstatus-flavored consensus");
        assertThat(port.asker().info("downloads/bridge/bridges"))
                .containsExactly("551 We don't seem to be using bridges");
    }

    @Test
    void aNewConsensusIsToldWholeAndThenWhatIsNewInIt() throws Exception {
        learn();
        port.asker().ask("SETEVENTS NEWCONSENSUS NS");
        network.consensusArrived(ConsensusFlavor.MICRODESC);
        List<String> whole = port.asker().next();
        assertThat(whole.getFirst()).isEqualTo("650+NEWCONSENSUS");
        assertThat(port.asker().next().subList(1, whole.size())).isEqualTo(whole.subList(1, whole.size()));
        network.consensusArrived(ConsensusFlavor.MICRODESC);
        assertThat(port.asker().next()).isEqualTo(whole);
        assertThat(port.asker().info("sr/previous")).hasSize(1); // and nothing stands before the answer
    }

    @Test
    void whereTheFullConsensusIsFollowedTooItIsWhatIsTold() throws Exception {
        learn();
        port.asker().ask("SETEVENTS NEWCONSENSUS");
        full = Optional.of(Consensus.parse(Samples.bytes("consensus-ns")).claimed());
        RouterStatus r4 = full.get().routers().stream()
                .filter(each -> each.nickname().equals("r4"))
                .findFirst()
                .orElseThrow();
        List<String> entry = RelayText.entry(r4).lines().toList();
        assertThat(entry.getLast()).startsWith("p ");
        assertThat(port.asker().info("ns/name/r4")).isEqualTo(entry);
        assertThat(port.asker().info("ns/all")).containsSubsequence(entry);

        network.consensusArrived(ConsensusFlavor.MICRODESC);
        network.consensusArrived(ConsensusFlavor.NS);
        assertThat(port.asker().next()).startsWith("650+NEWCONSENSUS").containsSubsequence(entry);
        assertThat(port.asker().info("sr/previous")).hasSize(1); // and the other consensus was not told
    }

    private NetworkView view() {
        return known.flatMap(DirectoryClient::view).orElseThrow();
    }

    /** Reads the samples from the cache. */
    private void learn() throws Exception {
        DocumentStore store = new DocumentStore(new MemoryDisk(), Path.of("/cache"), Log.NONE);
        store.saveCertificates(Samples.certificates());
        store.saveConsensus(ConsensusFlavor.MICRODESC, Samples.bytes("consensus-microdesc"));
        store.addMicrodescriptors(Samples.microdescriptors(), Samples.NOW);
        DirectoryPlan plan = new DirectoryPlan(
                Samples.authorities(), List.of(ConsensusFlavor.MICRODESC), false, false, false, -1, Duration.ZERO);
        DirectoryClient client = new DirectoryClient(
                time,
                new SeededEntropy(1),
                tasks,
                Log.NONE,
                plan,
                store,
                (_, _) -> {
                    throw new Unreachable("nobody is there");
                },
                DirectoryEvents.NONE,
                new BootstrapReport(time, Log.NONE, DirectoryEvents.NONE),
                DirectoryClient.Readiness.ALWAYS);
        known = Optional.of(client);
        client.start();
        Waiting.until(client::hasEnough);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }
}

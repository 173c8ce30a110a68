package io.allium.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.allium.authority.ConsensusMaker;
import io.allium.base.Untrusted;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.ConsensusWriter;
import io.allium.netdoc.Vote;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Of the votes that C tor's authorities had, we make what C tor made of them. {@code record_votes.py} records them in a
 * network where something changes all the time: some periods here, or as many as one likes with {@code -Dvotes.periods=200}.
 * What was recorded before is replayed with {@code -Dvotes=DIR}.
 * Processes of C tor's do most of it, and few of those: it goes on beside other tests.
 */
@Execution(ExecutionMode.CONCURRENT)
class RecordedVotesTest {
    private static final String PERIODS = System.getProperty("votes.periods", "7");

    /** Between the ports of {@link PrivateNetworkTest} and those of {@link MixedNetwork}. */
    private static final int FIRST_PORT = 18_000;

    /** Of one network. */
    private static final int PORTS = 180;

    @TempDir
    Path folder;

    @Test
    void ourConsensusesAreThoseOfCTorByteForByte() throws Exception {
        Path recorded = Optional.ofNullable(System.getProperty("votes"))
                .map(Path::of)
                .orElseGet(this::record)
                .resolve("votes");
        List<Path> all;
        try (Stream<Path> computations = Files.list(recorded)) {
            all = computations.sorted().toList();
        }
        List<String> different = new ArrayList<>();
        for (Path computation : all) {
            for (ConsensusBody ours : ours(computation)) {
                ConsensusFlavor flavor = ours.header().flavor();
                if (!ConsensusWriter.signedPart(ours).text().equals(theirs(computation, flavor))) {
                    different.add(computation + " " + flavor.text());
                }
            }
        }
        long periods = all.stream()
                .map(computation -> computation.getFileName().toString().split("-auth")[0])
                .distinct()
                .count();
        System.out.println(all.size() + " computations of " + periods + " periods replayed from " + recorded);
        assertThat(different).isEmpty();
        assertThat(periods).as("periods with a consensus").isPositive();
    }

    private Path record() {
        try {
            Path script = Path.of(Objects.requireNonNull(getClass().getResource("record_votes.py"))
                    .toURI());
            ProcessBuilder recorder = new ProcessBuilder(
                    "/usr/bin/python3",
                    script.toString(),
                    folder.toString(),
                    "--periods",
                    PERIODS,
                    "--base",
                    "" + (FIRST_PORT + ProcessHandle.current().pid() % 11 * PORTS));
            Process process = recorder.redirectErrorStream(true)
                    .redirectOutput(folder.resolve("said").toFile())
                    .start();
            try {
                assertThat(process.waitFor())
                        .as(Files.readString(folder.resolve("said")))
                        .isZero();
            } finally {
                process.destroy(); // the script ends what it started
            }
            return folder;
        } catch (IOException | InterruptedException | URISyntaxException failed) {
            throw new IllegalStateException("no votes recorded", failed);
        }
    }

    private static List<ConsensusBody> ours(Path computation) throws IOException, Untrusted {
        List<Vote> votes = new ArrayList<>();
        String header = "network-status-version 3";
        String document = Files.readString(computation.resolve("v3-status-votes"));
        for (String vote : document.split("(?m)^(?=" + header + "$)")) {
            votes.add(Vote.parse(vote.getBytes(UTF_8)).verify(Vote.signedAt(Instant.now())));
        }
        int authorities = Integer.parseInt(
                Files.readString(computation.resolve("authorities")).strip());
        return ConsensusMaker.make(votes, authorities);
    }

    /** C tor writes the document up to the keyword that ends the signed part. */
    private static String theirs(Path computation, ConsensusFlavor flavor) throws IOException {
        return Files.readString(computation.resolve("consensus-transparency-" + flavor.text()))
                + "directory-signature ";
    }
}

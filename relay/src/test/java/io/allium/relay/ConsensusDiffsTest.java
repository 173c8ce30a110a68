package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.ThreadTasks;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusDiff;
import io.allium.testing.ManualTime;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsensusDiffsTest {
    private static final Instant FIRST = Instant.parse("2026-11-20T11:00:00Z");

    @TempDir
    Path data;

    private final ManualTime time = new ManualTime(FIRST);
    private ConsensusDiffs diffs;

    @BeforeEach
    void start() throws Exception {
        diffs = diffs();
    }

    private ConsensusDiffs diffs() throws Exception {
        ConsensusDiffs fresh = new ConsensusDiffs(
                time, new ThreadTasks(Log.NONE, 1), Log.NONE, new SystemDisk(), data, _ -> Optional.empty());
        fresh.load();
        return fresh;
    }

    @Test
    void earlierConsensusesAreKnownAfterARestart() throws Exception {
        Consensus old = consensus(0, "");
        Consensus newest = consensus(1, "");
        diffs.keep(old);

        byte[] diff = diffs().diff(List.of(old.sha3()), newest).orElseThrow().bytes();

        assertThat(ConsensusDiff.parse(diff).apply(old))
                .isEqualTo(newest.source().bytes());
    }

    @Test
    void noMoreThanTheBoundAreKeptAndTheOldestGoes() throws Exception {
        for (int hour = 0; hour <= ConsensusDiffs.EARLIER_MAX; hour++) {
            diffs.keep(consensus(hour, ""));
        }
        Consensus newest = consensus(ConsensusDiffs.EARLIER_MAX + 1, "");

        assertThat(files()).hasSize(ConsensusDiffs.EARLIER_MAX);
        assertThat(diffs.diff(List.of(consensus(0, "").sha3()), newest)).isEmpty();
        assertThat(diffs.diff(List.of(consensus(1, "").sha3()), newest)).isPresent();
    }

    @Test
    void thoseOlderThanTheConsensusSaysAreForgotten() throws Exception {
        diffs.keep(consensus(0, ""));
        diffs.keep(consensus(3, ""));
        time.pass(java.time.Duration.ofHours(5));
        diffs.keep(consensus(5, "max-consensus-age-to-cache-for-diff=4"));

        assertThat(files()).hasSize(2);
    }

    @Test
    void aFileThatIsSpoiltGivesNoDiff() throws Exception {
        Consensus old = consensus(0, "");
        diffs.keep(old);
        for (Path file : files()) {
            Files.write(file, new byte[] {1, 2, 3});
        }

        assertThat(diffs.diff(List.of(old.sha3()), consensus(1, ""))).isEmpty();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve(ConsensusDiffs.FOLDER))) {
            return files.toList();
        }
    }

    private static Consensus consensus(int hours, String parameters) throws Exception {
        try (InputStream in =
                Objects.requireNonNull(ConsensusDiffsTest.class.getResourceAsStream("consensus-microdesc"))) {
            String time = FIRST.plusSeconds(3600L * hours)
                    .toString()
                    .replace("T", " ")
                    .replace("Z", "");
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .replaceFirst("(?m)^valid-after .*$", "valid-after " + time)
                    .replaceFirst("(?m)^(fresh|valid)-until .*$", "$1-until 2026-12-20 11:00:00")
                    .replaceFirst("(?m)^valid-until .*$", "valid-until 2026-12-20 12:00:00")
                    .replaceFirst("(?m)^params.*\\n", "")
                    .replaceFirst("(?m)^(known-flags .*)$", "$1\nparams " + parameters);
            return Consensus.parse(text.getBytes(StandardCharsets.US_ASCII)).claimed();
        }
    }
}

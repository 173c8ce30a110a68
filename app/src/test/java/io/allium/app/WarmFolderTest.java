package io.allium.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNames;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client that starts on the folder of one that ran before, of which a file has been cut off, emptied or overwritten: it
 * says so, fetches what is missing, keeps what guards it can, and works. And one whose clock is wrong.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WarmFolderTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** The network votes by intervals of seconds, of which one may be missed; so they pass faster. */
    private static final int HASTE = 3;

    /** A client warns that it stands still after 20 seconds of its clock. */
    private static final int GREAT_HASTE = 20;

    private final SystemTime time = new SystemTime();
    private final HastyTime hasty = new HastyTime(time, HASTE);
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 2);
    private final Random random = new Random(11);
    private Path root;
    private DemoNetwork network;
    private Path client;
    private Path warm;

    @BeforeAll
    void warmUp(@TempDir Path folder) throws Exception {
        root = folder;
        network = new DemoNetwork(
                root.resolve("network"),
                hasty,
                new SystemEntropy(),
                new SystemNetwork(),
                new SystemDisk(),
                tasks,
                new SystemNames());
        network.makeKeys();
        network.startRelays();
        client = network.folder().resolve("client");
        run();
        warm = root.resolve("warm");
        copy(client, warm);
    }

    @AfterAll
    void end() {
        network.close();
        tasks.close();
        time.close();
    }

    /** All files that a client reads again, each cut off, emptied and overwritten. */
    List<String> damages() throws IOException {
        try (Stream<Path> files = Files.list(warm)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.equals("state") || name.startsWith("cached-"))
                    .sorted()
                    .flatMap(name ->
                            Stream.of("half of ", "nothing of ", "noise for ").map(how -> how + name))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("damages")
    void whatIsDamagedIsFetchedAnew(String damage) throws Exception {
        remove(client);
        copy(warm, client);
        String name = damage.substring(damage.lastIndexOf(' ') + 1);
        Path file = client.resolve(name);
        Files.write(file, damaged(Files.readAllBytes(file), damage));
        Files.deleteIfExists(client.resolve("notice.log"));
        Set<String> left = damage.equals("half of state") ? guards(client) : Set.of();

        run();

        assertThat(log()).contains("Bootstrapped 100%").doesNotContain("Exception", "bug");
        if (!name.equals("state")) {
            assertThat(guards(client)).as("seed 11").containsAll(guards(warm));
        } else {
            assertThat(guards(client)).as("what is left of the state, seed 11").containsAll(left);
        }
        if (damage.startsWith("noise")) {
            assertThat(log()).contains("[warn]").contains(name);
        }
    }

    @ParameterizedTest
    @CsvSource({"-3, clock is behind", "3, clock is ahead", "-72, clock is", "72, our clock says"})
    void aClockThatIsHoursWrongIsNamed(int hours, String how) throws Exception {
        remove(client);
        HastyTime clock = new HastyTime(time, Math.abs(hours) < 24 ? HASTE : GREAT_HASTE);
        try (Tor tor = network.startClient(new ShiftedTime(clock, Duration.ofHours(hours)))) {
            if (Math.abs(hours) < 24) {
                time.await(tor.bootstrapped(), PATIENCE);
            }
            long deadline = time.nanos() + PATIENCE.toNanos();
            while (!isClockNamed(how) && deadline - time.nanos() > 0) {
                time.sleep(Duration.ofMillis(100));
            }
        }
        assertThat(log()).contains(how).containsIgnoringCase("check your time");
    }

    private boolean isClockNamed(String how) throws IOException {
        return Files.exists(client.resolve("notice.log")) && log().contains(how);
    }

    /** The relays of the state file that are confirmed as guards. */
    private static Set<String> guards(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve("state"), US_ASCII).stream()
                .filter(line -> line.startsWith("Guard ") && line.contains(" confirmed_on="))
                .map(line -> line.replaceAll(".*rsa_id=([0-9A-F]{40}).*", "$1"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private byte[] damaged(byte[] whole, String how) {
        if (how.startsWith("half")) {
            return Arrays.copyOf(whole, whole.length / 2);
        }
        byte[] noise = new byte[how.startsWith("noise") ? whole.length : 0];
        random.nextBytes(noise);
        return noise;
    }

    private String log() throws IOException {
        return Files.readString(client.resolve("notice.log"));
    }

    /** From start to end, with a circuit built in between. */
    private void run() throws Exception {
        try (Tor tor = network.startClient()) {
            time.await(tor.bootstrapped(), PATIENCE);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}

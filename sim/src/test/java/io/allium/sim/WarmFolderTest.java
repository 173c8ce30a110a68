package io.allium.sim;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.LocalFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client that starts on the folder of one that ran before, of which a file has been cut off, emptied or overwritten: it
 * says so, fetches what is missing, keeps what guards it can, and works. And one whose clock is wrong.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WarmFolderTest {
    private static final long SEED = Long.getLong("sim.seed", 20_261_121);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration GLANCE = Duration.ofSeconds(1);

    private final Simulation simulation = Simulation.of(SEED);
    private final TorNetwork network = TorNetwork.of(simulation, 3, 5, 1);
    private final SimulatedTor client = network.clients().getFirst();
    private final Random random = new Random(SEED);
    private final List<String> said = new ArrayList<>();
    private final Map<Path, byte[]> warm = new TreeMap<>();

    @BeforeAll
    void warmUp() {
        String who = " " + client.host().name() + " " + client.name() + " ";
        simulation.trace().listen(line -> {
            if (line.contains(who)) {
                said.add(line);
            }
        });
        network.start();
        awaitBootstrap();
        stop();
        for (Path file : client.host().disk().list(SimulatedTor.DATA)) {
            client.host().disk().read(file).ifPresent(content -> warm.put(file, content));
        }
    }

    /** All files that a client reads again, each cut off, emptied and overwritten. */
    List<String> damages() {
        return warm.keySet().stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.equals("state") || name.startsWith("cached-"))
                .flatMap(name ->
                        Stream.of("half of ", "nothing of ", "noise for ").map(how -> how + name))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("damages")
    void whatIsDamagedIsFetchedAnew(String damage) throws Exception {
        String name = damage.substring(damage.lastIndexOf(' ') + 1);
        Path file = SimulatedTor.DATA.resolve(name);
        begin(warm);
        client.host().disk().write(file, damaged(warm.get(file), damage));
        Set<String> left = damage.equals("half of state") ? guards() : Set.of();

        client.start();
        awaitBootstrap();
        stop();

        assertThat(log()).contains("Bootstrapped 100%").doesNotContain("Exception", "bug");
        if (!name.equals("state")) {
            assertThat(guards()).as("seed %d", SEED).containsAll(guards(warm.get(SimulatedTor.DATA.resolve("state"))));
        } else {
            assertThat(guards()).as("what is left of the state, seed %d", SEED).containsAll(left);
        }
        if (damage.startsWith("noise")) {
            assertThat(log()).contains("[warn]").contains(name);
        }
    }

    @ParameterizedTest
    @CsvSource({"-3, clock is behind", "3, clock is ahead", "-72, clock is", "72, our clock says"})
    void aClockThatIsHoursWrongIsNamed(int hours, String how) throws Exception {
        begin(Map.of());
        client.host().skew(Duration.ofHours(hours));
        try {
            client.start();
            if (Math.abs(hours) < 24) {
                awaitBootstrap();
            }
            await(() -> log().contains(how));
        } finally {
            stop();
            client.host().skew(Duration.ZERO);
        }
        assertThat(log()).contains(how).containsIgnoringCase("check your time");
    }

    /** Nothing was said yet, and these files are all that the client has. */
    private void begin(Map<Path, byte[]> files) throws LocalFailure {
        said.clear();
        SimDisk disk = client.host().disk();
        disk.list(SimulatedTor.DATA).forEach(disk::delete);
        for (Map.Entry<Path, byte[]> file : files.entrySet()) {
            disk.write(file.getKey(), file.getValue());
        }
    }

    private byte[] damaged(byte[] whole, String how) {
        if (how.startsWith("half")) {
            return Arrays.copyOf(whole, whole.length / 2);
        }
        byte[] noise = new byte[how.startsWith("noise") ? whole.length : 0];
        random.nextBytes(noise);
        return noise;
    }

    private void awaitBootstrap() {
        await(client::isBootstrapped);
        assertThat(client.isBootstrapped())
                .as("a circuit was built, seed %d:\n%s", SEED, log())
                .isTrue();
    }

    private void await(BooleanSupplier happens) {
        long deadline = simulation.time().plus(PATIENCE);
        while (!happens.getAsBoolean() && simulation.time().nanos() < deadline) {
            simulation.run(GLANCE);
        }
    }

    private void stop() {
        client.stop();
        simulation.run(GLANCE);
    }

    private String log() {
        return String.join("\n", said);
    }

    private Set<String> guards() {
        return guards(
                client.host().disk().read(SimulatedTor.DATA.resolve("state")).orElseThrow());
    }

    /** The relays of a state file that are confirmed as guards. */
    private static Set<String> guards(byte[] state) {
        return new String(state, US_ASCII)
                .lines()
                .filter(line -> line.startsWith("Guard ") && line.contains(" confirmed_on="))
                .map(line -> line.replaceAll(".*rsa_id=([0-9A-F]{40}).*", "$1"))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}

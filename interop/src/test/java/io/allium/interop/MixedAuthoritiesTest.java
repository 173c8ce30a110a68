package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Our authorities and C tor's vote together: what each of them publishes is signed by all, in both flavours, period by
 * period. A few periods of one mixture here; with {@code -Dauthorities.all=true -Dauthorities.periods=40
 * -Dauthorities.seconds=20} all mixtures, and as many and as long periods as one likes. Shared random values must come
 * where the periods are enough for a run of their protocol. {@code -Dauthorities.kills=5} kills at each step of a period.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MixedAuthoritiesTest {
    private static final int PERIODS = Integer.getInteger("authorities.periods", 2);
    private static final int SECONDS = Integer.getInteger("authorities.seconds", 15);

    private static final int KILLS = Integer.getInteger("authorities.kills", 2);
    private static final long SEED = Long.getLong("authorities.seed", 20261121);

    /** What an authority says at the beginning of each step; those after which it has bound itself come first. */
    private static final List<String> STEPS = List.of(
            "Time to vote.",
            "Time to compute a consensus.",
            "Time to fetch any votes that we're missing.",
            "Time to fetch any signatures that we're missing.",
            "Time to publish the consensus and discard old votes");

    /** Of the shared random protocol: the first half to commit, the second to reveal; they begin with multiples of it. */
    private static final int RUN = 24;

    private static final List<String> FILES = List.of("cached-consensus", "cached-microdesc-consensus");
    private static final Pattern VALID_AFTER = Pattern.compile("(?m)^valid-after (\\S+) (\\S+)$");
    private static final Pattern SIGNATURE = Pattern.compile("(?m)^directory-signature ");
    private static final Pattern RANDOM = Pattern.compile("(?m)^shared-rand-current-value (\\d+) (\\S+)$");

    /** Where the machine has no time, votes and signatures come too late, and other periods are watched: so often. */
    private static final int WATCHES_MAX = 5;

    /** A look at all documents takes hardly more than the second before it; votes have {@code SECONDS / 5}. */
    private static final Duration GLANCE_MAX = Duration.ofSeconds(2);

    /**
     * What one authority published in one flavour.
     *
     * @param random the shared random value and how many revealed their part, or that there is none
     */
    private record Publication(long signatures, String random) {}

    @TempDir
    static Path folder;

    private boolean machineWasBusy;

    /** Half of the authorities are ours. It takes its minute to come up, and serves the first tests. */
    private static MixedNetwork half;

    private static MixedNetwork half() throws Exception {
        if (half == null) {
            half = up("half", 4, "auth[01]");
        }
        return half;
    }

    private static MixedNetwork up(String name, int authorities, String ours) throws Exception {
        MixedNetwork.Size size = new MixedNetwork.Size(authorities, 2, SECONDS);
        return MixedNetwork.up(
                Files.createTempDirectory(folder, name),
                size,
                Pattern.compile(ours).asMatchPredicate(),
                false);
    }

    private static void endHalf() {
        if (half != null) {
            half.close();
            half = null;
        }
    }

    @AfterAll
    static void end() {
        endHalf();
    }

    @Test
    @Order(1)
    void everyConsensusOfHalfAndHalfIsSignedByAll() throws Exception {
        everyConsensusIsSignedByAll(half());
    }

    @Test
    @Order(2)
    void anAuthorityThatIsKilledAtAnyStepSignsTheNextConsensus() throws Exception {
        Random random = new Random(SEED);
        MixedNetwork network = half();
        MixedNetwork.Node killed = network.node("auth0");
        List<String> before = network.logs().disagreements();
        Path witness = network.node("auth3").folder().resolve("cached-consensus"); // C tor's
        for (int kill = 0; kill < KILLS; kill++) {
            String step = STEPS.get(kill % STEPS.size());
            long said = count(killed, step);
            network.await("no step '" + step + "'", () -> count(killed, step) > said);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(network.delaySeconds() * 500));
            network.kill(killed);
            network.restart(killed);
            Instant back = Instant.now();
            network.await("seed " + SEED + ": all sign again after kill " + kill + " at '" + step + "'", () -> {
                String document = read(witness);
                return validAfter(document).isAfter(back)
                        && SIGNATURE.matcher(document).results().count() == 4;
            });
        }
        assertThat(network.logs().disagreements()).isSubsetOf(before);
    }

    @ParameterizedTest(name = "ours: {1} of {0}")
    @CsvSource({"6, auth0", "4, auth[123]"})
    @EnabledIfSystemProperty(named = "authorities.all", matches = "true")
    @Order(3)
    void everyConsensusOfOtherMixturesIsSignedByAll(int authorities, String ours) throws Exception {
        endHalf();
        try (MixedNetwork network = up("of" + authorities, authorities, ours)) {
            everyConsensusIsSignedByAll(network);
        }
    }

    private void everyConsensusIsSignedByAll(MixedNetwork network) throws Exception {
        long authorities =
                network.nodes().stream().filter(MixedNetwork.Node::isAuthority).count();
        SortedMap<Instant, SortedMap<String, Publication>> published;
        List<String> before = network.logs().disagreements(); // C tor's that start late disagree at once
        int watches = 0;
        do {
            published = watch(network, Instant.now());
        } while (!isWhole(published, authorities) && machineWasBusy && ++watches < WATCHES_MAX);
        assertThat(published).isNotEmpty();
        published.forEach((from, all) -> {
            assertThat(all).as("publications of " + from).hasSize((int) (2 * authorities));
            assertThat(all.values())
                    .as("signatures of " + from + ": " + all)
                    .allMatch(publication -> publication.signatures() == authorities);
        });
        assertThat(Duration.between(published.firstKey(), published.lastKey()))
                .as("no period without a consensus")
                .isEqualTo(Duration.ofSeconds((long) (PERIODS - 1) * SECONDS));
        theRandomValueComes(published, authorities);
        assertThat(network.logs().disagreements()).isSubsetOf(before);
    }

    private static long count(MixedNetwork.Node node, String line) throws IOException {
        try (Stream<String> lines = Files.lines(node.log())) {
            return lines.filter(each -> each.endsWith(line)).count();
        }
    }

    /** What comes out from the first whole period on, by the time from which it holds, and by authority and flavour. */
    private SortedMap<Instant, SortedMap<String, Publication>> watch(MixedNetwork network, Instant begin)
            throws Exception {
        SortedMap<Instant, SortedMap<String, Publication>> published = new TreeMap<>();
        long late = network.logs().latecomers();
        machineWasBusy = false;
        Instant end = begin.plusSeconds((long) (PERIODS + 1) * SECONDS); // one, since it begins within a period
        while (Instant.now().isBefore(end.plusSeconds(SECONDS / 2))) {
            long before = System.nanoTime();
            TimeUnit.SECONDS.sleep(1);
            for (MixedNetwork.Node node : network.nodes()) {
                for (String file : node.isAuthority() ? FILES : List.<String>of()) {
                    String document = read(node.folder().resolve(file));
                    Instant from = validAfter(document);
                    if (from.isAfter(begin) && !from.isAfter(end)) {
                        Matcher random = RANDOM.matcher(document);
                        long signatures = SIGNATURE.matcher(document).results().count();
                        published
                                .computeIfAbsent(from, key -> new TreeMap<>())
                                .put(
                                        node.name() + " " + file,
                                        new Publication(signatures, random.find() ? random.group() : "none"));
                    }
                }
            }
            machineWasBusy |= System.nanoTime() - before > GLANCE_MAX.toNanos();
        }
        machineWasBusy |= network.logs().latecomers() > late;
        while (published.size() > PERIODS) {
            published.remove(published.firstKey());
        }
        return published;
    }

    private static boolean isWhole(SortedMap<Instant, SortedMap<String, Publication>> published, long authorities) {
        return published.size() == PERIODS
                && published.values().stream()
                        .allMatch(all -> all.size() == 2 * authorities
                                && all.values().stream().allMatch(each -> each.signatures() == authorities));
    }

    /** From the first run on whose commitments we have seen, half of a run before it begins: one that all made together. */
    private static void theRandomValueComes(
            SortedMap<Instant, SortedMap<String, Publication>> published, long authorities) {
        long run = (long) RUN * SECONDS;
        Instant seen = published.firstKey().plusSeconds(run / 2 + SECONDS);
        long next = (seen.getEpochSecond() + run - 1) / run * run;
        published
                .tailMap(Instant.ofEpochSecond(next))
                .forEach((from, all) -> assertThat(all.values())
                        .as("random value of " + from)
                        .extracting(Publication::random)
                        .allMatch(random -> random.startsWith("shared-rand-current-value " + authorities + " "))
                        .allMatch(all.values().iterator().next().random()::equals));
        System.out.println(published.size() + " periods, "
                + published.tailMap(Instant.ofEpochSecond(next)).size() + " of them with a random value of all");
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException notYet) {
            return "";
        }
    }

    private static Instant validAfter(String document) {
        Matcher matcher = VALID_AFTER.matcher(document);
        return matcher.find() ? Instant.parse(matcher.group(1) + "T" + matcher.group(2) + "Z") : Instant.EPOCH;
    }
}

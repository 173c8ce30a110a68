package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our authorities and C tor's vote together: what each of them publishes is signed by all, in both flavours, period by
 * period. A few periods of one mixture here; with {@code -Dauthorities.all=true -Dauthorities.periods=40
 * -Dauthorities.seconds=20} all mixtures, and as many and as long periods as one likes. Shared random values must come where the periods are enough for a run of their protocol.
 */
class MixedAuthoritiesTest {
    private static final int PERIODS = Integer.getInteger("authorities.periods", 2);
    private static final int SECONDS = Integer.getInteger("authorities.seconds", 15);

    private static final int KILLS = Integer.getInteger("authorities.kills", 2);
    private static final long SEED = 20261121;

    /** Half of four. */
    private static final Pattern OURS = Pattern.compile("auth[01]");

    /** Of the shared random protocol: the first half to commit, the second to reveal; they begin with multiples of it. */
    private static final int RUN = 24;

    private static final List<String> FILES = List.of("cached-consensus", "cached-microdesc-consensus");
    private static final Pattern VALID_AFTER = Pattern.compile("(?m)^valid-after (\\S+) (\\S+)$");
    private static final Pattern SIGNATURE = Pattern.compile("(?m)^directory-signature ");
    private static final Pattern RANDOM = Pattern.compile("(?m)^shared-rand-current-value (\\d+) ");

    /** Where the machine has no time, votes and signatures come too late, and other periods are watched: so often. */
    private static final int WATCHES_MAX = 5;

    /** A look at all documents takes hardly more than the second before it; votes have {@code SECONDS / 5}. */
    private static final Duration GLANCE_MAX = Duration.ofSeconds(2);

    /** What one authority published in one flavour. */
    private record Publication(long signatures, boolean hasRandom) {}

    @TempDir
    Path folder;

    private boolean machineWasBusy;

    /** Each takes two minutes. */
    static Stream<Arguments> mixtures() {
        Stream<Arguments> half = Stream.of(arguments(4, "auth[01]"));
        return Boolean.getBoolean("authorities.all")
                ? Stream.concat(half, Stream.of(arguments(6, "auth0"), arguments(4, "auth[123]")))
                : half;
    }

    @ParameterizedTest(name = "ours: {1} of {0}")
    @MethodSource("mixtures")
    void everyConsensusIsSignedByAll(int authorities, String ours) throws Exception {
        Pattern pattern = Pattern.compile(ours);
        MixedNetwork.Size size = new MixedNetwork.Size(authorities, 2, SECONDS);
        try (MixedNetwork network = MixedNetwork.up(folder, size, pattern.asMatchPredicate(), false)) {
            SortedMap<Instant, SortedMap<String, Publication>> published;
            int watches = 0;
            do {
                published = watch(network, Instant.now());
            } while (!isWhole(published, authorities) && machineWasBusy && ++watches < WATCHES_MAX);
            assertThat(published).isNotEmpty();
            published.forEach((from, all) -> {
                assertThat(all).as("publications of " + from).hasSize(2 * authorities);
                assertThat(all.values())
                        .as("signatures of " + from + ": " + all)
                        .allMatch(publication -> publication.signatures() == authorities);
            });
            assertThat(Duration.between(published.firstKey(), published.lastKey()))
                    .as("no period without a consensus")
                    .isEqualTo(Duration.ofSeconds((long) (PERIODS - 1) * SECONDS));
            theRandomValueComes(published);
            assertThat(network.disagreements()).isEmpty();
        }
    }

    @Test
    void anAuthorityThatIsKilledAtAnyMomentSignsTheNextConsensus() throws Exception {
        Random random = new Random(SEED);
        try (MixedNetwork network =
                MixedNetwork.up(folder, new MixedNetwork.Size(4, 2, SECONDS), OURS.asMatchPredicate(), false)) {
            MixedNetwork.Node killed = network.node("auth0");
            Path witness = network.node("auth3").folder().resolve("cached-consensus"); // C tor's
            for (int kill = 0; kill < KILLS; kill++) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(SECONDS * 1000));
                network.kill(killed);
                network.restart(killed);
                Instant back = Instant.now();
                network.await("seed " + SEED + ": all sign again after kill " + kill, () -> {
                    String document = read(witness);
                    return validAfter(document).isAfter(back)
                            && SIGNATURE.matcher(document).results().count() == 4;
                });
            }
            assertThat(network.disagreements()).isEmpty();
        }
    }

    /** What comes out from the first whole period on, by the time from which it holds, and by authority and flavour. */
    private SortedMap<Instant, SortedMap<String, Publication>> watch(MixedNetwork network, Instant begin)
            throws Exception {
        SortedMap<Instant, SortedMap<String, Publication>> published = new TreeMap<>();
        long late = network.latecomers();
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
                        published
                                .computeIfAbsent(from, key -> new TreeMap<>())
                                .put(
                                        node.name() + " " + file,
                                        new Publication(
                                                SIGNATURE
                                                        .matcher(document)
                                                        .results()
                                                        .count(),
                                                RANDOM.matcher(document).find()));
                    }
                }
            }
            machineWasBusy |= System.nanoTime() - before > GLANCE_MAX.toNanos();
        }
        machineWasBusy |= network.latecomers() > late;
        while (published.size() > PERIODS) {
            published.remove(published.firstKey());
        }
        return published;
    }

    private static boolean isWhole(SortedMap<Instant, SortedMap<String, Publication>> published, int authorities) {
        return published.size() == PERIODS
                && published.values().stream()
                        .allMatch(all -> all.size() == 2 * authorities
                                && all.values().stream().allMatch(each -> each.signatures() == authorities));
    }

    /** From the first run on whose commitments we have seen, half of a run before it begins. */
    private static void theRandomValueComes(SortedMap<Instant, SortedMap<String, Publication>> published) {
        long run = (long) RUN * SECONDS;
        Instant seen = published.firstKey().plusSeconds(run / 2 + SECONDS);
        long next = (seen.getEpochSecond() + run - 1) / run * run;
        published
                .tailMap(Instant.ofEpochSecond(next))
                .forEach((from, all) ->
                        assertThat(all.values()).as("random value of " + from).allMatch(Publication::hasRandom));
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

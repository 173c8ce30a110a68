package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.authority.VotingSchedule.Timing;
import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Vote;
import io.allium.netdoc.VoteEntry;
import io.allium.netdoc.VoteHeader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoteBuilderTest {
    /** When the recorded vote was made. */
    private static final Instant PUBLISHED = Instant.parse("2026-11-20T11:22:52Z");

    private static final Timing TIMING =
            new Timing(Duration.ofSeconds(20), Duration.ofSeconds(4), Duration.ofSeconds(4));

    /** Nothing to say of shared randomness. */
    private static final SharedRandom.Said SILENCE =
            new SharedRandom.Said(List.of(), Optional.empty(), Optional.empty());

    @TempDir
    private Path folder;

    @Test
    void ourVoteSaysOfEachRelayWhatThatOfCTorSays() throws Exception {
        Vote theirs = Vote.parse(Samples.read("measured/vote-0")).claimed();
        VoteBuilder.Draft ours = draft(Optional.of(bandwidths()));
        int compared = 0;
        for (VoteEntry their : theirs.routers()) {
            for (VoteEntry our : ours.entries()) {
                if (our.status().descriptor().equals(their.status().descriptor())) {
                    assertThat(our.status()).isEqualTo(their.status());
                    assertThat(our.identity()).isEqualTo(their.identity());
                    assertThat(our.microdescriptors()).isEqualTo(their.microdescriptors());
                    compared++;
                }
            }
        }
        assertThat(compared).isEqualTo(6);
    }

    @Test
    void ourPreambleIsThatOfCTor() throws Exception {
        VoteHeader theirs =
                Vote.parse(Samples.read("measured/vote-0")).claimed().header();
        VoteHeader ours = draft(Optional.of(bandwidths())).header();
        assertThat(ours.methods()).isEqualTo(theirs.methods());
        assertThat(ours.times()).isEqualTo(theirs.times());
        assertThat(ours.clientVersions()).isEqualTo(theirs.clientVersions());
        assertThat(ours.knownFlags()).isEqualTo(theirs.knownFlags());
        assertThat(ours.protocols()).isEqualTo(theirs.protocols());
        assertThat(ours.parameters()).isEqualTo(theirs.parameters());
        assertThat(List.copyOf(ours.parameters().keySet()))
                .isEqualTo(List.copyOf(theirs.parameters().keySet()));
        assertThat(ours.flagThresholds().keySet())
                .isEqualTo(theirs.flagThresholds().keySet());
        assertThat(ours.flagThresholds()).containsEntry("fast-speed", "6000").containsEntry("guard-wfu", "98.000%");
        assertThat(ours.source()).isEqualTo(theirs.source());
        assertThat(ours.bandwidthFileHeaders()).isPresent();
    }

    @Test
    void withoutParametersOfItsOwnAnAuthorityVotesForNone() throws Exception {
        VoteOptions silent = options(Map.of(), Duration.ZERO);
        assertThat(builder(silent)
                        .draft(census(silent, Optional.empty()), PUBLISHED, SILENCE, Map.of(), MicrodescriptorVotes::of)
                        .header()
                        .parameters())
                .isEmpty();
    }

    @Test
    void whoTakesNoPartInTheSharedRandomSaysNothingOfIt() throws Exception {
        VoteOptions with = options(Map.of(), Duration.ZERO);
        VoteOptions without = new VoteOptions(
                with.nickname(),
                with.contact(),
                with.hostname(),
                with.address(),
                with.dirPort(),
                with.orPort(),
                with.timing(),
                with.initialTiming(),
                with.startOffset(),
                with.intervalsValid(),
                with.clientVersions(),
                with.serverVersions(),
                with.parameters(),
                with.maxServersPerAddress(),
                with.ipv6(),
                with.timeToLearnReachability(),
                false);
        VoteHeader theirs =
                Vote.parse(Samples.read("measured/vote-0")).claimed().header();
        SharedRandom.Said said = new SharedRandom.Said(
                theirs.sharedRandomCommits(), theirs.previousSharedRandom(), theirs.currentSharedRandom());
        VoteHeader silent = builder(without)
                .draft(census(without, Optional.empty()), PUBLISHED, said, Map.of(), MicrodescriptorVotes::of)
                .header();
        assertThat(silent.sharedRandomParticipant()).isFalse();
        assertThat(silent.sharedRandomCommits()).isEmpty();
        VoteHeader taking = builder(with)
                .draft(census(with, Optional.empty()), PUBLISHED, said, Map.of(), MicrodescriptorVotes::of)
                .header();
        assertThat(taking.sharedRandomParticipant()).isTrue();
        assertThat(taking.sharedRandomCommits()).isEqualTo(theirs.sharedRandomCommits());
    }

    @Test
    void anAuthorityThatHasJustStartedHasNoOpinionOnWhoIsRunning() throws Exception {
        VoteOptions young = options(Map.of(), Duration.ofMinutes(30));
        VoteBuilder.Draft draft = builder(young)
                .draft(census(young, Optional.empty()), PUBLISHED, SILENCE, Map.of(), MicrodescriptorVotes::of);
        assertThat(draft.header().knownFlags()).doesNotContain("Running");
        assertThat(draft.entries())
                .isNotEmpty()
                .allSatisfy(entry -> assertThat(entry.status().flags().names()).doesNotContain("Running"));
    }

    private static BandwidthFile bandwidths() {
        return BandwidthFile.read(Samples.read("bandwidth-next"), PUBLISHED, problem -> {
            throw new AssertionError(problem);
        });
    }

    private VoteBuilder.Draft draft(Optional<BandwidthFile> bandwidths) throws LocalFailure, Untrusted {
        VoteOptions options = options(
                Map.of(
                        "circwindow", 1000,
                        "hs_pow_v1_default", 0,
                        "cc_alg", 2,
                        "cfx_enabled", 1,
                        "KISTSchedRunInterval", 10,
                        "family_ids", 1),
                Duration.ZERO);
        return builder(options)
                .draft(
                        census(options, bandwidths),
                        Instant.parse("2026-11-20T11:23:00Z"),
                        SILENCE,
                        Map.of(),
                        MicrodescriptorVotes::of);
    }

    private static VoteBuilder builder(VoteOptions options) throws Untrusted {
        return new VoteBuilder(
                options, flags(), Fingerprint.parse("149A92B725F96763C821D7712C8B10E167581258"), Optional.empty());
    }

    private Census census(VoteOptions options, Optional<BandwidthFile> bandwidths) throws LocalFailure, Untrusted {
        SystemDisk disk = new SystemDisk();
        KeyPins pins = KeyPins.load(disk, folder.resolve("pins"));
        Submissions submissions = new Submissions(SubmissionOptions.TESTING, pins, Log.NONE, descriptor -> {});
        submissions.post(Samples.read("server-descriptors"), Samples.TIME);
        RouterStability stability = RouterStability.load(disk, folder.resolve("stability"), PUBLISHED);
        Fingerprint ourselves = Samples.descriptor("a3").fingerprint();
        try (SystemTime time = new SystemTime()) {
            Reachability.Settings settings =
                    new Reachability.Settings(true, true, true, PUBLISHED, Duration.ofHours(2));
            Reachability reachability = new Reachability(
                    time, new ThreadTasks(Log.NONE, 1), Log.NONE, (t, p) -> {}, stability, ourselves, settings);
            for (RouterDescriptor relay : submissions.current(PUBLISHED)) {
                stability.reachable(relay.fingerprint(), PUBLISHED.minusSeconds(54));
            }
            return new CensusTaker(
                            submissions,
                            reachability,
                            stability,
                            BadRelays.NONE,
                            authorities(),
                            flags(),
                            options.maxServersPerAddress(),
                            options.timeToLearnReachability(),
                            PUBLISHED.minusSeconds(60))
                    .take(bandwidths, PUBLISHED);
        }
    }

    private static Set<Fingerprint> authorities() {
        Set<Fingerprint> authorities = new TreeSet<>();
        for (String nickname : List.of("a1", "a2", "a3")) {
            authorities.add(Samples.descriptor(nickname).fingerprint());
        }
        return authorities;
    }

    private static FlagOptions flags() {
        return FlagOptions.testing(FlagOptions.Chosen.ALL, FlagOptions.Chosen.ALL, FlagOptions.Chosen.ALL);
    }

    static VoteOptions options(Map<String, Integer> parameters, Duration timeToLearn) {
        return new VoteOptions(
                "a3",
                "a3@test.example",
                "127.0.0.1",
                Endpoint.parseAddress("127.0.0.1"),
                6103,
                6003,
                TIMING,
                TIMING,
                Duration.ZERO,
                3,
                List.of("0.4.9.11"),
                List.of("0.4.9.11"),
                new TreeMap<>(parameters),
                0,
                true,
                timeToLearn,
                true);
    }
}

package io.allium.authority;

import io.allium.crypto.Fingerprint;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.ConsensusHeader;
import io.allium.netdoc.ConsensusSource;
import io.allium.netdoc.DirectorySource;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.ProtocolDemands;
import io.allium.netdoc.ProtocolVersions;
import io.allium.netdoc.RouterBandwidth;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.SharedRandomValue;
import io.allium.netdoc.Timestamps;
import io.allium.netdoc.Vote;
import io.allium.netdoc.VoteHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * Makes a consensus of votes. All authorities must come to the same bytes, those of C tor among them, so nothing here
 * depends on anything but the votes, how many authorities there are, and the method that the votes agree on.
 *
 * @spec dir-spec 3.8
 */
public final class ConsensusMaker {
    /** kB/s for a relay that too few measured, where parameter {@code maxunmeasuredbw} is not set. */
    private static final int MAX_UNMEASURED = 20;

    /** Where parameter {@code bwweightscale} is not set. */
    private static final int WEIGHT_SCALE = 10_000;

    /** Stands for every time of publication in microdescriptor consensuses, which it would only make larger. */
    private static final Instant NO_PUBLICATION = Timestamps.parse("2038-01-01 00:00:00");

    /** Rounds of voting in a run of the shared random protocol: 12 to commit and 12 to reveal. */
    private static final int SHARED_RANDOM_ROUNDS = 24;

    private final List<Vote> votes;
    private final int authorities;
    private final ConsensusMethod method;
    private final SortedMap<String, Integer> parameters;
    private final FlagVoters flags;
    private final List<RouterVoter.Verdict> verdicts;

    private ConsensusMaker(List<Vote> votes, int authorities) {
        this.votes =
                votes.stream().sorted(Comparator.comparing(Vote::authority)).toList();
        this.authorities = authorities;
        this.method = ConsensusMethod.choose(each(VoteHeader::methods));
        this.parameters = ParameterVoter.agreed(each(VoteHeader::parameters), authorities);
        this.flags = FlagVoters.of(this.votes);
        this.verdicts = verdicts();
    }

    /**
     * The consensuses of these votes, unsigned, in the order of their flavours: they differ in what is written of one
     * verdict on each relay.
     *
     * @param votes at least one, from different authorities
     * @param authorities how many there are, whether they voted or not
     */
    public static List<ConsensusBody> make(List<Vote> votes, int authorities) {
        if (votes.isEmpty() || votes.size() > authorities) {
            throw new IllegalArgumentException(votes.size() + " votes of " + authorities + " authorities");
        }
        ConsensusMaker maker = new ConsensusMaker(votes, authorities);
        return Arrays.stream(ConsensusFlavor.values()).map(maker::make).toList();
    }

    private ConsensusBody make(ConsensusFlavor flavor) {
        return new ConsensusBody(header(flavor), sources(), routers(flavor), weights());
    }

    private ConsensusHeader header(ConsensusFlavor flavor) {
        return new ConsensusHeader(
                flavor,
                method.number(),
                times(),
                VersionVoter.recommended(each(VoteHeader::clientVersions)),
                VersionVoter.recommended(each(VoteHeader::serverVersions)),
                method.atLeast(ConsensusMethod.WITHOUT_PACKAGES)
                        ? List.of()
                        : PackageVoter.agreed(each(VoteHeader::packages)),
                flags.names(),
                protocols(),
                parameters,
                sharedRandom(VoteHeader::previousSharedRandom),
                sharedRandom(VoteHeader::currentSharedRandom));
    }

    private DocumentTimes times() {
        return new DocumentTimes(
                Tally.lowMedian(times(DocumentTimes::validAfter)),
                Tally.lowMedian(times(DocumentTimes::freshUntil)),
                Tally.lowMedian(times(DocumentTimes::validUntil)),
                Tally.lowMedian(times(DocumentTimes::voteDelay)),
                Tally.lowMedian(times(DocumentTimes::distributionDelay)));
    }

    private ProtocolDemands protocols() {
        int recommended = ProtocolVoter.toRecommend(authorities);
        int required = ProtocolVoter.toRequire(authorities);
        return new ProtocolDemands(
                protocols(ProtocolDemands::recommendedClient, recommended),
                protocols(ProtocolDemands::recommendedRelay, recommended),
                protocols(ProtocolDemands::requiredClient, required),
                protocols(ProtocolDemands::requiredRelay, required));
    }

    private ProtocolVersions protocols(Function<ProtocolDemands, ProtocolVersions> list, int needed) {
        return ProtocolVoter.agreed(each(header -> list.apply(header.protocols())), needed);
    }

    private Optional<SharedRandomValue> sharedRandom(Function<VoteHeader, Optional<SharedRandomValue>> value) {
        List<SharedRandomValue> said = votes.stream()
                .map(Vote::header)
                .filter(VoteHeader::sharedRandomParticipant)
                .flatMap(header -> value.apply(header).stream())
                .toList();
        int neededIfFresh = parameters.getOrDefault("AuthDirNumSRVAgreements", authorities * 2 / 3);
        return SharedRandomVoter.agreed(said, authorities, isFirstOfRun(times()), neededIfFresh);
    }

    /** Whether the shared random value of this period is one that was only now computed. */
    private static boolean isFirstOfRun(DocumentTimes times) {
        long interval = Duration.between(times.validAfter(), times.freshUntil()).toSeconds();
        return interval > 0 && times.validAfter().getEpochSecond() / interval % SHARED_RANDOM_ROUNDS == 0;
    }

    /** Every voter, and those who have an older identity once more under that one. */
    private List<ConsensusSource> sources() {
        List<ConsensusSource> sources = new ArrayList<>();
        for (Vote vote : votes) {
            VoteHeader header = vote.header();
            DirectorySource source = header.source();
            sources.add(new ConsensusSource(source, Optional.of(header.contact()), Optional.of(vote.digest())));
            header.legacyIdentity()
                    .map(identity -> legacy(source, identity))
                    .ifPresent(legacy -> sources.add(new ConsensusSource(legacy, Optional.empty(), Optional.empty())));
        }
        sources.sort(Comparator.comparing(source -> source.source().identity()));
        return sources;
    }

    private static DirectorySource legacy(DirectorySource source, Fingerprint identity) {
        return new DirectorySource(
                source.nickname() + "-legacy",
                identity,
                source.hostname(),
                source.address(),
                source.dirPort(),
                source.orPort());
    }

    private List<RouterVoter.Verdict> verdicts() {
        int measuring = (int) votes.stream().filter(ConsensusMaker::measures).count();
        int maxUnmeasured = Math.max(1, parameters.getOrDefault("maxunmeasuredbw", MAX_UNMEASURED));
        RouterVoter voter = new RouterVoter(method, authorities, flags, measuring, maxUnmeasured);
        List<RouterVoter.Verdict> passed = new ArrayList<>();
        for (Listing listing : Listing.collate(votes, authorities)) {
            voter.vote(listing).ifPresent(passed::add);
        }
        return passed;
    }

    private static boolean measures(Vote vote) {
        return vote.routers().stream()
                .flatMap(entry -> entry.status().bandwidth().stream())
                .anyMatch(line -> line.measured().isPresent());
    }

    private List<RouterStatus> routers(ConsensusFlavor flavor) {
        return switch (flavor) {
            case NS -> verdicts.stream().map(RouterVoter.Verdict::status).toList();
            case MICRODESC ->
                verdicts.stream()
                        .filter(verdict -> verdict.microdescriptor().isPresent())
                        .map(this::microdescStatus)
                        .toList();
        };
    }

    private RouterStatus microdescStatus(RouterVoter.Verdict verdict) {
        RouterStatus full = verdict.status();
        boolean timeless = method.atLeast(ConsensusMethod.WITHOUT_MICRODESC_PUBLICATION);
        return new RouterStatus(
                full.nickname(),
                full.fingerprint(),
                Optional.empty(),
                verdict.microdescriptor(),
                timeless ? NO_PUBLICATION : full.published(),
                full.orPort(),
                full.dirPort(),
                full.additionalOrPorts(),
                full.flags(),
                full.version(),
                full.protocols(),
                full.bandwidth(),
                Optional.empty());
    }

    private Map<String, Integer> weights() {
        BandwidthWeights.Totals totals = BandwidthWeights.Totals.NONE;
        for (RouterVoter.Verdict verdict : verdicts) {
            RouterStatus relay = verdict.status();
            boolean usefulExit = relay.has(RouterFlag.EXIT) && !relay.has(RouterFlag.BAD_EXIT);
            long bandwidth = relay.bandwidth().map(RouterBandwidth::bandwidth).orElse(0L);
            OptionalInt young =
                    relay.bandwidth().map(RouterBandwidth::guardFraction).orElse(OptionalInt.empty());
            totals = young.isPresent()
                    ? totals.plusYoungGuard(bandwidth, young.getAsInt(), usefulExit)
                    : totals.plus(bandwidth, relay.has(RouterFlag.GUARD), usefulExit);
        }
        int scale = Math.max(1, parameters.getOrDefault("bwweightscale", WEIGHT_SCALE));
        return BandwidthWeights.of(totals, scale).map(BandwidthWeights::asMap).orElseGet(LinkedHashMap::new);
    }

    private <T> List<T> times(Function<DocumentTimes, T> part) {
        return votes.stream().map(vote -> part.apply(vote.header().times())).toList();
    }

    private <T> List<T> each(Function<VoteHeader, T> part) {
        return votes.stream().map(vote -> part.apply(vote.header())).toList();
    }
}

package io.allium.authority;

import io.allium.crypto.Fingerprint;
import io.allium.netdoc.DirectorySource;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.FlagSet;
import io.allium.netdoc.ProtocolDemands;
import io.allium.netdoc.ProtocolVersions;
import io.allium.netdoc.RouterBandwidth;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterDetails;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.VoteEntry;
import io.allium.netdoc.VoteHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what this authority thinks of the network: the contents of its vote.
 *
 * @param identity our v3 identity
 * @param legacyIdentity the one that we had before
 * @spec dir-spec 3.4.1
 */
record VoteBuilder(
        VoteOptions options, FlagOptions flagOptions, Fingerprint identity, Optional<Fingerprint> legacyIdentity) {

    /**
     * What we tell clients and relays to speak, and what they cannot do without. No option changes it, for the network
     * stops where authorities differ: these are the demands of C tor 0.4.9.
     */
    static final ProtocolDemands PROTOCOLS = new ProtocolDemands(
            ProtocolVersions.of("Cons=2 Desc=2 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4 HSRend=2 Link=4-5 Microdesc=2"
                    + " Relay=2-4"),
            ProtocolVersions.of("Cons=2 Desc=2 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 HSRend=2 Link=4-5 LinkAuth=3"
                    + " Microdesc=2 Relay=2-4"),
            ProtocolVersions.of("Cons=2 Desc=2 FlowCtrl=1 Link=4 Microdesc=2 Relay=2"),
            ProtocolVersions.of("Cons=2 Desc=2 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 HSRend=2 Link=4-5 LinkAuth=3"
                    + " Microdesc=2 Relay=2-4"));

    /** Longer versions are left out; dir-spec 3.4.1. */
    private static final int VERSION_MAX = 121;

    /** Votes with parameters tell this one too, so that outsiders know which relays are let in. */
    private static final String MAX_SERVERS_PARAMETER = "AuthDirMaxServersPerAddr";

    /** The contents of a vote, not yet signed. */
    record Draft(VoteHeader header, List<VoteEntry> entries) {}

    /**
     * @param guardFractions for how much of the time a guard has been one, in percent, if somebody counts that for us
     * @param microdescriptors what is voted on a descriptor's microdescriptors
     */
    Draft draft(
            Census census,
            Instant validAfter,
            SharedRandom.Said said,
            Map<Fingerprint, Integer> guardFractions,
            Function<RouterDescriptor, MicrodescriptorVotes> microdescriptors) {
        Flags flags = new Flags(census.thresholds(), flagOptions);
        List<VoteEntry> entries = new ArrayList<>();
        for (Census.Counted relay : census.relays()) {
            entries.add(entry(relay, flags, census, guardFractions, microdescriptors.apply(relay.descriptor())));
        }
        return new Draft(header(census, validAfter, said), entries);
    }

    private VoteHeader header(Census census, Instant validAfter, SharedRandom.Said known) {
        SharedRandom.Said said = options.sharedRandomness() ? known : SharedRandom.Said.NOTHING;
        return new VoteHeader(
                ConsensusMethod.supported().stream()
                        .map(ConsensusMethod::number)
                        .toList(),
                census.taken(),
                times(validAfter),
                VersionVoter.distinct(options.clientVersions()),
                VersionVoter.distinct(options.serverVersions()),
                List.of(),
                Flags.known(flagOptions, census.votesOnRunning()).names(),
                census.thresholds().asMap(),
                PROTOCOLS,
                parameters(),
                census.bandwidths().map(file -> String.join(" ", file.headers())),
                census.bandwidths().map(BandwidthFile::digest),
                source(),
                options.contact(),
                legacyIdentity,
                options.sharedRandomness(),
                said.commits(),
                said.previous(),
                said.current());
    }

    private DocumentTimes times(Instant validAfter) {
        VotingSchedule.Timing timing = options.timing();
        Duration valid = timing.interval().multipliedBy(options.intervalsValid());
        return new DocumentTimes(
                validAfter,
                validAfter.plus(timing.interval()),
                validAfter.plus(valid),
                timing.voteDelay(),
                timing.distDelay());
    }

    private SortedMap<String, Integer> parameters() {
        SortedMap<String, Integer> parameters = new TreeMap<>(ParameterVoter.ORDER);
        parameters.putAll(options.parameters());
        if (!parameters.isEmpty()) {
            parameters.put(MAX_SERVERS_PARAMETER, options.maxServersPerAddress());
        }
        return parameters;
    }

    private DirectorySource source() {
        return new DirectorySource(
                options.nickname(),
                identity,
                options.hostname(),
                options.address(),
                options.dirPort(),
                options.orPort());
    }

    private VoteEntry entry(
            Census.Counted relay,
            Flags flags,
            Census census,
            Map<Fingerprint, Integer> guardFractions,
            MicrodescriptorVotes microdescriptors) {
        RouterDescriptor descriptor = relay.descriptor();
        return new VoteEntry(
                status(
                        relay,
                        known(flags.of(descriptor, relay.facts()), census),
                        guardFraction(guardFractions.get(descriptor.fingerprint()))),
                Optional.of(descriptor.identity()),
                Optional.of(stats(relay.track(), census.taken())),
                microdescriptors.votes());
    }

    /** Without Running where we cannot know. */
    private static FlagSet known(FlagSet flags, Census census) {
        List<String> names = new ArrayList<>(flags.names());
        if (!census.votesOnRunning()) {
            names.remove(RouterFlag.RUNNING.text());
        }
        return FlagSet.ofNames(names);
    }

    private static OptionalInt guardFraction(@Nullable Integer percent) {
        return percent == null ? OptionalInt.empty() : OptionalInt.of(percent);
    }

    private RouterStatus status(Census.Counted relay, FlagSet flags, OptionalInt guardFraction) {
        RouterDescriptor descriptor = relay.descriptor();
        RouterDetails details = descriptor.details();
        return RouterStatus.of(
                descriptor,
                relay.ipv6().stream().toList(),
                flags,
                version(details),
                details.protocols(),
                bandwidth(relay.facts()).withGuardFraction(guardFraction));
    }

    /** {@code Tor 0.4.9.11} of {@code Tor 0.4.9.11 on Linux}; other software is not named. */
    static Optional<String> version(RouterDetails details) {
        return details.platform()
                .filter(platform -> platform.startsWith("Tor "))
                .map(platform -> platform.split(" ", 3))
                .map(words -> words[0] + " " + words[1])
                .filter(version -> version.length() < VERSION_MAX);
    }

    /** An authority is not measured, so that clients leave its bandwidth to its own work. */
    private static RouterBandwidth bandwidth(RelayFacts facts) {
        OptionalLong measured = facts.authority() || facts.measured().isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(facts.measured().get());
        return new RouterBandwidth(facts.advertised(), measured, false);
    }

    private static String stats(Track track, Instant now) {
        return String.format(
                Locale.ROOT,
                "wfu=%.6f tk=%d mtbf=%.0f",
                track.fractionalUptime(now),
                track.timeKnown(now),
                track.meanTimeBetweenFailures(now));
    }
}

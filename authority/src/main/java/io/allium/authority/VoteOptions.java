package io.allium.authority;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an authority says of itself and of the network as a whole; each component names the torrc option that it holds.
 *
 * @param nickname {@code Nickname}
 * @param contact {@code ContactInfo}, or {@code (none)}
 * @param hostname {@code Address} where that is a name, or else the address again
 * @param address {@code Address}
 * @param dirPort {@code DirPort}
 * @param orPort {@code ORPort}
 * @param timing {@code V3AuthVotingInterval}, {@code V3AuthVoteDelay}, {@code V3AuthDistDelay}: what we vote for
 * @param initialTiming {@code TestingV3AuthInitialVotingInterval} and its delays: what holds without a live consensus
 * @param startOffset {@code TestingV3AuthVotingStartOffset}
 * @param intervalsValid {@code V3AuthNIntervalsValid}
 * @param clientVersions {@code RecommendedClientVersions}; none unless {@code VersioningAuthoritativeDirectory}
 * @param serverVersions {@code RecommendedServerVersions}; likewise
 * @param parameters {@code ConsensusParams}
 * @param maxServersPerAddress {@code AuthDirMaxServersPerAddr}; 0 for no limit
 * @param ipv6 {@code AuthDirHasIPv6Connectivity}
 * @param timeToLearnReachability {@code TestingAuthDirTimeToLearnReachability}: no opinion on Running before
 * @param sharedRandomness {@code AuthDirSharedRandomness}: whether our votes take part in the shared random value
 */
public record VoteOptions(
        String nickname,
        String contact,
        String hostname,
        InetAddress address,
        int dirPort,
        int orPort,
        VotingSchedule.Timing timing,
        VotingSchedule.Timing initialTiming,
        Duration startOffset,
        int intervalsValid,
        List<String> clientVersions,
        List<String> serverVersions,
        SortedMap<String, Integer> parameters,
        int maxServersPerAddress,
        boolean ipv6,
        Duration timeToLearnReachability,
        boolean sharedRandomness) {

    public VoteOptions {
        clientVersions = List.copyOf(clientVersions);
        serverVersions = List.copyOf(serverVersions);
        SortedMap<String, Integer> sorted = new TreeMap<>(ParameterVoter.ORDER);
        sorted.putAll(parameters);
        parameters = sorted;
    }
}

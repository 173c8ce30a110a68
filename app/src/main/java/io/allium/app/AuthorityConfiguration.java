package io.allium.app;

import io.allium.authority.AuthorityOptions;
import io.allium.authority.BadRelays;
import io.allium.authority.FlagOptions;
import io.allium.authority.RelaySet;
import io.allium.authority.SubmissionOptions;
import io.allium.authority.TorVersion;
import io.allium.authority.VoteOptions;
import io.allium.authority.VotingSchedule;
import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the options say to a directory authority, in the words of its module. */
final class AuthorityConfiguration {
    private final Options options;

    private AuthorityConfiguration(Options options) {
        this.options = options;
    }

    /**
     * @param orPort where others reach us
     * @param dirPort where they reach our directory
     */
    static AuthorityOptions of(Options options, Path dataDirectory, Endpoint orPort, Endpoint dirPort)
            throws LocalFailure {
        AuthorityConfiguration configuration = new AuthorityConfiguration(options);
        return new AuthorityOptions(
                dataDirectory,
                ClientConfiguration.authorities(options),
                options.flag("AssumeReachable") || !options.flag("AuthDirTestReachability"),
                options.file("V3BandwidthsFile"),
                configuration.vote(orPort, dirPort),
                configuration.flags(),
                configuration.submissions(),
                BadRelays.NONE);
    }

    private VoteOptions vote(Endpoint orPort, Endpoint dirPort) throws LocalFailure {
        String address = Endpoint.text(orPort.address());
        RecommendedVersions versions = RecommendedVersions.of(options);
        return new VoteOptions(
                options.text("Nickname").orElse("Unnamed"),
                options.text("ContactInfo").orElse("(none)"),
                address,
                orPort.address(),
                dirPort.port(),
                orPort.port(),
                timing("V3Auth", ""),
                options.flag("TestingTorNetwork") ? timing("TestingV3Auth", "Initial") : timing("V3Auth", ""),
                options.interval("TestingV3AuthVotingStartOffset"),
                options.integer("V3AuthNIntervalsValid"),
                versions.clients(),
                versions.servers(),
                parameters(),
                options.integer("AuthDirMaxServersPerAddr"),
                options.flag("AuthDirHasIPv6Connectivity"),
                options.interval("TestingAuthDirTimeToLearnReachability"));
    }

    private VotingSchedule.Timing timing(String prefix, String initial) {
        return new VotingSchedule.Timing(
                options.interval(prefix + initial + "VotingInterval"),
                options.interval(prefix + initial + "VoteDelay"),
                options.interval(prefix + initial + "DistDelay"));
    }

    private SortedMap<String, Integer> parameters() throws LocalFailure {
        SortedMap<String, Integer> parameters = new TreeMap<>();
        for (String line : options.lines("ConsensusParams")) {
            for (String word : line.strip().split("\\s+")) {
                if (!word.matches("[A-Za-z0-9_-]+=-?[0-9]{1,10}")) {
                    throw new LocalFailure("ConsensusParams: '" + word + "' is not NAME=NUMBER");
                }
                int equals = word.indexOf('=');
                parameters.put(word.substring(0, equals), (int) Long.parseLong(word.substring(equals + 1)));
            }
        }
        return parameters;
    }

    private FlagOptions flags() throws LocalFailure {
        FlagOptions usual = FlagOptions.DEFAULTS;
        boolean testing = options.flag("TestingTorNetwork");
        return new FlagOptions(
                testing,
                options.flag("AuthDirListBadExits"),
                options.flag("AuthDirListMiddleOnly"),
                options.bytes("AuthDirFastGuarantee"),
                options.bytes("AuthDirGuardBWGuarantee"),
                options.number("AuthDirVoteGuardBwThresholdFraction"),
                options.interval("AuthDirVoteStableGuaranteeMinUptime"),
                options.interval("AuthDirVoteStableGuaranteeMTBF"),
                options.interval("AuthDirVoteGuardGuaranteeTimeKnown"),
                options.number("AuthDirVoteGuardGuaranteeWFU"),
                options.integer("MinMeasuredBWsForAuthToIgnoreAdvertised"),
                options.interval("MinUptimeHidServDirectoryV2"),
                usual.fastFlagMin(),
                usual.fastFlagMax(),
                options.bytes("TestingMinFastFlagThreshold"),
                options.bytes("TestingMinExitFlagThreshold"),
                chosen("TestingDirAuthVoteExit"),
                testing && options.isSet("TestingDirAuthVoteGuard")
                        ? chosen("TestingDirAuthVoteGuard")
                        : new FlagOptions.Chosen(relays("AuthDirVoteGuard"), false),
                chosen("TestingDirAuthVoteHSDir"));
    }

    private FlagOptions.Chosen chosen(String option) throws LocalFailure {
        return new FlagOptions.Chosen(relays(option), options.flag(option + "IsStrict"));
    }

    private SubmissionOptions submissions() throws LocalFailure {
        String minimal = options.text("MinimalAcceptedServerVersion").orElse("0.4.8.0-alpha-dev");
        TorVersion version = TorVersion.parse(minimal)
                .orElseThrow(() -> new LocalFailure("MinimalAcceptedServerVersion: '" + minimal + "' is no version"));
        return new SubmissionOptions(
                version,
                options.flag("DirAllowPrivateAddresses"),
                options.flag("AuthDirPinKeys"),
                relay -> false,
                relay -> false);
    }

    /** Fingerprints, nicknames, or {@code *} for all. */
    private RelaySet relays(String option) throws LocalFailure {
        Set<String> named = new TreeSet<>();
        for (String item : options.list(option)) {
            String name = item.strip();
            if (name.equals("*")) {
                return relay -> true;
            }
            boolean fingerprint = name.matches("\\$?[0-9A-Fa-f]{40}");
            if (!fingerprint && !name.matches("[A-Za-z0-9]{1,19}")) {
                throw new LocalFailure(option + ": '" + name
                        + "' is not a fingerprint, a nickname or *; addresses and countries are not supported yet");
            }
            named.add(name.replace("$", "").toLowerCase(Locale.ROOT));
        }
        return relay -> named.contains(relay.fingerprint().hex().toLowerCase(Locale.ROOT))
                || named.contains(relay.nickname().toLowerCase(Locale.ROOT));
    }
}

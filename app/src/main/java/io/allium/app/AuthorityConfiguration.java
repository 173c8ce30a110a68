package io.allium.app;

import io.allium.authority.ApprovedRouters.Verdict;
import io.allium.authority.AuthorityOptions;
import io.allium.authority.BadRelays;
import io.allium.authority.FlagOptions;
import io.allium.authority.RelayPatterns;
import io.allium.authority.RelaySet;
import io.allium.authority.SubmissionOptions;
import io.allium.authority.TorVersion;
import io.allium.authority.Verdicts;
import io.allium.authority.VoteOptions;
import io.allium.authority.VotingSchedule;
import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the options say to a directory authority, in the words of its module. */
final class AuthorityConfiguration {
    private final Options options;

    private AuthorityConfiguration(Options options) {
        this.options = options;
    }

    /**
     * @param orPort where others reach us
     * @param dirPort where they reach our directory
     * @param approved what the operator's file says of single relays
     */
    static AuthorityOptions of(
            Options options, Path dataDirectory, Endpoint orPort, Endpoint dirPort, Verdicts approved)
            throws LocalFailure {
        AuthorityConfiguration configuration = new AuthorityConfiguration(options);
        return new AuthorityOptions(
                dataDirectory,
                ClientConfiguration.authorities(options),
                options.flag("AuthDirTestReachability"),
                options.flag("AuthDirTestEd25519LinkKeys"),
                options.file("V3BandwidthsFile"),
                options.file("GuardfractionFile"),
                configuration.vote(orPort, dirPort),
                configuration.flags(),
                configuration.submissions(approved),
                new BadRelays(
                        relays(options, "AuthDirBadExit").or(approved.with(Verdict.BAD_EXIT)),
                        relays(options, "AuthDirMiddleOnly").or(approved.with(Verdict.MIDDLE_ONLY)),
                        approved.stripped()));
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
                options.interval("TestingAuthDirTimeToLearnReachability"),
                options.flag("AuthDirSharedRandomness"));
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
                        : new FlagOptions.Chosen(relays(options, "AuthDirVoteGuard"), false),
                chosen("TestingDirAuthVoteHSDir"));
    }

    private FlagOptions.Chosen chosen(String option) throws LocalFailure {
        return new FlagOptions.Chosen(relays(options, option), options.flag(option + "IsStrict"));
    }

    private SubmissionOptions submissions(Verdicts approved) throws LocalFailure {
        String minimal = options.text("MinimalAcceptedServerVersion").orElse("0.4.8.0-alpha-dev");
        TorVersion version = TorVersion.parse(minimal)
                .orElseThrow(() -> new LocalFailure("MinimalAcceptedServerVersion: '" + minimal + "' is no version"));
        return new SubmissionOptions(
                version,
                options.flag("DirAllowPrivateAddresses"),
                options.flag("AuthDirPinKeys"),
                relays(options, "AuthDirReject").or(approved.with(Verdict.REJECT)),
                relays(options, "AuthDirInvalid").or(approved.with(Verdict.INVALID)));
    }

    /** The relays that this option names. */
    static RelaySet relays(Options options, String option) throws LocalFailure {
        try {
            return RelayPatterns.parse(options.lines(option));
        } catch (LocalFailure malformed) {
            throw malformed.in(option);
        }
    }
}

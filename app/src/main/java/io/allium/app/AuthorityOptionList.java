package io.allium.app;

import static io.allium.app.Option.Effect.REFUSED;
import static io.allium.app.Option.Effect.WORKS;
import static io.allium.app.Option.option;
import static io.allium.app.OptionType.BOOLEAN;
import static io.allium.app.OptionType.COMMA_LIST;
import static io.allium.app.OptionType.DATA_SIZE;
import static io.allium.app.OptionType.FILENAME;
import static io.allium.app.OptionType.FLOAT;
import static io.allium.app.OptionType.INTEGER;
import static io.allium.app.OptionType.LINE_LIST;
import static io.allium.app.OptionType.ROUTER_LIST;
import static io.allium.app.OptionType.SIGNED_INTEGER;
import static io.allium.app.OptionType.STRING;
import static io.allium.app.OptionType.TIME_INTERVAL;

import java.util.List;

/** How a directory authority judges relays and votes. */
final class AuthorityOptionList {
    private AuthorityOptionList() {}

    static final List<Option> LIST = List.of(
            option("AuthoritativeDirectory", BOOLEAN, "0", WORKS, "Be a directory authority."),
            option("BridgeAuthoritativeDir", BOOLEAN, "0", WORKS, "Be the authority of bridges."),
            option("V3AuthoritativeDirectory", BOOLEAN, "0", WORKS, "Vote on the consensus."),
            option("AuthDirBadExit", LINE_LIST, null, WORKS, "Relays to mark as bad exits."),
            option("AuthDirMiddleOnly", LINE_LIST, null, WORKS, "Relays to use in the middle only."),
            option(
                    "AuthDirFastGuarantee",
                    DATA_SIZE,
                    "100 KB",
                    WORKS,
                    "From which bandwidth on a relay is fast in any case."),
            option(
                    "AuthDirGuardBWGuarantee",
                    DATA_SIZE,
                    "2 MB",
                    WORKS,
                    "From which bandwidth on a relay may be a guard in any case."),
            option("AuthDirHasIPv6Connectivity", BOOLEAN, "0", WORKS, "Test relays over IPv6 too."),
            option("AuthDirInvalid", LINE_LIST, null, WORKS, "Relays to mark as not valid."),
            option("AuthDirListBadExits", BOOLEAN, "0", WORKS, "Have an opinion on which relays are bad exits."),
            option(
                    "AuthDirListMiddleOnly",
                    BOOLEAN,
                    "0",
                    WORKS,
                    "Have an opinion on which relays are for the middle only."),
            option("AuthDirMaxServersPerAddr", INTEGER, "2", WORKS, "How many relays one address may have.")
                    .inTesting("0"),
            option(
                    "AuthDirPinKeys",
                    BOOLEAN,
                    "1",
                    WORKS,
                    "Refuse a relay whose RSA and Ed25519 identities were seen with others."),
            option("AuthDirReject", LINE_LIST, null, WORKS, "Relays to refuse."),
            option("AuthDirRejectRequestsUnderLoad", BOOLEAN, "1", WORKS, "Refuse directory requests under load."),
            option("AuthDirBadExitCCs", COMMA_LIST, "", REFUSED, "Countries whose exits are bad."),
            option("AuthDirInvalidCCs", COMMA_LIST, "", REFUSED, "Countries whose relays are not valid."),
            option("AuthDirMiddleOnlyCCs", COMMA_LIST, "", REFUSED, "Countries whose relays are for the middle only."),
            option("AuthDirRejectCCs", COMMA_LIST, "", REFUSED, "Countries whose relays are refused."),
            option("AuthDirSharedRandomness", BOOLEAN, "1", WORKS, "Take part in the shared random value."),
            option("AuthDirTestEd25519LinkKeys", BOOLEAN, "1", WORKS, "Test relays' Ed25519 link keys."),
            option("AuthDirTestReachability", BOOLEAN, "1", WORKS, "Test whether relays can be reached."),
            option("AuthDirVoteGuard", ROUTER_LIST, "", WORKS, "Relays to vote Guard for in any case."),
            option(
                    "AuthDirVoteGuardBwThresholdFraction",
                    FLOAT,
                    "0.75",
                    WORKS,
                    "Which share of the fastest relays may be guards."),
            option(
                    "AuthDirVoteGuardGuaranteeTimeKnown",
                    TIME_INTERVAL,
                    "8 days",
                    WORKS,
                    "How long a relay must be known to be a guard in any case."),
            option(
                    "AuthDirVoteGuardGuaranteeWFU",
                    FLOAT,
                    "0.98",
                    WORKS,
                    "Which uptime makes a relay a guard in any case."),
            option(
                    "AuthDirVoteStableGuaranteeMinUptime",
                    TIME_INTERVAL,
                    "30 days",
                    WORKS,
                    "Which uptime makes a relay stable in any case."),
            option(
                    "AuthDirVoteStableGuaranteeMTBF",
                    TIME_INTERVAL,
                    "5 days",
                    WORKS,
                    "Which time between failures makes a relay stable in any case."),
            option(
                    "BridgePassword",
                    STRING,
                    null,
                    WORKS,
                    "The password for asking the bridge authority about bridges."),
            option("ConsensusParams", LINE_LIST, null, WORKS, "Network parameters to vote for."),
            option("DirAllowPrivateAddresses", BOOLEAN, "0", WORKS, "Accept descriptors with private addresses.")
                    .inTesting("1"),
            option("GuardfractionFile", FILENAME, null, WORKS, "For how long guards have been guards, to vote on."),
            option(
                    "MinMeasuredBWsForAuthToIgnoreAdvertised",
                    SIGNED_INTEGER,
                    "500",
                    WORKS,
                    "How many measured relays make advertised bandwidths irrelevant."),
            option(
                            "MinUptimeHidServDirectoryV2",
                            TIME_INTERVAL,
                            "96 hours",
                            WORKS,
                            "How long a relay must be up to store onion service descriptors.")
                    .inTesting("0 minutes"),
            option("RecommendedClientVersions", LINE_LIST, null, WORKS, "Versions to recommend to clients."),
            option("RecommendedServerVersions", LINE_LIST, null, WORKS, "Versions to recommend to relays."),
            option("RecommendedVersions", LINE_LIST, null, WORKS, "Versions to recommend to both."),
            option(
                    "MinimalAcceptedServerVersion",
                    STRING,
                    "0.4.8.0-alpha-dev",
                    WORKS,
                    "The oldest version of a relay to accept."),
            option(
                            "V3AuthDistDelay",
                            TIME_INTERVAL,
                            "5 minutes",
                            WORKS,
                            "How long after the votes the signatures are exchanged.")
                    .inTesting("20 seconds"),
            option("V3AuthNIntervalsValid", INTEGER, "3", WORKS, "For how many intervals a consensus is valid."),
            option("V3AuthUseLegacyKey", BOOLEAN, "0", WORKS, "Sign consensuses under the former identity too."),
            option(
                            "V3AuthVoteDelay",
                            TIME_INTERVAL,
                            "5 minutes",
                            WORKS,
                            "How long before the consensus votes are exchanged.")
                    .inTesting("20 seconds"),
            option("V3AuthVotingInterval", TIME_INTERVAL, "1 hour", WORKS, "How often there is a new consensus.")
                    .inTesting("5 minutes"),
            option("V3BandwidthsFile", FILENAME, null, WORKS, "Where measured bandwidths come from."),
            option("VersioningAuthoritativeDirectory", BOOLEAN, "0", WORKS, "Have an opinion on versions."));
}

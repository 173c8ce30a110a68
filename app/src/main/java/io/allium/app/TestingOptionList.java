package io.allium.app;

import static io.allium.app.Option.Effect.NOT_YET;
import static io.allium.app.Option.Effect.WORKS;
import static io.allium.app.Option.option;
import static io.allium.app.OptionType.BOOLEAN;
import static io.allium.app.OptionType.DATA_SIZE;
import static io.allium.app.OptionType.ROUTER_LIST;
import static io.allium.app.OptionType.TIME_INTERVAL;

import java.util.List;

/** What only private networks set. */
final class TestingOptionList {
    private TestingOptionList() {}

    static final List<Option> LIST = List.of(
            option(
                            "TestingTorNetwork",
                            BOOLEAN,
                            "0",
                            WORKS,
                            "Be part of a private network: other defaults, other limits.")
                    .fixed(),
            option(
                            "TestingAuthDirTimeToLearnReachability",
                            TIME_INTERVAL,
                            "30 minutes",
                            WORKS,
                            "How long after its start an authority believes every relay.")
                    .inTesting("0 minutes"),
            option(
                    "TestingAuthKeyLifetime",
                    TIME_INTERVAL,
                    "2 days",
                    NOT_YET,
                    "How long a link authentication key is valid."),
            option("TestingAuthKeySlop", TIME_INTERVAL, "3 hours", NOT_YET, "How long before its end it is replaced."),
            option(
                            "TestingBridgeBootstrapDownloadInitialDelay",
                            TIME_INTERVAL,
                            "0",
                            NOT_YET,
                            "How long to wait before fetching a bridge's descriptor at first.")
                    .inTesting("0"),
            option(
                            "TestingBridgeDownloadInitialDelay",
                            TIME_INTERVAL,
                            "10800",
                            NOT_YET,
                            "How long to wait before fetching a bridge's descriptor again.")
                    .inTesting("10"),
            option(
                            "TestingClientConsensusDownloadInitialDelay",
                            TIME_INTERVAL,
                            "0",
                            NOT_YET,
                            "How long a client waits before fetching a consensus.")
                    .inTesting("0"),
            option(
                            "TestingClientDownloadInitialDelay",
                            TIME_INTERVAL,
                            "0",
                            NOT_YET,
                            "How long a client waits before fetching other documents.")
                    .inTesting("0"),
            option(
                            "TestingClientMaxIntervalWithoutRequest",
                            TIME_INTERVAL,
                            "10 minutes",
                            NOT_YET,
                            "How long a client collects documents to ask for at once.")
                    .inTesting("5 seconds"),
            option("TestingDirAuthVoteExit", ROUTER_LIST, "", WORKS, "Relays to vote Exit for in any case."),
            option("TestingDirAuthVoteExitIsStrict", BOOLEAN, "0", WORKS, "Vote Exit for no others."),
            option("TestingDirAuthVoteGuard", ROUTER_LIST, "", WORKS, "Relays to vote Guard for in any case."),
            option("TestingDirAuthVoteGuardIsStrict", BOOLEAN, "0", WORKS, "Vote Guard for no others."),
            option("TestingDirAuthVoteHSDir", ROUTER_LIST, "", WORKS, "Relays to vote HSDir for in any case."),
            option("TestingDirAuthVoteHSDirIsStrict", BOOLEAN, "0", WORKS, "Vote HSDir for no others."),
            option(
                            "TestingDirConnectionMaxStall",
                            TIME_INTERVAL,
                            "5 minutes",
                            NOT_YET,
                            "How long a directory request may stall.")
                    .inTesting("30 seconds"),
            option("TestingEnableCellStatsEvent", BOOLEAN, "0", WORKS, "Allow the control event CELL_STATS.")
                    .inTesting("1")
                    .live(),
            option("TestingEnableConnBwEvent", BOOLEAN, "0", WORKS, "Allow the control event CONN_BW.")
                    .inTesting("1")
                    .live(),
            option(
                    "TestingLinkCertLifetime",
                    TIME_INTERVAL,
                    "2 days",
                    NOT_YET,
                    "How long a link certificate is valid."),
            option("TestingLinkKeySlop", TIME_INTERVAL, "3 hours", NOT_YET, "How long before its end it is replaced."),
            option("TestingMinExitFlagThreshold", DATA_SIZE, "0", WORKS, "The least bandwidth for the Exit flag."),
            option("TestingMinFastFlagThreshold", DATA_SIZE, "0", WORKS, "The least bandwidth for the Fast flag."),
            option(
                            "TestingMinTimeToReportBandwidth",
                            TIME_INTERVAL,
                            "1 day",
                            NOT_YET,
                            "How long a relay measures before it publishes its bandwidth.")
                    .inTesting("0 seconds"),
            option(
                            "TestingServerConsensusDownloadInitialDelay",
                            TIME_INTERVAL,
                            "0",
                            NOT_YET,
                            "How long a relay waits before fetching a consensus.")
                    .inTesting("0"),
            option(
                            "TestingServerDownloadInitialDelay",
                            TIME_INTERVAL,
                            "0",
                            NOT_YET,
                            "How long a relay waits before fetching other documents.")
                    .inTesting("0"),
            option(
                    "TestingSigningKeySlop",
                    TIME_INTERVAL,
                    "1 day",
                    WORKS,
                    "How long before its end a signing key is replaced."),
            option(
                            "TestingV3AuthInitialDistDelay",
                            TIME_INTERVAL,
                            "5 minutes",
                            WORKS,
                            "V3AuthDistDelay until the first consensus.")
                    .inTesting("20 seconds"),
            option(
                            "TestingV3AuthInitialVoteDelay",
                            TIME_INTERVAL,
                            "5 minutes",
                            WORKS,
                            "V3AuthVoteDelay until the first consensus.")
                    .inTesting("20 seconds"),
            option(
                            "TestingV3AuthInitialVotingInterval",
                            TIME_INTERVAL,
                            "30 minutes",
                            WORKS,
                            "V3AuthVotingInterval until the first consensus.")
                    .inTesting("150 seconds"),
            option(
                    "TestingV3AuthVotingStartOffset",
                    TIME_INTERVAL,
                    "0",
                    WORKS,
                    "By how much voting intervals are shifted against the clock."));
}

package io.allium.authority;

import java.time.Duration;

/**
 * What decides about flags besides the network itself; each component names the torrc option or consensus parameter
 * that it holds. Bandwidths in bytes a second.
 *
 * @param testingNetwork {@code TestingTorNetwork}
 * @param listBadExits {@code AuthDirListBadExits}
 * @param listMiddleOnly {@code AuthDirListMiddleOnly}
 * @param fastGuarantee {@code AuthDirFastGuarantee}; 0 for none
 * @param guardBandwidthGuarantee {@code AuthDirGuardBWGuarantee}; 0 for none
 * @param guardBandwidthFraction {@code AuthDirVoteGuardBwThresholdFraction}
 * @param guaranteedUptime {@code AuthDirVoteStableGuaranteeMinUptime}
 * @param guaranteedMtbf {@code AuthDirVoteStableGuaranteeMTBF}
 * @param guaranteedTimeKnown {@code AuthDirVoteGuardGuaranteeTimeKnown}
 * @param guaranteedWfu {@code AuthDirVoteGuardGuaranteeWFU}
 * @param minMeasured {@code MinMeasuredBWsForAuthToIgnoreAdvertised}
 * @param hsDirUptime {@code MinUptimeHidServDirectoryV2}
 * @param fastFlagMin consensus parameter {@code FastFlagMinThreshold}
 * @param fastFlagMax consensus parameter {@code FastFlagMaxThreshold}
 * @param testingMinFastFlagThreshold {@code TestingMinFastFlagThreshold}
 * @param testingMinExitFlagThreshold {@code TestingMinExitFlagThreshold}
 * @param voteExit {@code TestingDirAuthVoteExit}
 * @param voteGuard {@code AuthDirVoteGuard}, or {@code TestingDirAuthVoteGuard} in a testing network
 * @param voteHsDir {@code TestingDirAuthVoteHSDir}
 */
public record FlagOptions(
        boolean testingNetwork,
        boolean listBadExits,
        boolean listMiddleOnly,
        long fastGuarantee,
        long guardBandwidthGuarantee,
        double guardBandwidthFraction,
        Duration guaranteedUptime,
        Duration guaranteedMtbf,
        Duration guaranteedTimeKnown,
        double guaranteedWfu,
        int minMeasured,
        Duration hsDirUptime,
        long fastFlagMin,
        long fastFlagMax,
        long testingMinFastFlagThreshold,
        long testingMinExitFlagThreshold,
        Chosen voteExit,
        Chosen voteGuard,
        Chosen voteHsDir) {

    /** C tor's values where nothing is configured. */
    public static final FlagOptions DEFAULTS = new FlagOptions(
            false,
            false,
            false,
            100 << 10,
            2 << 20,
            0.75,
            Duration.ofDays(30),
            Duration.ofDays(5),
            Duration.ofDays(8),
            0.98,
            500,
            Duration.ofDays(4),
            4,
            Integer.MAX_VALUE,
            0,
            0,
            Chosen.NONE,
            Chosen.NONE,
            Chosen.NONE);

    /** C tor's values in a testing network that gives these flags to everybody chosen. */
    public static FlagOptions testing(Chosen voteExit, Chosen voteGuard, Chosen voteHsDir) {
        FlagOptions d = DEFAULTS;
        return new FlagOptions(
                true,
                d.listBadExits,
                d.listMiddleOnly,
                d.fastGuarantee,
                d.guardBandwidthGuarantee,
                d.guardBandwidthFraction,
                d.guaranteedUptime,
                d.guaranteedMtbf,
                d.guaranteedTimeKnown,
                d.guaranteedWfu,
                d.minMeasured,
                Duration.ZERO,
                d.fastFlagMin,
                d.fastFlagMax,
                0,
                0,
                voteExit,
                voteGuard,
                voteHsDir);
    }

    /**
     * Relays that get a flag whatever they are like.
     *
     * @param relays those
     * @param strict whether nobody else gets it (the option's {@code IsStrict})
     */
    public record Chosen(RelaySet relays, boolean strict) {
        public static final Chosen NONE = new Chosen(relay -> false, false);

        /** Everybody: {@code *}. */
        public static final Chosen ALL = new Chosen(relay -> true, false);
    }
}

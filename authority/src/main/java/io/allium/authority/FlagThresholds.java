package io.allium.authority;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a relay needs for Stable, Fast and Guard, measured on the network that we see.
 *
 * @param stableUptime seconds, while we have not watched for long
 * @param stableMtbf seconds between failures, once we have
 * @param fast kB/s
 * @param guardWfu fraction of the time, 0 to 1
 * @param guardTimeKnown seconds
 * @param guardBandwidth kB/s among all relays
 * @param guardBandwidthWithoutExits kB/s among those that are no exits
 * @param enoughMtbf whether we have watched for long enough
 * @param ignoringAdvertised whether relays that nobody measured count as having no bandwidth
 * @spec dir-spec 3.4.2
 */
record FlagThresholds(
        long stableUptime,
        double stableMtbf,
        long fast,
        double guardWfu,
        long guardTimeKnown,
        long guardBandwidth,
        long guardBandwidthWithoutExits,
        boolean enoughMtbf,
        boolean ignoringAdvertised) {

    /** A relay with less does not count, outside of testing networks; kB/s. */
    private static final long COUNTED_MIN = 4;

    /**
     * Where the slowest eighth is slower than this, the slowest quarter is not Fast: half of what a relay needs at all
     * (75 KiB/s), in kB/s.
     */
    private static final long FAST_DESIRED = 75 * 1024 / 2000;

    /** Measures the network. */
    static FlagThresholds measure(List<RelayFacts> all, FlagOptions options, boolean enoughMtbf) {
        boolean ignoring = ignoresAdvertised(all, options);
        long least = options.testingNetwork() ? options.testingMinExitFlagThreshold() / 1000 : COUNTED_MIN;
        List<RelayFacts> counted = all.stream()
                .filter(relay -> relay.isActive() && !relay.sybil())
                .filter(relay -> relay.credibleBandwidth(ignoring) >= least)
                .filter(relay -> !ignoring || relay.measured().isPresent())
                .toList();
        List<Long> bandwidths = sorted(counted, ignoring);
        List<Long> withoutExits = sorted(
                counted.stream()
                        .filter(relay -> !relay.exit() || relay.badExit())
                        .toList(),
                ignoring);
        long timeKnown = Math.min(
                nth(counted.stream().map(RelayFacts::timeKnown).sorted().toList(), counted.size() / 8),
                options.guaranteedTimeKnown().toSeconds());
        return new FlagThresholds(
                counted.isEmpty()
                        ? 0
                        : Tally.lowMedian(counted.stream()
                                .map(r -> r.uptime().toSeconds())
                                .toList()),
                counted.isEmpty()
                        ? 0
                        : Tally.lowMedian(counted.stream().map(RelayFacts::mtbf).toList()),
                fast(bandwidths, options),
                guardWfu(counted, timeKnown, options),
                timeKnown,
                nth(bandwidths, (int) (bandwidths.size() * options.guardBandwidthFraction())),
                nth(withoutExits, (int) (withoutExits.size() * options.guardBandwidthFraction())),
                enoughMtbf,
                ignoring);
    }

    static boolean ignoresAdvertised(List<RelayFacts> all, FlagOptions options) {
        return all.stream().filter(relay -> relay.measured().isPresent()).count() > options.minMeasured();
    }

    /** As the vote tells them, in the order of its line. */
    Map<String, String> asMap() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("stable-uptime", Long.toString(stableUptime));
        all.put("stable-mtbf", Long.toString((long) stableMtbf));
        all.put("fast-speed", Long.toString(fast * 1000));
        all.put("guard-wfu", String.format(Locale.ROOT, "%.3f%%", guardWfu * 100));
        all.put("guard-tk", Long.toString(guardTimeKnown));
        all.put("guard-bw-inc-exits", Long.toString(guardBandwidth * 1000));
        all.put("guard-bw-exc-exits", Long.toString(guardBandwidthWithoutExits * 1000));
        all.put("enough-mtbf", enoughMtbf ? "1" : "0");
        all.put("ignoring-advertised-bws", ignoringAdvertised ? "1" : "0");
        return all;
    }

    private static long fast(List<Long> bandwidths, FlagOptions options) {
        long fast = nth(bandwidths, bandwidths.size() / 8);
        if (fast < FAST_DESIRED) {
            fast = nth(bandwidths, bandwidths.size() / 4);
        }
        long least = options.testingNetwork() ? options.testingMinFastFlagThreshold() : options.fastFlagMin();
        fast = Math.clamp(fast, least / 1000, Math.max(least, options.fastFlagMax()) / 1000);
        // A relay fast enough by any standard is not pushed out by faster ones.
        return options.fastGuarantee() > 0 ? Math.min(fast, options.fastGuarantee() / 1000) : fast;
    }

    private static double guardWfu(List<RelayFacts> counted, long timeKnown, FlagOptions options) {
        List<Double> familiar = counted.stream()
                .filter(relay -> relay.timeKnown() >= timeKnown)
                .map(RelayFacts::wfu)
                .toList();
        return familiar.isEmpty() ? 0 : Math.min(Tally.lowMedian(familiar), options.guaranteedWfu());
    }

    private static List<Long> sorted(List<RelayFacts> relays, boolean ignoring) {
        List<Long> bandwidths = new ArrayList<>();
        relays.forEach(relay -> bandwidths.add(relay.credibleBandwidth(ignoring)));
        Collections.sort(bandwidths);
        return bandwidths;
    }

    private static long nth(List<Long> sorted, int index) {
        return sorted.isEmpty() ? 0 : sorted.get(index);
    }
}

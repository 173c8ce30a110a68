package io.allium.authority;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How much of the bandwidth of each kind of relay clients should use in each position, so that no position is short of
 * it. The first letter is the position (guard, middle, exit), the second the kind (guard, middle, exit, double: guard
 * and exit). Integers only, with C's division, since every authority must find the same.
 *
 * @spec dir-spec 3.8.3
 */
record BandwidthWeights(long gg, long gd, long mg, long me, long md, long ee, long ed, long scale) {
    /** How far sums may be off, for the rounding of integer division; as in C tor. */
    private static final long MARGIN = 10;

    /** What a set of weights violates. */
    private enum Fault {
        NONE,
        SUMS,
        RANGE,
        GUARD_AGAINST_EXIT,
        GUARD_AGAINST_MIDDLE
    }

    /**
     * The bandwidth of the whole network by kind of relay. Begins with one for each kind, so that nothing is divided by
     * zero (method 26).
     */
    record Totals(long guard, long middle, long exit, long both, long uncounted) {
        static final Totals NONE = new Totals(1, 1, 1, 1, 0);

        Totals(long guard, long middle, long exit, long both) {
            this(guard, middle, exit, both, 0);
        }

        /** C tor leaves out what guards do not yet do as guards, and so must we. */
        long all() {
            return guard + middle + exit + both - uncounted;
        }

        /** With one more guard that clients do not know for long: the rest of its bandwidth is that of no guard. */
        Totals plusYoungGuard(long bandwidth, int percent, boolean isExit) {
            long asGuard = Math.round(percent / 100.0 * bandwidth);
            Totals with = plus(asGuard, true, isExit).plus(bandwidth - asGuard, false, isExit);
            return new Totals(with.guard, with.middle, with.exit, with.both, uncounted + bandwidth - asGuard);
        }

        /** With one more relay. */
        Totals plus(long bandwidth, boolean isGuard, boolean isExit) {
            if (isGuard && isExit) {
                return new Totals(guard, middle, exit, both + bandwidth, uncounted);
            }
            if (isExit) {
                return new Totals(guard, middle, exit + bandwidth, both, uncounted);
            }
            return isGuard
                    ? new Totals(guard + bandwidth, middle, exit, both, uncounted)
                    : new Totals(guard, middle + bandwidth, exit, both, uncounted);
        }
    }

    /** The weights for a network; absent where none would balance it. */
    static Optional<BandwidthWeights> of(Totals totals, long scale) {
        boolean guardsScarce = 3 * totals.guard < totals.all();
        boolean exitsScarce = 3 * totals.exit < totals.all();
        if (!guardsScarce && !exitsScarce) {
            return Optional.of(nothingScarce(totals, scale)).filter(w -> w.fault(totals) == Fault.NONE);
        }
        if (guardsScarce && exitsScarce) {
            return bothScarce(totals, scale);
        }
        if (3 * (Math.min(totals.exit, totals.guard) + totals.both) < totals.all()) {
            return Optional.of(oneVeryScarce(totals, scale));
        }
        return Optional.of(oneScarce(totals, scale)).filter(w -> w.fault(totals) == Fault.NONE);
    }

    /** By name, in the order of the footer's line. */
    Map<String, Integer> asMap() {
        Map<String, Integer> weights = new LinkedHashMap<>();
        weights.put("Wbd", (int) md); // directory requests use the weights of the middle
        weights.put("Wbe", (int) me);
        weights.put("Wbg", (int) mg);
        weights.put("Wbm", (int) scale);
        weights.put("Wdb", (int) scale);
        weights.put("Web", (int) scale);
        weights.put("Wed", (int) ed);
        weights.put("Wee", (int) ee);
        weights.put("Weg", (int) ed);
        weights.put("Wem", (int) ee);
        weights.put("Wgb", (int) scale);
        weights.put("Wgd", (int) gd);
        weights.put("Wgg", (int) gg);
        weights.put("Wgm", (int) gg);
        weights.put("Wmb", (int) scale);
        weights.put("Wmd", (int) md);
        weights.put("Wme", (int) me);
        weights.put("Wmg", (int) mg);
        weights.put("Wmm", (int) scale);
        return weights;
    }

    /** Case 1. */
    private static BandwidthWeights nothingScarce(Totals t, long scale) {
        long third = scale / 3;
        long ee = scale * (t.exit + t.guard + t.middle) / (3 * t.exit);
        long mg = scale * (2 * t.guard - t.exit - t.middle) / (3 * t.guard);
        return new BandwidthWeights(scale - mg, third, mg, scale - ee, third, ee, third, scale);
    }

    /** Case 2. */
    private static Optional<BandwidthWeights> bothScarce(Totals t, long scale) {
        long scarcer = Math.min(t.exit, t.guard);
        long other = Math.max(t.exit, t.guard);
        if (scarcer + t.both < other) {
            boolean exitsScarcer = t.exit < t.guard;
            return Optional.of(new BandwidthWeights(
                    scale, exitsScarcer ? 0 : scale, 0, 0, 0, scale, exitsScarcer ? scale : 0, scale));
        }
        BandwidthWeights balanced = bothScarceBalanced(t, scale);
        if (balanced.fault(t) == Fault.NONE) {
            return Optional.of(balanced);
        }
        // Too much middle bandwidth cannot be balanced away, and is no reason to have no weights.
        return Optional.of(bothScarceToTheFull(t, scale))
                .filter(w -> w.fault(t) == Fault.NONE || w.fault(t) == Fault.GUARD_AGAINST_MIDDLE);
    }

    /** Case 2b, first attempt: guards stay guards, exits may help in the middle. */
    private static BandwidthWeights bothScarceBalanced(Totals t, long scale) {
        long ee = scale * (t.exit - t.guard + t.middle) / t.exit;
        long ed = scale * (t.both - 2 * t.exit + 4 * t.guard - 2 * t.middle) / (3 * t.both);
        long me = scale * (t.guard - t.middle) / t.exit;
        long rest = (scale - ed) / 2;
        return new BandwidthWeights(scale, rest, 0, me, rest, ee, ed, scale);
    }

    /** Case 2b, second attempt: guards and exits entirely in their own positions. */
    private static BandwidthWeights bothScarceToTheFull(Totals t, long scale) {
        long ed = scale * (t.both - 2 * t.exit + t.guard + t.middle) / (3 * t.both);
        long md = Math.max(0, scale * (t.both - 2 * t.middle + t.guard + t.exit) / (3 * t.both));
        return new BandwidthWeights(scale, scale - ed - md, 0, 0, md, scale, ed, scale);
    }

    /** Case 3a: all doubles go to the scarce position. */
    private static BandwidthWeights oneVeryScarce(Totals t, long scale) {
        if (t.guard < t.exit) {
            long me = t.exit < t.middle ? 0 : scale * (t.exit - t.middle) / (2 * t.exit);
            return new BandwidthWeights(scale, scale, 0, me, 0, scale - me, 0, scale);
        }
        long mg = t.guard < t.middle ? 0 : scale * (t.guard - t.middle) / (2 * t.guard);
        return new BandwidthWeights(scale - mg, 0, mg, 0, 0, scale, scale, scale);
    }

    /** Case 3b. */
    private static BandwidthWeights oneScarce(Totals t, long scale) {
        if (t.guard < t.exit) {
            long gd = scale * (t.both - 2 * t.guard + t.exit + t.middle) / (3 * t.both);
            long ee = scale * (t.exit + t.middle) / (2 * t.exit);
            long rest = (scale - gd) / 2;
            return new BandwidthWeights(scale, gd, 0, scale - ee, rest, ee, rest, scale);
        }
        long ed = scale * (t.both - 2 * t.exit + t.guard + t.middle) / (3 * t.both);
        long gg = scale * (t.guard + t.middle) / (2 * t.guard);
        long rest = (scale - ed) / 2;
        return new BandwidthWeights(gg, rest, scale - gg, 0, rest, scale, ed, scale);
    }

    private Fault fault(Totals t) {
        if (!near(ed + md + gd, scale, MARGIN) || !near(mg + gg, scale, MARGIN) || !near(me + ee, scale, MARGIN)) {
            return Fault.SUMS;
        }
        for (long weight : new long[] {gg, gd, mg, me, md, ed, ee}) {
            if (weight < 0 || weight > scale) {
                return Fault.RANGE;
            }
        }
        long asGuards = gg * t.guard + gd * t.both;
        long slack = MARGIN * t.all() / 3;
        if (!near(asGuards, ee * t.exit + ed * t.both, slack)) {
            return Fault.GUARD_AGAINST_EXIT;
        }
        long asMiddles = t.middle * scale + md * t.both + me * t.exit + mg * t.guard;
        return near(asGuards, asMiddles, slack) ? Fault.NONE : Fault.GUARD_AGAINST_MIDDLE;
    }

    private static boolean near(long a, long b, long margin) {
        return Math.abs(a - b) <= margin;
    }
}

package io.allium.authority;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The record of one relay's ups and downs, in which what is long ago counts less. Immutable: each observation makes a
 * new one.
 *
 * @param weightedRun seconds of all ended runs
 * @param runs how many those were
 * @param upSince when the present run began
 * @param weightedUp seconds seen up, of ended runs
 * @param weightedTime seconds observed at all, up or down
 * @param downSince when the present downtime began
 * @spec dir-spec 3.4.2
 */
record Track(
        long weightedRun,
        double runs,
        Optional<Instant> upSince,
        long weightedUp,
        long weightedTime,
        Optional<Instant> downSince) {

    /** Fewer runs than this are none; as in C tor. */
    private static final double RUNS_MIN = 0.0001;

    /** Nothing was seen yet. */
    static final Track UNSEEN = new Track(0, 0, Optional.empty(), 0, 0, Optional.empty());

    /** Seen up at that moment. */
    Track up(Instant when) {
        long down = downSince.map(since -> seconds(since, when)).orElse(0L);
        return new Track(
                weightedRun,
                runs,
                upSince.or(() -> Optional.of(when)),
                weightedUp,
                weightedTime + down,
                Optional.empty());
    }

    /** Believed down from that moment on, which may lie before the run began. */
    Track down(Instant when) {
        Optional<Instant> since = downSince.or(() -> Optional.of(when));
        if (upSince.isEmpty()) {
            return new Track(weightedRun, runs, upSince, weightedUp, weightedTime, since);
        }
        long run = seconds(upSince.get(), when);
        return new Track(
                Math.max(0, weightedRun + run),
                runs + 1,
                Optional.empty(),
                Math.max(0, weightedUp + run),
                weightedTime + Math.max(0, run),
                since);
    }

    /** Down, and never known to have been up: for relays that look like one attacker's many. */
    Track disowned(Instant when) {
        Track down = down(when);
        return new Track(0, down.runs, down.upSince, 0, down.weightedTime, down.downSince);
    }

    /** With everything that has ended counting {@code factor} times as much. */
    Track discounted(double factor) {
        return new Track(
                (long) (weightedRun * factor),
                runs * factor,
                upSince,
                (long) (weightedUp * factor),
                (long) (weightedTime * factor),
                downSince);
    }

    /** Mean time between failures, in seconds. */
    double meanTimeBetweenFailures(Instant now) {
        double total = weightedRun + (double) current(upSince, now);
        double ends = runs + (upSince.isPresent() ? 1 : 0);
        return ends < RUNS_MIN ? 0 : total / ends;
    }

    /** Weighted fractional uptime, from 0 to 1. */
    double fractionalUptime(Instant now) {
        long total = timeKnown(now);
        return total == 0 ? 0 : (double) (weightedUp + current(upSince, now)) / total;
    }

    /** Weighted time known, in seconds. */
    long timeKnown(Instant now) {
        return weightedTime + current(upSince.isPresent() ? upSince : downSince, now);
    }

    /** How long it has been up without a break. */
    Duration uptime(Instant now) {
        return Duration.ofSeconds(Math.max(0, current(upSince, now)));
    }

    /** Whether there is nothing left to remember. */
    boolean isForgettable() {
        return runs < RUNS_MIN && upSince.isEmpty();
    }

    private static long current(Optional<Instant> since, Instant now) {
        return since.map(begin -> seconds(begin, now)).orElse(0L);
    }

    private static long seconds(Instant from, Instant to) {
        return to.getEpochSecond() - from.getEpochSecond();
    }
}

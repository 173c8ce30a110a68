package io.allium.authority;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * When the authorities do what in one voting period: the same moments for all of them, found from the wall clock alone.
 *
 * @param votingStarts everybody sends votes
 * @param fetchMissingVotes we ask for the votes that did not come, and take none that is posted later
 * @param votingEnds everybody computes, signs and sends signatures
 * @param fetchMissingSignatures we ask for the signatures that did not come
 * @param validAfter the consensus is published
 * @param interval from this consensus to the next
 * @spec dir-spec 1.4
 */
public record VotingSchedule(
        Instant votingStarts,
        Instant fetchMissingVotes,
        Instant votingEnds,
        Instant fetchMissingSignatures,
        Instant validAfter,
        Duration interval) {

    /**
     * How often, and how long votes and signatures may take.
     *
     * @param interval from one consensus to the next, whole seconds
     * @param voteDelay for the exchange of votes
     * @param distDelay for the exchange of signatures
     */
    public record Timing(Duration interval, Duration voteDelay, Duration distDelay) {
        public Timing {
            if (interval.toSeconds() < 1) {
                throw new IllegalArgumentException("a voting interval of " + interval);
            }
        }
    }

    /**
     * The next period.
     *
     * @param timing of the live consensus, or else the initial one of the options
     * @param offset {@code TestingV3AuthVotingStartOffset}
     */
    public static VotingSchedule next(Instant now, Timing timing, Duration offset) {
        Instant start = startOfIntervalAfter(now, timing.interval, offset);
        Duration vote = timing.voteDelay;
        Duration dist = timing.distDelay;
        if (vote.plus(dist).toSeconds() > timing.interval.toSeconds() / 2) {
            // Delays that do not fit are replaced, by all authorities alike.
            vote = Duration.ofSeconds(timing.interval.toSeconds() / 4);
            dist = vote;
        }
        Instant ends = start.minus(dist);
        return new VotingSchedule(
                ends.minus(vote),
                ends.minusSeconds(vote.toSeconds() / 2),
                ends,
                start.minusSeconds(dist.toSeconds() / 2),
                start,
                timing.interval);
    }

    /**
     * When the first interval after {@code now} begins. Intervals are counted from midnight UTC, and the last of the day
     * is merged with the one before where it would be cut to less than half.
     */
    static Instant startOfIntervalAfter(Instant now, Duration interval, Duration offset) {
        Instant midnight = now.truncatedTo(ChronoUnit.DAYS);
        Instant nextMidnight = midnight.plus(Duration.ofDays(1));
        long seconds = interval.toSeconds();
        long passed = Duration.between(midnight, now).toSeconds();
        Instant next = midnight.plusSeconds((passed / seconds + 1) * seconds);
        if (next.plusSeconds(seconds / 2).isAfter(nextMidnight)) {
            next = nextMidnight;
        }
        next = next.plus(offset);
        Instant before = next.minusSeconds(seconds);
        return before.getEpochSecond() > now.getEpochSecond() ? before : next;
    }
}

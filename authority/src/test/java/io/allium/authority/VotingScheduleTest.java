package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.authority.VotingSchedule.Timing;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class VotingScheduleTest {
    private static final Timing HOURLY = new Timing(Duration.ofHours(1), Duration.ofMinutes(5), Duration.ofMinutes(5));

    @Test
    void thePublicNetworkVotesTenMinutesBeforeTheHour() {
        VotingSchedule next = VotingSchedule.next(at("11:20:00"), HOURLY, Duration.ZERO);
        assertThat(next.votingStarts()).isEqualTo(at("11:50:00"));
        assertThat(next.fetchMissingVotes()).isEqualTo(at("11:52:30"));
        assertThat(next.votingEnds()).isEqualTo(at("11:55:00"));
        assertThat(next.fetchMissingSignatures()).isEqualTo(at("11:57:30"));
        assertThat(next.validAfter()).isEqualTo(at("12:00:00"));
    }

    @Test
    void onTheHourTheNextHourIsMeant() {
        assertThat(VotingSchedule.next(at("12:00:00"), HOURLY, Duration.ZERO).validAfter())
                .isEqualTo(at("13:00:00"));
    }

    @Test
    void delaysThatDoNotFitIntoHalfTheIntervalAreAQuarterEach() {
        Timing tight = new Timing(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(20));
        VotingSchedule next = VotingSchedule.next(at("12:00:01"), tight, Duration.ZERO);
        assertThat(next.votingStarts()).isEqualTo(at("12:00:06"));
        assertThat(next.votingEnds()).isEqualTo(at("12:00:08"));
    }

    @Test
    void theLastIntervalOfADayIsMergedWhereItWouldBeTooShort() {
        Duration seven = Duration.ofHours(7); // the day is 3 × 7 + 3 hours
        assertThat(VotingSchedule.startOfIntervalAfter(at("18:00:00"), seven, Duration.ZERO))
                .isEqualTo(Instant.parse("2026-11-22T00:00:00Z"));
        Duration five = Duration.ofHours(5); // 4 × 5 + 4
        assertThat(VotingSchedule.startOfIntervalAfter(at("19:00:00"), five, Duration.ZERO))
                .isEqualTo(at("20:00:00"));
    }

    @Test
    void anOffsetMovesAllIntervals() {
        Duration offset = Duration.ofMinutes(10);
        Duration hour = Duration.ofHours(1);
        assertThat(VotingSchedule.startOfIntervalAfter(at("11:05:00"), hour, offset))
                .isEqualTo(at("11:10:00"));
        assertThat(VotingSchedule.startOfIntervalAfter(at("11:15:00"), hour, offset))
                .isEqualTo(at("12:10:00"));
    }

    private static Instant at(String time) {
        return Instant.parse("2026-11-21T" + time + "Z");
    }
}

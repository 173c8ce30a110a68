package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TrackTest {
    @Test
    void aRelayThatIsUpForTheFirstTimeHasBeenUpAlways() {
        Track track = Track.UNSEEN.up(at(0));
        assertThat(track.fractionalUptime(at(54))).isEqualTo(1);
        assertThat(track.timeKnown(at(54))).isEqualTo(54);
        assertThat(track.meanTimeBetweenFailures(at(54))).isEqualTo(54);
    }

    @Test
    void downtimeLowersTheFraction() {
        Track track = Track.UNSEEN.up(at(0)).down(at(300)).up(at(400));
        assertThat(track.fractionalUptime(at(400))).isEqualTo(0.75);
        assertThat(track.meanTimeBetweenFailures(at(500))).isEqualTo((300 + 100) / 2.0);
        assertThat(track.uptime(at(500)).toSeconds()).isEqualTo(100);
    }

    @Test
    void whatEndedLongAgoCountsLess() {
        Track track = Track.UNSEEN.up(at(0)).down(at(1000)).discounted(0.5);
        assertThat(track.timeKnown(at(1000))).isEqualTo(500);
        assertThat(track.meanTimeBetweenFailures(at(1000))).isEqualTo(1000, within(1e-9));
    }

    @Test
    void aRunThatEndedBeforeItBeganIsTakenBack() {
        Track track = Track.UNSEEN.up(at(0)).down(at(100)).up(at(200)).down(at(150));
        assertThat(track.weightedUp()).isEqualTo(50);
    }

    @Test
    void nothingSeenIsNoUptime() {
        assertThat(Track.UNSEEN.fractionalUptime(at(9))).isZero();
        assertThat(Track.UNSEEN.meanTimeBetweenFailures(at(9))).isZero();
    }

    private static Instant at(long second) {
        return Instant.ofEpochSecond(1_795_000_000 + second);
    }
}

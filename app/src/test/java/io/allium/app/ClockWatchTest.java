package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final ManualTime time = new ManualTime(NOON);
    private final List<String> told = new ArrayList<>();
    private final ClockWatch watch = new ClockWatch(
            time, (scope, severity, action) -> told.add(scope + " " + severity + " " + action), Log.NONE);

    @Test
    void aClockThatGoesAsTimeDoesIsNoNews() {
        time.pass(Duration.ofHours(3));
        watch.look();
        time.set(NOON.plus(Duration.ofHours(3)).plusSeconds(99));
        watch.look();
        assertThat(told).isEmpty();
    }

    @Test
    void aJumpIsToldOnce() {
        time.set(NOON.plusSeconds(100));
        watch.look();
        watch.look();
        time.set(NOON.minusSeconds(100));
        watch.look();
        assertThat(told)
                .containsExactly(
                        "GENERAL WARN CLOCK_JUMPED TIME=100 IDLE=0", "GENERAL WARN CLOCK_JUMPED TIME=-200 IDLE=0");
    }
}

package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.testing.ManualTime;
import io.allium.testing.RecordedLog;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TurnWatchTest {
    private final ManualTime time = new ManualTime();
    private final RecordedLog log = new RecordedLog();
    private final TurnWatch watch = new TurnWatch(time, log);

    @Test
    void lateTurnsAreCountedAndToldOfOnceInAWhile() {
        turn(10);
        assertThat(watch.figures()).isEqualTo(new LoopFigures(1, 0, Duration.ZERO));
        turn(11);
        turn(30);
        turn(2000);
        assertThat(watch.figures()).isEqualTo(new LoopFigures(4, 3, Duration.ofMillis(2000)));
        assertThat(log.lines()).hasSize(1).first().asString().startsWith("INFO Links had to wait 11 ms");
        time.pass(TurnWatch.QUIET);
        turn(1500);
        assertThat(log.lines()).hasSize(2).last().asString().startsWith("WARN Links had to wait 1500 ms");
        assertThat(log.lines()).last().asString().contains("; 3 turns were late");
    }

    @Test
    void waitingIsNoTurn() {
        time.pass(Duration.ofHours(1));
        watch.end();
        assertThat(watch.figures()).isEqualTo(LoopFigures.NONE);
    }

    private void turn(long millis) {
        watch.begin();
        time.pass(Duration.ofMillis(millis));
        watch.begin(); // the next link of the same turn
        watch.end();
    }
}

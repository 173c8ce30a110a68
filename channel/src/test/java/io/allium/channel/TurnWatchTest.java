package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnWatchTest {
    private final SetTime time = new SetTime(Instant.EPOCH);
    private final List<String> lines = new ArrayList<>();
    private final TurnWatch watch = new TurnWatch(time, new Log() {
        @Override
        public void write(Severity severity, Domain domain, String text) {
            lines.add(severity + " " + text);
        }

        @Override
        public boolean wants(Severity severity, Domain domain) {
            return true;
        }

        @Override
        public String scrub(Object sensitive) {
            return "[scrubbed]";
        }

        @Override
        public void protocolWarning(Domain domain, String text) {}
    });

    @Test
    void lateTurnsAreCountedAndToldOfOnceInAWhile() {
        turn(10);
        assertThat(watch.figures()).isEqualTo(new LoopFigures(1, 0, Duration.ZERO));
        turn(11);
        turn(30);
        turn(2000);
        assertThat(watch.figures()).isEqualTo(new LoopFigures(4, 3, Duration.ofMillis(2000)));
        assertThat(lines).hasSize(1).first().asString().startsWith("INFO Links had to wait 11 ms");
        time.jump(TurnWatch.QUIET);
        turn(1500);
        assertThat(lines).hasSize(2).last().asString().startsWith("WARN Links had to wait 1500 ms");
        assertThat(lines).last().asString().contains("; 3 turns were late");
    }

    @Test
    void waitingIsNoTurn() {
        time.jump(Duration.ofHours(1));
        watch.end();
        assertThat(watch.figures()).isEqualTo(LoopFigures.NONE);
    }

    private void turn(long millis) {
        watch.begin();
        time.jump(Duration.ofMillis(millis));
        watch.begin(); // the next link of the same turn
        watch.end();
    }
}

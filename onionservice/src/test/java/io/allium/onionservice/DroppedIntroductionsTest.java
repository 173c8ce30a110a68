package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.onionservice.DroppedIntroductions.Why;
import io.allium.testing.ManualTime;
import io.allium.testing.RecordedLog;
import org.junit.jupiter.api.Test;

class DroppedIntroductionsTest {
    private final ManualTime time = new ManualTime();
    private final RecordedLog log = new RecordedLog();
    private final DroppedIntroductions dropped = new DroppedIntroductions(time);

    @Test
    void aFloodIsOneLineInAnInterval() {
        for (int i = 0; i < 1000; i++) {
            dropped.note(Why.UNREADABLE);
            dropped.summarise("Onion service web", log);
        }
        dropped.note(Why.REPLAYED);
        dropped.total(Why.SHED, 30);
        assertThat(log.lines()).isEmpty();
        time.pass(DroppedIntroductions.INTERVAL);
        dropped.summarise("Onion service web", log);
        dropped.summarise("Onion service web", log);

        assertThat(log.lines())
                .containsExactly(
                        "NOTICE Onion service web dropped 1031 introductions in 10 minutes: 1 came a second time,"
                                + " 1000 could not be opened or read, 30 had to make room for those that worked more.");
        assertThat(dropped.counts()).containsEntry(Why.UNREADABLE, 1000L).containsEntry(Why.OVER_RATE, 0L);
    }

    @Test
    void onlyWhatIsNewIsTold() {
        dropped.note(Why.REPLAYED);
        time.pass(DroppedIntroductions.INTERVAL);
        dropped.summarise("s", log);
        time.pass(DroppedIntroductions.INTERVAL);
        dropped.summarise("s", log);

        assertThat(log.lines()).containsExactly("INFO s dropped 1 introductions in 10 minutes: 1 came a second time.");
    }
}

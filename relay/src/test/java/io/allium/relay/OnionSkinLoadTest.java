package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.testing.ManualTime;
import io.allium.testing.RecordedLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnionSkinLoadTest {
    private final ManualTime time = new ManualTime(Instant.parse("2026-03-01T12:30:00Z"));
    private final RecordedLog log = new RecordedLog();
    private final List<Instant> overloads = new ArrayList<>();
    private final OnionSkinLoad load = new OnionSkinLoad(time, log, overloads::add);

    @Test
    void aHundredthRefusedIsAnOverload() {
        ask(1999);
        drop(20);
        time.pass(OnionSkinLoad.PERIOD);
        load.asked();
        assertThat(overloads).containsExactly(Instant.parse("2026-03-01T18:00:00Z"));
        ask(2000);
        time.pass(OnionSkinLoad.PERIOD);
        load.asked();
        assertThat(overloads).as("counted anew").hasSize(1);
    }

    @Test
    void fewerRefusedAreNone() {
        ask(2000);
        drop(19);
        time.pass(OnionSkinLoad.PERIOD);
        load.asked();
        assertThat(overloads).isEmpty();
    }

    @Test
    void fewSkinsAreCountedFurther() {
        drop(OnionSkinLoad.ASKED_MIN);
        ask(OnionSkinLoad.ASKED_MIN - 1);
        time.pass(OnionSkinLoad.PERIOD);
        load.asked();
        assertThat(overloads).isEmpty();
        load.asked();
        assertThat(overloads).hasSize(1);
    }

    @Test
    void clientsDoNotCount() {
        ask(2000);
        for (int i = 0; i < 2000; i++) {
            load.dropped(false);
        }
        time.pass(OnionSkinLoad.PERIOD);
        load.asked();
        assertThat(overloads).isEmpty();
    }

    @Test
    void theWarningComesOnceAMinuteAndSaysHowMany() {
        drop(3);
        assertThat(log.lines()).hasSize(1);
        time.pass(OnionSkinLoad.WARNING.minus(Duration.ofMillis(1)));
        drop(1);
        assertThat(log.lines()).hasSize(1);
        time.pass(Duration.ofMillis(1));
        drop(1);
        assertThat(log.lines()).hasSize(2);
        assertThat(log.lines().getLast()).contains("refused 4.");
    }

    private void ask(int count) {
        for (int i = 0; i < count; i++) {
            load.asked();
        }
    }

    private void drop(int count) {
        for (int i = 0; i < count; i++) {
            load.dropped(true);
        }
    }
}

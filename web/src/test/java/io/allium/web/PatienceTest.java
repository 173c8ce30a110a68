package io.allium.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private final ManualTime time = new ManualTime();
    private final ScriptedWire wire = new ScriptedWire();
    private final Patience patience = new Patience(time, wire);

    @Test
    void whoSaysNothingIsLeft() {
        time.pass(Patience.REQUEST.minusSeconds(1));
        assertThat(wire.closed).isFalse();
        time.pass(Duration.ofSeconds(2));
        assertThat(wire.closed).isTrue();
    }

    @Test
    void aHeadThatTricklesIsNotAwaitedForLonger() {
        patience.awaitRequest();
        for (int i = 0; i < 3; i++) {
            patience.awaitHead();
            time.pass(Duration.ofSeconds(40));
        }
        assertThat(wire.closed).isTrue();
    }

    @Test
    void aBodyMayTakeAsLongAsItMoves() {
        patience.awaitBody();
        for (int i = 0; i < 1000; i++) {
            time.pass(Duration.ofMinutes(1));
            patience.moved(Patience.STEP / 2);
        }
        assertThat(wire.closed).isFalse();
    }

    @Test
    void aBodyThatTricklesIsLeft() {
        patience.awaitBody();
        for (int i = 0; i < 4; i++) {
            time.pass(Duration.ofMinutes(1));
            patience.moved(10);
        }
        assertThat(wire.closed).isTrue();
    }

    @Test
    void onceItIsOverNothingIsClosed() {
        patience.close();
        time.pass(Duration.ofHours(1));
        assertThat(wire.closed).isFalse();
    }
}

package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.client.StateFile;
import io.allium.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DormancyTest {
    @TempDir
    Path folder;

    private final ManualTime time = new ManualTime();
    private final List<Boolean> rests = new ArrayList<>();
    private final Dormancy dormancy = dormancy();
    private StateFile state;

    @BeforeEach
    void load() throws Exception {
        state = StateFile.load(new SystemDisk(), folder.resolve("state"), time, Log.NONE, "Tor");
    }

    @Test
    void whoIsUnusedFallsAsleepAndWakesUpForWhoeverComes() throws Exception {
        Options options = Options.parse("DormantClientTimeout 1 hour");
        dormancy.resume(options, state);
        time.pass(Duration.ofMinutes(50));
        dormancy.look(options, true);
        time.pass(Duration.ofMinutes(59));
        dormancy.look(options, false);
        assertThat(rests).isEmpty();
        time.pass(Duration.ofMinutes(1));
        dormancy.look(options, false);
        dormancy.look(options, false);
        assertThat(dormancy.isAsleep()).isTrue();
        dormancy.used();
        assertThat(dormancy.isAsleep()).isFalse();
        assertThat(rests).containsExactly(true, false);
    }

    @Test
    void itGoesOnWhereTheLastProcessEnded() throws Exception {
        Options options = Options.parse("DormantClientTimeout 1 hour");
        dormancy.resume(options, state);
        time.pass(Duration.ofMinutes(40));
        dormancy.remember(state);
        assertThat(state.values("MinutesSinceUserActivity")).containsExactly("40");
        Dormancy next = dormancy();
        next.resume(options, state);
        time.pass(Duration.ofMinutes(20));
        next.look(options, false);
        next.remember(state);
        assertThat(state.values("Dormant")).containsExactly("1");
        Dormancy third = dormancy();
        third.resume(options, state);
        assertThat(third.isAsleep()).isTrue();
    }

    @Test
    void theOptionsDecideWhoSleepsAtTheStart() throws Exception {
        assertThat(asleepAfter("DormantOnFirstStartup 1")).isTrue();
        assertThat(asleepAfter("DormantOnFirstStartup 1\nDormantCanceledByStartup 1"))
                .isFalse();
        assertThat(asleepAfter("DormantOnFirstStartup 1\nDormantTimeoutEnabled 0"))
                .isFalse();
        assertThat(asleepAfter("DormantOnFirstStartup 1\nORPort 9001")).isFalse();
    }

    @Test
    void whereItIsSwitchedOffNobodySleepsForLong() throws Exception {
        dormancy.sleep();
        dormancy.look(Options.parse("DormantTimeoutEnabled 0"), false);
        assertThat(dormancy.isAsleep()).isFalse();
    }

    private boolean asleepAfter(String torrc) throws Exception {
        Dormancy fresh = dormancy();
        fresh.resume(Options.parse(torrc), state);
        return fresh.isAsleep();
    }

    private Dormancy dormancy() {
        return new Dormancy(time, Log.NONE, rests::add);
    }
}

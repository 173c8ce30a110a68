package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Log;
import io.allium.base.Untrusted;
import io.allium.testing.ManualTime;
import io.allium.testing.MemoryDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StateFileTest {
    private static final Path FILE = Path.of("/data/state");
    private static final String GUARD = "in=default rsa_id=14DA27C610FF254472CE998F36F099DF1009FA94 nickname=r4"
            + " sampled_on=2026-11-15T23:26:14 sampled_idx=0 sampled_by=0.4.9.11 listed=1"
            + " confirmed_on=2026-11-14T23:40:36 confirmed_idx=0 pb_use_attempts=71.000000 pb_use_successes=69.500000"
            + " pb_circ_attempts=281.000000";

    private final MemoryDisk disk = new MemoryDisk();

    @Test
    void whatWeDoNotKnowIsKept() throws Exception {
        put("# Tor state file\n\nCircuitBuildTimeBin 45 119\nCircuitBuildTimeBin 55 39\nDormant 0\n" + "Guard " + GUARD
                + "\nLastWritten 2026-11-20 11:37:14\nTorVersion Tor 0.4.9.10\nTotalBuildTimes 281\n");
        StateFile state = load();

        state.replace("Guard", List.of("in=default x", "in=default y"));
        state.save();

        assertThat(text())
                .endsWith("CircuitBuildTimeBin 45 119\nCircuitBuildTimeBin 55 39\nDormant 0\nGuard in=default x\n"
                        + "Guard in=default y\nLastWritten 2026-11-20 12:00:00\nTorVersion Tor 0.4.9.11\n"
                        + "TotalBuildTimes 281\n");
        assertThat(load().values("guard")).containsExactly("in=default x", "in=default y");
    }

    @Test
    void ofAGarbledFileACopyIsKeptAndTheLinesThatAreWhole() throws Exception {
        put("Guard \0\0\0\nGuard " + GUARD + "\n\u0001\u0002 x\nDormant 0");

        StateFile state = load();

        assertThat(state.values("Guard")).containsExactly(GUARD);
        assertThat(state.values("Dormant")).containsExactly("0");
        assertThat(disk.files()).containsKeys(FILE, Path.of("/data/state.0"));
    }

    @Test
    void randomBytesLeaveNothing() throws Exception {
        byte[] noise = new byte[10_000];
        new Random(7).nextBytes(noise);
        disk.files().put(FILE, noise);

        assertThat(load().values("Guard")).isEmpty();
        assertThat(disk.files().get(Path.of("/data/state.0"))).isEqualTo(noise);
    }

    @Test
    void moreLinesThanAnyStateFileHasAreSetAside() throws Exception {
        put("Dormant 0\n".repeat(StateFile.LINES_MAX + 1));

        assertThat(load().values("Dormant")).isEmpty();
    }

    @Test
    void aGuardLineComesBackAsCTorWroteIt() throws Exception {
        assertThat(GuardLine.parse(GUARD).format()).isEqualTo(GUARD);
        String unlisted = "in=default rsa_id=14DA27C610FF254472CE998F36F099DF1009FA94 sampled_on=2026-11-15T23:26:14"
                + " sampled_idx=3 unlisted_since=2026-11-18T17:29:03 listed=0";
        assertThat(GuardLine.parse(unlisted).format()).isEqualTo(unlisted);
    }

    @Test
    void aGuardLineWithoutItsFieldsIsRefused() {
        assertThatThrownBy(() -> GuardLine.parse("in=default listed=1"))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("rsa_id is missing");
        assertThatThrownBy(() -> GuardLine.parse(GUARD.replace("2026-11-15T23:26:14", "yesterday")))
                .isInstanceOf(Untrusted.class);
    }

    private StateFile load() throws Exception {
        return StateFile.load(disk, FILE, new ManualTime(), Log.NONE, "Tor 0.4.9.11");
    }

    private void put(String text) {
        disk.files().put(FILE, text.getBytes(StandardCharsets.UTF_8));
    }

    private String text() {
        return new String(disk.files().get(FILE), StandardCharsets.UTF_8);
    }
}

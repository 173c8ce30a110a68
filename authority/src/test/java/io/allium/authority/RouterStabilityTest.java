package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.LocalFailure;
import io.allium.base.SystemDisk;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouterStabilityTest {
    private static final Instant STORED = Instant.parse("2026-11-20T11:21:58Z");

    @TempDir
    private Path folder;

    @Test
    void theFileOfCTorIsReadAndWrittenAlike() throws LocalFailure {
        SystemDisk disk = new SystemDisk();
        Path file = folder.resolve("router-stability");
        disk.write(file, Samples.read("router-stability"));
        RouterStability stability = RouterStability.load(disk, file, STORED);
        assertThat(stability.text(STORED))
                .isEqualTo(new String(Samples.read("router-stability"), StandardCharsets.US_ASCII));
    }

    @Test
    void whatEndedFadesEveryHalfDay() throws LocalFailure, Untrusted {
        RouterStability stability = RouterStability.load(new SystemDisk(), folder.resolve("none"), STORED);
        Fingerprint relay = Fingerprint.parse("A".repeat(40));
        stability.discount(STORED);
        stability.reachable(relay, STORED);
        stability.unreachable(relay, STORED.plusSeconds(1000));
        stability.discount(STORED.plus(Duration.ofHours(24)));
        assertThat(stability.of(relay).weightedUp()).isEqualTo(902);
        assertThat(stability.isEnough(STORED.plus(Duration.ofHours(5)))).isTrue();
        assertThat(stability.isEnough(STORED.plus(Duration.ofHours(3)))).isFalse();
    }

    @Test
    void aDamagedFileCostsOnlyWhatIsDamaged() throws LocalFailure, Untrusted {
        SystemDisk disk = new SystemDisk();
        Path file = folder.resolve("router-stability");
        String good = "R " + "B".repeat(40) + "\n+MTBF 5 1.00000\n+WFU 5 9\n";
        disk.write(file, ("R nonsense\n+MTBF x\n" + good + "+MTBF\n").getBytes(StandardCharsets.US_ASCII));
        assertThat(RouterStability.load(disk, file, STORED)
                        .of(Fingerprint.parse("B".repeat(40)))
                        .weightedTime())
                .isEqualTo(9);
    }

    @Test
    void whatGoesOnIsMovedByTheTimeThatNobodyWatched() throws LocalFailure, Untrusted {
        SystemDisk disk = new SystemDisk();
        Path file = folder.resolve("router-stability");
        Fingerprint up = Fingerprint.parse("A".repeat(40));
        Fingerprint down = Fingerprint.parse("B".repeat(40));
        RouterStability before = RouterStability.load(disk, file, STORED);
        before.reachable(up, STORED);
        before.unreachable(down, STORED);
        Instant killed = STORED.plusSeconds(5000);
        before.save(disk, file, killed);

        Instant back = killed.plus(Duration.ofDays(3));
        RouterStability after = RouterStability.load(disk, file, back);

        assertThat(after.of(up).meanTimeBetweenFailures(back)).isEqualTo(5000);
        assertThat(after.of(up).fractionalUptime(back)).isEqualTo(1);
        assertThat(after.of(up).timeKnown(back)).isEqualTo(5000);
        assertThat(after.of(down).timeKnown(back)).isEqualTo(5000);
    }

    @Test
    void timesThatCannotBeAreNone() throws LocalFailure, Untrusted {
        SystemDisk disk = new SystemDisk();
        Path file = folder.resolve("router-stability");
        String head = "format 2\nstored-at 2026-11-20 11:21:58\ntracked-since 2026-11-19 00:00:00\ndata\n";
        String later = "R " + "A".repeat(40) + "\n+MTBF 5 1.00000 S=2026-11-20 11:21:59\n+WFU 5 9\n";
        String earlier = "R " + "B".repeat(40) + "\n+MTBF 5 1.00000 S=2024-11-20 11:21:59\n+WFU 5 9\n";
        String before = "R " + "C".repeat(40) + "\n+MTBF 5 1.00000 S=2026-11-18 11:21:59\n+WFU 5 9\n.\n";
        disk.write(file, (head + later + earlier + before).getBytes(StandardCharsets.US_ASCII));
        RouterStability stability = RouterStability.load(disk, file, STORED.plusSeconds(60));
        assertThat(stability.of(Fingerprint.parse("A".repeat(40))).upSince()).isEmpty();
        assertThat(stability.of(Fingerprint.parse("B".repeat(40))).upSince()).isEmpty();
        assertThat(stability.of(Fingerprint.parse("C".repeat(40))).upSince())
                .contains(Instant.parse("2026-11-19T00:00:00Z"));
    }

    @Test
    void aRelayThatNobodyListsAnyMoreIsDown() throws LocalFailure, Untrusted {
        RouterStability stability = RouterStability.load(new SystemDisk(), folder.resolve("none"), STORED);
        Fingerprint listed = Fingerprint.parse("A".repeat(40));
        Fingerprint gone = Fingerprint.parse("B".repeat(40));
        stability.reachable(listed, STORED);
        stability.reachable(gone, STORED);
        stability.unlisted(Set.of(listed), STORED.plusSeconds(10));
        assertThat(stability.of(listed).upSince()).contains(STORED);
        assertThat(stability.of(gone).downSince()).contains(STORED.plusSeconds(10));
        assertThat(stability.of(gone).weightedRun()).isEqualTo(10);
    }
}

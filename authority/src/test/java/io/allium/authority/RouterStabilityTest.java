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
        RouterStability stability = RouterStability.load(disk, file);
        assertThat(stability.text(STORED))
                .isEqualTo(new String(Samples.read("router-stability"), StandardCharsets.US_ASCII));
    }

    @Test
    void whatEndedFadesEveryHalfDay() throws LocalFailure, Untrusted {
        RouterStability stability = RouterStability.load(new SystemDisk(), folder.resolve("none"));
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
        assertThat(RouterStability.load(disk, file)
                        .of(Fingerprint.parse("B".repeat(40)))
                        .weightedTime())
                .isEqualTo(9);
    }
}

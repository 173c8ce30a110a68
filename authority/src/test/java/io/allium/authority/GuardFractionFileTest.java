package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.crypto.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GuardFractionFileTest {
    private static final Instant NOW = Instant.parse("2026-11-20T11:20:00Z");
    private static final String HEAD =
            "guardfraction-file-version 1\nwritten-at 2026-11-19 10:00:00\nn-inputs 720 30\n\n";
    private static final String ONE = "149A92B725F96763C821D7712C8B10E167581258";
    private static final String OTHER = "249A92B725F96763C821D7712C8B10E167581258";

    private final List<String> problems = new ArrayList<>();

    @Test
    void eachGuardHasItsPercentage() throws Exception {
        assertThat(read(HEAD + "guard-seen " + ONE + " 100 420\nguard-seen " + OTHER + " 7 5\n"))
                .isEqualTo(Map.of(Fingerprint.parse(ONE), 100, Fingerprint.parse(OTHER), 7));
        assertThat(problems).isEmpty();
    }

    @Test
    void senselessLinesAreNamedAndLeftOut() throws Exception {
        assertThat(read(HEAD + "guard-seen nobody 1 1\nguard-seen " + OTHER + " 101 5\nguard-seen " + OTHER
                        + "\nwhat is this\nguard-seen " + ONE + " 4 420\n"))
                .isEqualTo(Map.of(Fingerprint.parse(ONE), 4));
        assertThat(problems)
                .hasSize(4)
                .startsWith("Guardfraction:5: bad line 'guard-seen nobody 1 1'")
                .endsWith("Guardfraction:8: unknown line 'what is this'");
    }

    @Test
    void aFileOfNothingButNonsenseDoesNotFillTheLog() {
        assertThat(read("nonsense\n".repeat(1000))).isEmpty();
        assertThat(problems).hasSize(10);
    }

    @Test
    void anotherVersionOrAFileOfLongAgoSaysNothing() {
        String guard = "guard-seen " + ONE + " 4 420\n";
        for (String head : List.of(
                HEAD.replace("version 1", "version 2"),
                HEAD.replace("2026-11-19", "2026-11-12"),
                HEAD.replace("2026-11-19", "soon"),
                "written-at\n")) {
            problems.clear();
            assertThat(read(head + guard)).isEmpty();
            assertThat(problems).hasSize(1);
        }
    }

    private Map<Fingerprint, Integer> read(String text) {
        return GuardFractionFile.read(text.getBytes(StandardCharsets.UTF_8), NOW, problems::add);
    }
}

package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log.Domain;
import io.allium.testing.ManualTime;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WarningsTest {
    private final ManualTime time = new ManualTime();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Warnings warnings = new Warnings(new PrintStream(said, true, StandardCharsets.UTF_8), time);

    @Test
    void warningsAreSaidAndNothingElse() {
        warnings.notice(Domain.HTTP, "A visitor came.");
        warnings.warn(Domain.HTTP, "The disk is full.");
        assertThat(said.toString(StandardCharsets.UTF_8))
                .isEqualTo("allium: The disk is full." + System.lineSeparator());
    }

    @Test
    void manyAreSaidOnceInAWhile() {
        for (int i = 0; i < 100; i++) {
            warnings.warn(Domain.HTTP, "The disk is full.");
        }
        time.pass(Warnings.INTERVAL);
        warnings.warn(Domain.HTTP, "The disk is full.");
        assertThat(said.toString(StandardCharsets.UTF_8).lines()).hasSize(2);
    }
}

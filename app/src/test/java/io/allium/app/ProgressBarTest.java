package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.web.Share;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Test
    void onATerminalOneLineIsDrawnOverAndOver() {
        ProgressBar bar = bar(true);
        bar.draw(new Share.Progress(0, 1, 0, 0, 2_000_000));
        assertThat(output.size()).isZero();
        bar.draw(new Share.Progress(0, 1, 2, 500_000, 2_000_000));
        bar.draw(new Share.Progress(0, 1, 1, 1_000_000, 2_000_000));
        bar.draw(new Share.Progress(0, 1, 1, 1_000_000, 2_000_000));
        bar.end();
        String[] drawn = output.toString(StandardCharsets.UTF_8).split("\r");
        assertThat(drawn).hasSize(3);
        assertThat(drawn[1].strip())
                .isEqualTo("[##########------------------------------]  25 %, 500 kB of 2.0 MB, 2 downloads at once");
        assertThat(drawn[2]).contains("50 %, 1.0 MB of 2.0 MB").hasSizeGreaterThanOrEqualTo(drawn[1].length());
    }

    @Test
    void elsewhereALineATenth() {
        ProgressBar bar = bar(false);
        for (int sent = 0; sent <= 100; sent++) {
            bar.draw(new Share.Progress(0, 1, 1, sent, 100));
        }
        assertThat(output.toString(StandardCharsets.UTF_8).lines())
                .hasSize(10)
                .last()
                .asString()
                .contains("100 %");
    }

    @Test
    void nothingIsSoonSent() {
        ProgressBar bar = bar(true);
        bar.draw(new Share.Progress(1, 1, 0, 0, 0));
        assertThat(output.toString(StandardCharsets.UTF_8)).contains("100 %");
    }

    private ProgressBar bar(boolean terminal) {
        return new ProgressBar(new PrintStream(output, true, StandardCharsets.UTF_8), terminal);
    }
}

package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OptionsPageTest {
    @Test
    void thePageIsCurrent() {
        assertThat(Path.of("..", "docs", "options.md"))
                .as("bin/allium options > docs/options.md")
                .hasContent(OptionsPage.text());
    }
}

package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command of the README that shows what this is. */
class DemoTest {
    @TempDir
    Path folder;

    @Test
    void theDemoFetchesAPageThroughThreeHopsAndEnds() throws Exception {
        String allium = Path.of("../bin/allium").toAbsolutePath().normalize().toString();
        String said = Programs.run(folder, allium, "demo", "--once").text();
        assertThat(said)
                .containsPattern("client -> \\w+ -> \\w+ -> \\w+ -> web server")
                .contains("Hello from the far end of three hops.")
                .contains("curl --socks5-hostname 127.0.0.1:");
    }
}

package io.allium.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.SystemTime;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    private Path out;

    @Test
    void theSmallestScenarioRunsAndWritesItsFigures() throws Exception {
        List<String> arguments = List.of("--quick", "--mb", "5", "--out", out.toString(), "bulk");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        boolean complete;
        try (SystemTime time = new SystemTime()) {
            complete = new Bench(Settings.parse(arguments, HOME), "bench/run", time, new PrintStream(said, true)).run();
        }

        assertThat(complete).as(said.toString(StandardCharsets.UTF_8)).isTrue();
        assertThat(out.resolve("figures.md")).content().contains("one stream over three hops", "C tor", "Allium");
        assertThat(Files.readAllLines(out.resolve("figures.csv"))).hasSizeGreaterThan(1);
        assertThat(out.resolve("figures.svg")).content().startsWith("<svg").endsWith("</svg>\n");
    }

    @Test
    void whatItDoesNotKnowIsSaid() {
        assertThatThrownBy(() -> Settings.parse(List.of("--fast"), HOME)).hasMessage("there is no option --fast");
        assertThatThrownBy(() -> Settings.parse(List.of("--runs", "many"), HOME))
                .hasMessage("--runs needs a number, not 'many'");
    }
}

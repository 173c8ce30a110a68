package io.allium.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileNamesTest {
    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "report.pdf,report.pdf",
                "../../etc/passwd,passwd",
                "C:\\Users\\a\\b.txt,b.txt",
                "/abs/x,x",
                "..,file",
                ".,file",
                "a/,file",
                "'',file",
                ".bashrc,bashrc",
                "...hidden,hidden",
                "end. . ,end",
                "a<b>:|?*.txt,a_b_____.txt",
                "con.txt,_con.txt",
                "CON,_CON",
                "console,console",
                "lpt1.tar.gz,_lpt1.tar.gz",
                "-rf,-rf"
            })
    void aNameIsOnePartAndHarmless(String given, String safe) {
        assertThat(FileNames.safe(given)).isEqualTo(safe);
    }

    @Test
    void whatIsNotSeenIsTakenOut() {
        assertThat(FileNames.safe("a\u0000b\r\nc\u001b[31md\u007f")).isEqualTo("abc[31md");
        assertThat(FileNames.safe("photo\u202egpj.exe")).isEqualTo("photogpj.exe");
        assertThat(FileNames.safe("a\u2028b\ud800c\u200bd")).isEqualTo("abcd");
        assertThat(FileNames.safe("u\u0308.txt")).isEqualTo("\u00fc.txt");
    }

    @Test
    void aLongNameKeepsItsEnding() {
        String name = FileNames.safe("ä".repeat(500) + ".tar");
        assertThat(name).endsWith("ä.tar");
        assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(FileNames.BYTES_MAX);
    }

    /** Of strangers, who can make them as long as a request. */
    @Test
    void whatStandsInTheMiddleOfAHugeNameIsNotLookedAt() {
        assertThat(FileNames.safe(".".repeat(2000) + "middle" + " ".repeat(2000) + "end.txt"))
                .isEqualTo("end.txt");
        assertThat(FileNames.safe("x" + ".".repeat(3_000_000) + "x")).isEqualTo("x" + ".".repeat(198) + "x");
    }

    @Test
    void aNameThatASystemCannotHaveIsWrittenInAscii() {
        assertThat(FileNames.possible("\u00fcber \ud83d\ude00.pdf", name -> true))
                .isEqualTo("\u00fcber \ud83d\ude00.pdf");
        assertThat(FileNames.possible(
                        "\u00fcber \ud83d\ude00.pdf", name -> name.chars().allMatch(c -> c < 0x80)))
                .isEqualTo("_ber _.pdf");
    }

    @Test
    void whateverIsGivenTheNameIsGood() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            StringBuilder given = new StringBuilder();
            for (int j = 0; j < random.nextInt(300); j++) {
                given.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000));
            }
            String name = FileNames.safe(given.toString());
            assertThat(name)
                    .as("seed " + seed)
                    .isNotEmpty()
                    .doesNotContain("/", "\\", "\n")
                    .doesNotStartWith(".");
            assertThat(name.getBytes(StandardCharsets.UTF_8).length)
                    .as("seed " + seed)
                    .isLessThan(210);
            assertThat(FileNames.safe(name)).as("seed " + seed).isEqualTo(name);
        }
    }

    @Test
    void aNumberStandsBeforeTheEnding() {
        assertThat(FileNames.numbered("a.tar.gz", 2)).isEqualTo("a.tar (2).gz");
        assertThat(FileNames.numbered("README", 3)).isEqualTo("README (3)");
    }
}

package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.base.SystemDisk;
import io.allium.control.CString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorrcTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "'Log notice'|Log|notice",
                "'   Log\tnotice  '|Log|notice",
                "'Log notice # because'|Log|notice",
                "'Log'|Log|''",
                "'Log#nothing'|Log|''",
                "'Nickname \"a b\"'|Nickname|a b",
                "'Nickname \"a#b\" # c'|Nickname|a#b",
                "'X \"\\x41\\102\\n\\\"\\\\\"'|X|'AB\n\"\\'",
                "'Log a \\\n b'|Log|a  b",
                "'Log a \\\n# between\n b'|Log|a  b",
                "'Log a\r\n'|Log|a",
                "'ContactInfo Random Person <nobody AT example>'|ContactInfo|Random Person <nobody AT example>",
            })
    void aLineIsANameAndAValue(String text, String name, String value) throws Exception {
        assertThat(parse(text)).containsExactly(new ConfigLine(ConfigLine.Command.SET, name, value, "torrc line 1"));
    }

    @Test
    void aSignBeforeTheNameSaysWhatToDo() throws Exception {
        assertThat(parse("+Log a\n/Log"))
                .containsExactly(
                        new ConfigLine(ConfigLine.Command.APPEND, "Log", "a", "torrc line 1"),
                        new ConfigLine(ConfigLine.Command.CLEAR, "Log", "", "torrc line 2"));
    }

    @Test
    void linesAreCountedThroughCommentsAndContinuations() throws Exception {
        assertThat(parse("# one\n\nA 1\nB x\\\n y\n\nC 2"))
                .extracting(ConfigLine::where)
                .containsExactly("torrc line 3", "torrc line 4", "torrc line 7");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "'X \"open'|torrc line 1: a quoted value has no closing quote",
                "'X \"bad \\q\"'|torrc line 1: a quoted value has no closing quote",
                "'\nX \"a\" b'|torrc line 2: something follows the closing quote",
                "'%include'|torrc line 1: %include needs the name",
                "'%include /no/such/file'|torrc line 1: %include /no/such/file: there is no such file",
            })
    void whatIsWrongIsNamedWithItsLine(String text, String message) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(LocalFailure.class).hasMessageContaining(message);
    }

    @Test
    void aNulByteIsRefusedWithItsLineWhereverItStands() throws Exception {
        for (String text : List.of("Log a\nNickname x\0y\n", "Log a\n# cut\0short\n", "Log a\nNick\0name x")) {
            assertThatThrownBy(() -> parse(text))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessage("torrc line 2: a torrc must not have a NUL byte");
        }
    }

    @Test
    void whatCanBeNoNameOfFilesIsNotIncluded() {
        assertThatThrownBy(() -> parse("%include " + folder + "/x{*"))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("torrc line 1: %include: 'x{*' is no pattern");
    }

    @Test
    void filesFoldersAndPatternsAreIncludedInTheirOrder() throws Exception {
        write("one.conf", "A 1");
        write("d/20.conf", "C 3");
        write("d/10.conf", "B 2");
        write("d/.hidden", "Z 9");
        write("p/x.conf", "D 4");
        write("p/y.other", "Z 9");
        write("empty/.keep", "");
        List<ConfigLine> lines = parse("%include " + folder.resolve("one.conf") + "\n%include " + folder.resolve("d")
                + "\n%include " + folder + "/p/*.conf\n%include " + folder.resolve("empty") + "\n%include " + folder
                + "/none*\nE 5");
        assertThat(lines).extracting(ConfigLine::name).containsExactly("A", "B", "C", "D", "E");
        assertThat(lines.get(1).where()).isEqualTo(folder.resolve("d/10.conf") + " line 1");
    }

    @Test
    void aFileThatIncludesItselfIsFoundOut() throws Exception {
        Path self = write("self", "%include " + folder.resolve("self"));
        assertThatThrownBy(() -> Torrc.read(new SystemDisk(), self)).hasMessageContaining("more than 31 files deep");
    }

    @Test
    void thereIsABoundToHowManySettingsAreRead() {
        String text = "A 1\n".repeat(Torrc.LINES_MAX + 1);
        assertThatThrownBy(() -> parse(text)).hasMessageContaining("more than 100000 settings");
    }

    @Test
    void anyTextIsReadOrRefusedAndNothingElse() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String letters = "ab \t\n\r\\\"#+/%x0";
        for (int i = 0; i < 5000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
                parse(text.toString());
            } catch (LocalFailure refused) {
                assertThat(refused.getMessage()).as("seed " + seed).startsWith("torrc line ");
            }
        }
    }

    @Test
    void whatIsQuotedComesBack() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(20); length > 0; length--) {
                text.append((char) random.nextInt(1, 0x800));
            }
            String quoted = CString.quote(text.toString());
            assertThat(CString.end(quoted, 0)).as("seed " + seed).isEqualTo(quoted.length());
            assertThat(CString.unescape(quoted)).as("seed " + seed).isEqualTo(text.toString());
        }
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static List<ConfigLine> parse(String text) throws LocalFailure {
        return Torrc.parse(new SystemDisk(), text, "torrc");
    }
}

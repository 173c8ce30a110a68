package io.allium.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each reads was asked of C tor 0.4.9.11. */
class ControlReaderTest {
    @ParameterizedTest
    @ValueSource(strings = {" ", "\t", " \t", "\t\t", "\u000b", "\f", "\r"})
    void anyBlankEndsTheName(String blank) throws Exception {
        ControlCommand command = read("GetInfo" + blank + "version\r\n");

        assertThat(command.name()).isEqualTo("GETINFO");
        assertThat(command.written()).isEqualTo("GetInfo");
        assertThat(command.arguments()).isEqualTo("version");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u001c", "\u0085", "\u2003"})
    void whatOnlyUnicodeCallsABlankIsPartOfAWord(String other) throws Exception {
        assertThat(read("GETINFO" + other + "version\n").name()).isEqualTo("GETINFO" + other + "VERSION");
        assertThat(read("GETINFO version" + other + "\n").words()).containsExactly("version" + other);
    }

    @Test
    void alsoWhereABlockFollows() throws Exception {
        ControlCommand command = read("+POSTDESCRIPTOR\tpurpose=general\r\nhello\r\n.\r\n");

        assertThat(command.name()).isEqualTo("POSTDESCRIPTOR");
        assertThat(command.arguments()).isEqualTo("purpose=general");
        assertThat(command.data()).isEqualTo("hello\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {" GETINFO version\r\n", "\tGETINFO version\r\n", "\r\n", "\t\r\n"})
    void nothingMayStandBeforeTheName(String line) throws Exception {
        assertThat(read(line).name()).isEmpty();
    }

    @Test
    void spacesPartWordsAndOtherBlanksOnlySurroundThem() throws Exception {
        assertThat(read("GETINFO \tversion \t \u000bconfig-file\t\r\n").words())
                .isEqualTo(List.of("version", "config-file"));
        assertThat(read("GETINFO version\tconfig-file\r\n").words()).containsExactly("version\tconfig-file");
        assertThat(read("GETINFO\t\r\n").words()).isEmpty();
    }

    private static ControlCommand read(String line) throws Exception {
        return new ControlReader(new Scripted(line))
                .next(ControlReader.COMMAND_MAX)
                .orElseThrow();
    }
}

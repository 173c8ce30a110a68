package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.base.SystemDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options that a publication is made of. */
class PublicationTest {
    @TempDir
    Path folder;

    @Test
    void itIsAClientThatListensNowhereWithOneService() throws Exception {
        Options options = options("publish", "8080", "--port", "8000", "--pow");
        assertThat(options.lines("SocksPort")).containsExactly("0");
        assertThat(options.file("DataDirectory")).contains(folder.resolve("da ta"));
        assertThat(options.lines("HiddenServiceDir"))
                .startsWith(folder.resolve("ser vice").toString());
        assertThat(options.dump(false))
                .contains(
                        "HiddenServicePort 8000 127.0.0.1:8080\n",
                        "HiddenServicePoWDefensesEnabled 1\n",
                        "Log notice file " + folder.resolve("log"),
                        "Log warn stderr");
        assertThat(options("publish", "8080").dump(false)).doesNotContain("PoW");
    }

    @Test
    void aTorrcSaysHowToGetThere() throws Exception {
        Path torrc = Files.writeString(
                folder.resolve("torrc"),
                "SocksPort 9050\nDataDirectory /elsewhere\nHiddenServiceDir /other\nHiddenServicePort 1\n"
                        + "StrictNodes 1\n");
        Options options = options("publish", "8080", "--torrc", torrc.toString());
        assertThat(options.flag("StrictNodes")).isTrue();
        assertThat(options.lines("SocksPort")).containsExactly("0");
        assertThat(options.dump(false)).doesNotContain("/other", "/elsewhere");
    }

    @Test
    void aPrivateNetworkIsGivenByItsFolder() throws Exception {
        Files.writeString(folder.resolve("common.torrc"), "TestingTorNetwork 1\n");
        assertThat(options("publish", "80", "--network", folder.toString()).flag("TestingTorNetwork"))
                .isTrue();
        assertThatThrownBy(() -> options("publish", "80", "--network", folder + "/none"))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("no folder of 'allium network init'");
    }

    private Options options(String... words) throws Exception {
        PublishLine line = PublishLine.parse(List.of(words));
        PublishFolders folders = new PublishFolders(folder.resolve("da ta"), folder.resolve("ser vice"), List.of());
        return Publication.options(line, folders, line.server().orElseThrow(), folder.resolve("log"), new SystemDisk());
    }
}

package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.base.SystemDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishFoldersTest {
    @TempDir
    Path folder;

    private final SystemDisk disk = new SystemDisk();

    @Test
    void anAddressWithoutNameEndsWithTheProgramAndItsClientStays() throws Exception {
        try (PublishFolders folders = take("publish", "80")) {
            assertThat(folders.service()).isEqualTo(folder.resolve("scratch/service"));
            assertThat(folders.data()).isEqualTo(folder.resolve("user/client1"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folders.service())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void aNameIsPublishedOnceAtATime() throws Exception {
        try (PublishFolders folders = take("publish", "80", "--name", "blog")) {
            assertThat(folders.service()).isEqualTo(folder.resolve("user/services/blog"));
            assertThatThrownBy(() -> take("share", "a", "--name", "blog"))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessage("'blog' is being published already");
        }
        take("publish", "80", "--name", "blog").close();
    }

    @Test
    void whoeverPublishesAtTheSameTimeHasAnotherClient() throws Exception {
        try (PublishFolders first = take("publish", "80");
                PublishFolders second = take("publish", "80")) {
            assertThat(first.data()).isEqualTo(folder.resolve("user/client1"));
            assertThat(second.data()).isEqualTo(folder.resolve("user/client2"));
        }
        try (PublishFolders again = take("publish", "80")) {
            assertThat(again.data()).isEqualTo(folder.resolve("user/client1"));
        }
    }

    @Test
    void aPrivateNetworkKeepsItsOwn() throws Exception {
        Path net = folder.resolve("net");
        PublishFolders folders = take("publish", "80", "--name", "blog", "--network", net.toString());
        assertThat(folders.data()).isEqualTo(net.resolve("published/client1"));
        assertThat(folders.service()).isEqualTo(net.resolve("published/services/blog"));
        folders.close();
    }

    @Test
    void dataIsWhereTheSystemHasIt() {
        Path home = Path.of("/home/u");
        assertThat(PublishFolders.user(Map.of(), home, "Linux")).isEqualTo(Path.of("/home/u/.local/share/allium"));
        assertThat(PublishFolders.user(Map.of("XDG_DATA_HOME", "/d"), home, "Linux"))
                .isEqualTo(Path.of("/d/allium"));
        assertThat(PublishFolders.user(Map.of("XDG_DATA_HOME", "relative"), home, "Linux"))
                .isEqualTo(Path.of("/home/u/.local/share/allium"));
        assertThat(PublishFolders.user(Map.of(), home, "Mac OS X"))
                .isEqualTo(Path.of("/home/u/Library/Application Support/Allium"));
    }

    private PublishFolders take(String... words) throws Exception {
        return PublishFolders.take(
                PublishLine.parse(List.of(words)),
                Files.createDirectories(folder.resolve("scratch")),
                folder.resolve("user"),
                disk);
    }
}

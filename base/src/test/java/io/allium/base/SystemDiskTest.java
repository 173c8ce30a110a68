package io.allium.base;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemDiskTest {
    private final SystemDisk disk = new SystemDisk();

    @TempDir
    Path folder;

    @Test
    void aFileIsReadAsItWasWrittenAndOnlyItsOwnerMay() throws Exception {
        Path file = folder.resolve("keys/secret");
        disk.write(file, "one".getBytes(UTF_8));
        disk.write(file, "two".getBytes(UTF_8));
        assertThat(disk.read(file))
                .hasValueSatisfying(content -> assertThat(content).asString().isEqualTo("two"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(disk.list(file.getParent())).containsExactly(file);
    }

    @Test
    void whatACrashLeftBesideAFileIsInNobodysWay() throws Exception {
        Path file = folder.resolve("state");
        Files.writeString(folder.resolve("state.tmp"), "half of it");
        disk.write(file, "whole".getBytes(UTF_8));
        assertThat(disk.read(file))
                .hasValueSatisfying(content -> assertThat(content).asString().isEqualTo("whole"));
    }

    @Test
    void whatIsAbsentIsEmptyAndNoError() throws Exception {
        assertThat(disk.read(folder.resolve("none"))).isEmpty();
        assertThat(disk.modified(folder.resolve("none"))).isEmpty();
        assertThat(disk.list(folder.resolve("none"))).isEmpty();
        disk.delete(folder.resolve("none"));
    }

    @Test
    void aFolderOpenToOthersIsClosedAndTheCallerToldSo() throws Exception {
        Path open = Files.createDirectory(folder.resolve("data"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(disk.privateFolder(open)).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(open)))
                .isEqualTo("rwx------");
        assertThat(disk.privateFolder(open)).isFalse();
        assertThat(disk.privateFolder(folder.resolve("a/b"))).isFalse();
    }

    @Test
    void aFileInTheFoldersPlaceIsAnErrorThatSaysWhatToDo() throws Exception {
        Path file = Files.writeString(folder.resolve("data"), "");
        assertThatThrownBy(() -> disk.privateFolder(file))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("should be a folder");
    }

    @Test
    void aLockIsTakenOnceUntilItIsLetGo() throws Exception {
        Path file = folder.resolve("lock");
        try (Closeable held = disk.lock(file)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> disk.lock(file))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageContaining("another Tor");
        }
        disk.lock(file).close();
    }
}

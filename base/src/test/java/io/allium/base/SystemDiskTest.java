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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemDiskTest {
    private final SystemDisk disk = new SystemDisk();

    @TempDir
    Path folder;

    @Test
    void aFileIsTheSameHoweverItsFolderIsNamed() throws Exception {
        Path sub = Files.createDirectory(folder.resolve("sub"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), sub);
        assertThat(disk.isSame(folder.resolve("x"), sub.resolve("../x"))).isTrue();
        assertThat(disk.isSame(sub.resolve("x"), link.resolve("x"))).isTrue();
        assertThat(disk.isSame(folder.resolve("gone/x"), folder.resolve("gone/x")))
                .isTrue();
        assertThat(disk.isSame(folder.resolve("x"), folder.resolve("y"))).isFalse();
        assertThat(disk.isSame(folder.resolve("x"), sub.resolve("x"))).isFalse();
        assertThat(disk.isSame(folder.resolve("x"), folder.resolve("gone/x"))).isFalse();
    }

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
    void addingMakesAFileAndNoFolder() throws Exception {
        Path file = folder.resolve("log");
        disk.append(file, "one".getBytes(UTF_8));
        disk.append(file, "two".getBytes(UTF_8));
        assertThat(file).hasContent("onetwo");
        assertThatThrownBy(() -> disk.append(folder.resolve("none/log"), new byte[0]))
                .isInstanceOf(LocalFailure.class)
                .hasMessage("cannot add to " + folder + "/none/log: there is no such folder");
        assertThat(folder.resolve("none")).doesNotExist();
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
    void aPathThroughAFileNamesNothing() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(disk.read(file.resolve("none"))).isEmpty();
        assertThat(disk.read(file.resolve("none/none"))).isEmpty();
        assertThatThrownBy(() -> disk.read(folder)).isInstanceOf(LocalFailure.class);
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

    @ParameterizedTest
    @CsvSource({
        "rwx------, false, false, true",
        "rwxr-xr-x, false, false, false",
        "rwxr-xr-x, false, true,  true",
        "rwxr-x---, false, false, false",
        "rwxr-x---, true,  false, true",
        "rwxr-xr-x, true,  false, false",
        "rwxr-xr-x, true,  true,  true",
        "rwxrwx---, true,  false, false",
        "rwxrwx---, false, true,  false",
        "rwxrwx---, true,  true,  false",
        "rwxrwxrwx, false, true,  false"
    })
    void whetherOthersCouldGetAtAFolderDependsOnWhoMay(String mode, boolean group, boolean listing, boolean closed)
            throws Exception {
        Path some = Files.createDirectory(folder.resolve("some"));
        Files.setPosixFilePermissions(some, PosixFilePermissions.fromString(mode));
        assertThat(disk.whyOpen(some, group, listing).isEmpty()).isEqualTo(closed);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(some)))
                .as("it is only looked at")
                .isEqualTo(mode);
    }

    @Test
    void whereThereIsNoFolderNobodyIsKeptOut() throws Exception {
        assertThat(disk.whyOpen(folder.resolve("none"), false, false).orElseThrow())
                .contains("no folder");
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

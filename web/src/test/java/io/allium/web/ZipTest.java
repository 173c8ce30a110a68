package io.allium.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of ours, read by the JDK. */
class ZipTest {
    @TempDir
    Path folder;

    @Test
    void aFolderComesWithAllItsFiles() throws Exception {
        Path shared = Files.createDirectories(folder.resolve("my földer/sub")).getParent();
        Files.writeString(shared.resolve("b.txt"), "bb");
        Files.writeString(shared.resolve("sub/ä.txt"), "umlaut");
        Files.writeString(shared.resolve("empty"), "");
        Files.writeString(folder.resolve("secret"), "secret");
        Files.createSymbolicLink(shared.resolve("link"), folder.resolve("secret"));
        Files.createSymbolicLink(shared.resolve("up"), folder);
        Files.setLastModifiedTime(shared.resolve("b.txt"), FileTime.from(Instant.parse("2026-11-20T12:34:56Z")));

        SharedFiles files = SharedFiles.of(List.of(shared));
        assertThat(files.name()).isEqualTo("my földer.zip");
        assertThat(files.files()).isEqualTo(3);
        try (ZipFile zip = new ZipFile(write(files.content()).toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName).toList())
                    .containsExactly("my földer/b.txt", "my földer/empty", "my földer/sub/ä.txt");
            ZipEntry entry = zip.getEntry("my földer/b.txt");
            assertThat(entry.getTimeLocal()).isEqualTo(LocalDateTime.parse("2026-11-20T12:34:56"));
            assertThat(new String(zip.getInputStream(entry).readAllBytes())).isEqualTo("bb");
            assertThat(new String(zip.getInputStream(zip.getEntry("my földer/sub/ä.txt"))
                            .readAllBytes()))
                    .isEqualTo("umlaut");
        }
    }

    @Test
    void severalFilesBecomeOne() throws Exception {
        Path one = Files.writeString(folder.resolve("one"), "1");
        Path two = Files.writeString(folder.resolve("two"), "2");
        SharedFiles files = SharedFiles.of(List.of(one, two));
        assertThat(files.name()).isEqualTo("files.zip");
        try (ZipFile zip = new ZipFile(write(files.content()).toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName).toList()).containsExactly("one", "two");
        }
        Path again =
                Files.writeString(Files.createDirectory(folder.resolve("d")).resolve("one"), "3");
        assertThatThrownBy(() -> SharedFiles.of(List.of(one, again)))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("two of them are called one");
    }

    @Test
    void whatIsNotThereIsSaid() throws Exception {
        assertThatThrownBy(() -> SharedFiles.of(List.of(folder.resolve("missing"))))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("missing");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> SharedFiles.of(List.of(empty))).hasMessageContaining("no file");
    }

    @Test
    void anyPartOfItIsThePartOfTheWhole() throws Exception {
        Random random = new Random(7);
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] content = new byte[random.nextInt(3) * random.nextInt(100_000)];
            random.nextBytes(content);
            files.add(Files.write(folder.resolve("f" + i), content));
        }
        Content zip = SharedFiles.of(files).content();
        byte[] whole = bytes(zip, 0, zip.length());
        assertThat(whole).hasSize((int) zip.length());
        for (int i = 0; i < 100; i++) {
            int from = random.nextInt(whole.length);
            int count = random.nextInt(whole.length - from + 1);
            assertThat(bytes(zip, from, count)).isEqualTo(Arrays.copyOfRange(whole, from, from + count));
        }
    }

    /** Of contents that are nowhere, into a file with holes. */
    @Test
    void filesMayBeLargerThan32BitsTell() throws Exception {
        LocalDateTime now = LocalDateTime.parse("2026-11-20T12:00:00");
        long huge = (1L << 32) + 10;
        List<Zip.Entry> entries = List.of(
                new Zip.Entry("huge", new Hole(huge), 0, now),
                new Zip.Entry("exactly", new Hole(0xffff_ffffL), 0, now),
                new Zip.Entry("small", Content.text("abc"), 0x352441C2L, now));
        Content zip = Zip.of(entries);
        Path file = folder.resolve("sparse.zip");
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long position = 0;
            for (Content part : ((Content.Joined) zip).parts()) {
                if (!(part instanceof Hole)) {
                    byte[] bytes = bytes(part, 0, part.length());
                    out.write(ByteBuffer.wrap(bytes), position);
                }
                position += part.length();
            }
            assertThat(position).isEqualTo(zip.length());
        }
        try (ZipFile read = new ZipFile(file.toFile())) {
            assertThat(read.getEntry("huge").getSize()).isEqualTo(huge);
            assertThat(read.getEntry("exactly").getSize()).isEqualTo(0xffff_ffffL);
            assertThat(new String(read.getInputStream(read.getEntry("small")).readAllBytes()))
                    .isEqualTo("abc");
        }
    }

    @Test
    void thereMayBeMoreFilesThan16BitsTell() throws Exception {
        List<Zip.Entry> entries = new ArrayList<>();
        LocalDateTime now = LocalDateTime.parse("2026-11-20T12:00:00");
        for (int i = 0; i < 70_000; i++) {
            entries.add(new Zip.Entry("" + i, Content.NOTHING, 0, now));
        }
        try (ZipFile zip = new ZipFile(write(Zip.of(entries)).toFile())) {
            assertThat(zip.size()).isEqualTo(70_000);
            assertThat(zip.getEntry("69999")).isNotNull();
        }
    }

    private record Hole(long length) implements Content {
        @Override
        public void write(Sink to, long from, long count) {
            throw new UnsupportedOperationException();
        }
    }

    private Path write(Content content) throws Exception {
        return Files.write(folder.resolve("written.zip"), bytes(content, 0, content.length()));
    }

    private static byte[] bytes(Content content, long from, long count) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        content.write(bytes::write, from, count);
        return bytes.toByteArray();
    }
}

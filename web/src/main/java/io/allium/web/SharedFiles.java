package io.allium.web;

import io.allium.base.LocalFailure;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What is handed over: one file as it is, or several files and folders as an archive. Immutable.
 *
 * @param name under which a visitor saves it
 * @param files how many there are
 * @param modified when the latest of them was
 */
public record SharedFiles(String name, Content content, int files, Instant modified) {
    /** What an archive is called that has more than one thing in it. */
    private static final String SEVERAL = "files.zip";

    /**
     * Looks at them, and reads those that go into an archive once. Links inside of folders are left out: who shares a folder
     * does not mean what they point to.
     */
    public static SharedFiles of(List<Path> files) throws LocalFailure {
        if (files.size() == 1 && Files.isRegularFile(files.getFirst())) {
            return one(files.getFirst());
        }
        Map<String, Path> inside = new TreeMap<>();
        for (Path file : files) {
            collect(file, inside);
        }
        if (inside.isEmpty()) {
            throw new LocalFailure("there is no file in what is to be shared");
        }
        List<Zip.Entry> entries = new ArrayList<>();
        Instant latest = Instant.EPOCH;
        for (Map.Entry<String, Path> each : inside.entrySet()) {
            entries.add(Zip.read(each.getKey(), each.getValue()));
            Instant modified = modified(each.getValue());
            latest = modified.isAfter(latest) ? modified : latest;
        }
        String name = files.size() == 1 ? nameOf(files.getFirst()) + ".zip" : SEVERAL;
        return new SharedFiles(name, Zip.of(entries), entries.size(), latest);
    }

    /** In bytes, as it is sent. */
    public long length() {
        return content.length();
    }

    private static SharedFiles one(Path file) throws LocalFailure {
        try {
            if (!Files.isReadable(file)) {
                throw new LocalFailure(file + " is not ours to read");
            }
            Instant modified = modified(file);
            Content content = new Content.NamedFile(file, Files.size(file), modified);
            return new SharedFiles(nameOf(file), content, 1, modified);
        } catch (IOException failed) {
            throw new LocalFailure("cannot look at " + file, failed);
        }
    }

    private static void collect(Path top, Map<String, Path> inside) throws LocalFailure {
        Path real;
        try {
            real = top.toRealPath();
        } catch (IOException missing) {
            throw new LocalFailure("there is no " + top, missing);
        }
        String topName = nameOf(top);
        try {
            Files.walkFileTree(real, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (!attributes.isRegularFile()) {
                        return FileVisitResult.CONTINUE;
                    }
                    String name = file.equals(real)
                            ? topName
                            : topName + "/" + real.relativize(file).toString().replace('\\', '/');
                    if (inside.put(name, file) != null) {
                        throw new IOException("two of them are called " + name);
                    }
                    if (inside.size() > Zip.ENTRIES_MAX) {
                        throw new IOException("there are more than " + Zip.ENTRIES_MAX + " files");
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException failed) {
            throw new LocalFailure("cannot share " + top + ": " + failed.getMessage(), failed);
        }
    }

    private static String nameOf(Path file) {
        return FileNames.safe(
                Objects.requireNonNullElse(file.toAbsolutePath().normalize().getFileName(), file)
                        .toString());
    }

    private static Instant modified(Path file) throws LocalFailure {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException failed) {
            throw new LocalFailure("cannot look at " + file, failed);
        }
    }
}

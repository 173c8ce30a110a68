package io.allium.testing;

import io.allium.base.Disk;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Files in memory, of no date. Safe from any thread. */
public final class MemoryDisk implements Disk {
    private final Map<Path, byte[]> files = new ConcurrentSkipListMap<>();

    /** What each file holds, for a test to look at and to change. */
    public Map<Path, byte[]> files() {
        return files;
    }

    @Override
    public Optional<byte[]> read(Path file) {
        return Optional.ofNullable(files.get(file));
    }

    @Override
    public void write(Path file, byte[] content) {
        files.put(file, content);
    }

    @Override
    public void append(Path file, byte[] content) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(files.getOrDefault(file, new byte[0]));
        both.writeBytes(content);
        files.put(file, both.toByteArray());
    }

    @Override
    public void move(Path from, Path to) {
        byte[] moved = files.remove(from);
        if (moved != null) {
            files.put(to, moved);
        }
    }

    @Override
    public void delete(Path file) {
        files.remove(file);
    }

    @Override
    public List<Path> list(Path folder) {
        return files.keySet().stream()
                .filter(each -> folder.equals(each.getParent()))
                .toList();
    }

    @Override
    public Optional<Instant> modified(Path file) {
        return Optional.empty();
    }

    @Override
    public boolean privateFolder(Path folder) {
        return true;
    }

    @Override
    public Closeable lock(Path file) {
        return () -> {};
    }
}

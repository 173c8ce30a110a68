package io.allium.crypto;

import io.allium.base.Disk;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Files in memory for tests. */
final class MemoryDisk implements Disk {
    final Map<Path, byte[]> files = new TreeMap<>();

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
        throw new UnsupportedOperationException();
    }

    @Override
    public void move(Path from, Path to) {
        files.put(to, files.remove(from));
    }

    @Override
    public void delete(Path file) {
        files.remove(file);
    }

    @Override
    public List<Path> list(Path folder) {
        return List.copyOf(files.keySet());
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

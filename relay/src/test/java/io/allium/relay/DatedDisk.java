package io.allium.relay;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.SystemDisk;
import io.allium.base.Time;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The machine's disk, whose files have the dates of a test's clock. */
record DatedDisk(Time time, Disk disk) implements Disk {
    DatedDisk(Time time) {
        this(time, new SystemDisk());
    }

    @Override
    public Optional<byte[]> read(Path file) throws LocalFailure {
        return disk.read(file);
    }

    @Override
    public void write(Path file, byte[] content) throws LocalFailure {
        disk.write(file, content);
        date(file);
    }

    @Override
    public void protect(Path file) throws LocalFailure {
        disk.protect(file);
    }

    @Override
    public void append(Path file, byte[] content) throws LocalFailure {
        disk.append(file, content);
        date(file);
    }

    @Override
    public void move(Path from, Path to) throws LocalFailure {
        disk.move(from, to);
    }

    @Override
    public void delete(Path file) throws LocalFailure {
        disk.delete(file);
    }

    @Override
    public List<Path> list(Path folder) throws LocalFailure {
        return disk.list(folder);
    }

    @Override
    public Optional<Instant> modified(Path file) throws LocalFailure {
        return disk.modified(file);
    }

    @Override
    public boolean privateFolder(Path folder) throws LocalFailure {
        return disk.privateFolder(folder);
    }

    @Override
    public Closeable lock(Path file) throws LocalFailure {
        return disk.lock(file);
    }

    private void date(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(time.now()));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}

package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** The data directory while we run: ours, closed to others, and locked against a second Tor. Immutable. */
final class DataFolder implements AutoCloseable {
    private final Path path;
    private final Disk disk;
    private final Log log;
    private final Closeable lock;
    private final Optional<Path> pidFile;

    private DataFolder(Path path, Disk disk, Log log, Closeable lock, Optional<Path> pidFile) {
        this.path = path;
        this.disk = disk;
        this.log = log;
        this.lock = lock;
        this.pidFile = pidFile;
    }

    /** Makes it where it is missing, and takes it. The message says what is in the way. */
    static DataFolder take(Options options, Path home, Disk disk, Log log, long processId) throws LocalFailure {
        Path path = of(options, home);
        if (disk.privateFolder(path)) {
            log.warn(
                    Domain.FS,
                    "The permissions on " + path + " let others in, who may have read our keys. They are closed now.");
        }
        Closeable lock = disk.lock(path.resolve("lock"));
        Optional<Path> pidFile = options.file("PidFile");
        if (pidFile.isPresent()) {
            disk.write(pidFile.get(), (processId + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        return new DataFolder(path, disk, log, lock, pidFile);
    }

    /** Where it is: DataDirectory, or {@code ~/.tor}. */
    static Path of(Options options, Path home) {
        return options.file("DataDirectory").orElse(home.resolve(".tor")).toAbsolutePath();
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            if (pidFile.isPresent()) {
                disk.delete(pidFile.get());
            }
            lock.close();
        } catch (LocalFailure | IOException left) {
            log.warn(Domain.FS, "Something is left behind: " + left.getMessage());
        }
    }
}

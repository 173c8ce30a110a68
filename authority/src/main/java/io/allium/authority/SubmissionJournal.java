package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.netdoc.Slice;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What was submitted to us, on disk: relays come again only every 18 hours, and an authority that was killed should know
 * them at once. Documents are added as they come; once most of them are outdated, all is written anew. Guarded by {@code
 * lock}, which is held while {@link Submissions} lists what is still of use.
 */
final class SubmissionJournal {
    private static final String FILE = "submitted-descriptors";

    /** So much may be outdated, besides as much as was of use when it was written: a few minutes of uploads. */
    private static final long SLACK = 16 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Disk disk;
    private final Log log;
    private final Path file;
    private final Supplier<List<Slice>> useful;
    private long length;
    private long lengthWhenWritten;

    /** @param useful lists what is to be kept */
    SubmissionJournal(Disk disk, Log log, Path dataDirectory, Supplier<List<Slice>> useful) {
        this.disk = disk;
        this.log = log;
        this.file = dataDirectory.resolve(FILE);
        this.useful = useful;
    }

    /** What an earlier life kept; its end may be torn. */
    byte[] read() throws LocalFailure {
        return disk.read(file).orElse(new byte[0]);
    }

    void add(Slice document) {
        lock.lock();
        try {
            disk.append(file, document.bytes());
            length += document.length();
            if (length > 2 * lengthWhenWritten + SLACK) {
                rewrite();
            }
        } catch (LocalFailure unwritable) {
            log.warn(Log.Domain.FS, unwritable.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /** Leaves out what is outdated, and what was torn. */
    void rewrite() {
        lock.lock();
        try {
            byte[] all = Slice.join(useful.get());
            disk.write(file, all);
            length = all.length;
            lengthWhenWritten = length;
        } catch (LocalFailure unwritable) {
            log.warn(Log.Domain.FS, unwritable.getMessage());
        } finally {
            lock.unlock();
        }
    }
}

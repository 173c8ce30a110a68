package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.DocumentTimes;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What came of the voting: handed on to whoever serves consensuses, and written into C tor's files. Guarded by
 * {@code lock}.
 *
 * @spec dir-spec 3.11
 */
final class Published {
    private final ReentrantLock lock = new ReentrantLock();
    private final Disk disk;
    private final Log log;
    private final Path dataDirectory;
    private final Authority.Publication publication;
    private final Condition heard = lock.newCondition();
    private Optional<DocumentTimes> latest;
    private boolean isNews; // whether others made the latest, and nobody has looked at it since
    private Optional<BandwidthFile> nextBandwidths = Optional.empty();
    private Optional<BandwidthFile> currentBandwidths = Optional.empty();

    /** @param latest when the consensus holds that we had when we started */
    Published(
            Disk disk, Log log, Path dataDirectory, Authority.Publication publication, Optional<DocumentTimes> latest) {
        this.disk = disk;
        this.log = log;
        this.dataDirectory = dataDirectory;
        this.publication = publication;
        this.latest = latest;
    }

    /** The times of the consensus that holds now, by which everybody's next period is timed. */
    Optional<DocumentTimes> live(Instant now) {
        lock.lock();
        try {
            return latest.filter(times -> !now.isBefore(times.validAfter()) && !now.isAfter(times.validUntil()));
        } finally {
            lock.unlock();
        }
    }

    /**
     * A consensus that we learnt of: ours, or, after a period that we had no part in, what the others made. From now on
     * our periods are timed by it, as everybody's are.
     */
    void heard(DocumentTimes times) {
        lock.lock();
        try {
            if (latest.map(ours -> times.validAfter().isAfter(ours.validAfter()))
                    .orElse(true)) {
                latest = Optional.of(times);
                isNews = true;
                heard.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits, until {@code deadline} in nanoseconds, for a consensus that others made without us; whether there is one. */
    boolean awaitNews(Time time, long deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (!isNews) {
                time.await(lock, heard, deadline);
            }
            boolean was = isNews;
            isNews = false;
            return was;
        } finally {
            lock.unlock();
        }
    }

    /** This period gave no consensus that enough signed. */
    void missed() {
        publication.missed();
    }

    /** What we computed, whether others agree or not: for the operator who wonders. */
    void draft(Draft draft) {
        write("my-consensus-" + draft.flavor().text(), draft.text());
    }

    /** A consensus that enough authorities signed. */
    void consensus(Draft draft) {
        byte[] document = draft.text();
        write("consensus-transparency-" + draft.flavor().text(), draft.unsignedText());
        lock.lock();
        try {
            latest = Optional.of(draft.times());
            currentBandwidths = nextBandwidths;
        } finally {
            lock.unlock();
        }
        write(cacheFile(draft.flavor()), document);
        publication.published(draft.flavor(), document);
        log.notice(Log.Domain.DIR, "Published " + draft.flavor().text() + " consensus");
    }

    void nextBandwidths(Optional<BandwidthFile> file) {
        lock.lock();
        try {
            nextBandwidths = file;
        } finally {
            lock.unlock();
        }
    }

    Optional<BandwidthFile> nextBandwidths() {
        lock.lock();
        try {
            return nextBandwidths;
        } finally {
            lock.unlock();
        }
    }

    Optional<BandwidthFile> currentBandwidths() {
        lock.lock();
        try {
            return currentBandwidths;
        } finally {
            lock.unlock();
        }
    }

    static String cacheFile(ConsensusFlavor flavor) {
        return switch (flavor) {
            case NS -> "cached-consensus";
            case MICRODESC -> "cached-microdesc-consensus";
        };
    }

    private void write(String name, byte[] content) {
        try {
            disk.write(dataDirectory.resolve(name), content);
        } catch (LocalFailure unwritable) {
            log.warn(Log.Domain.FS, unwritable.in(name).getMessage());
        }
    }
}

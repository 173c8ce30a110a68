package io.allium.relay;

import io.allium.base.Time;
import io.allium.channel.Backlog;
import io.allium.crypto.Ed25519Identity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Descriptors of onion services, in memory alone: where they are kept nothing should be found later. Each stays for the
 * lifetime that it names, unless a newer one of its service takes its place, or there is too much and few have asked for it:
 * in the store, or in all the memory of this process. Guarded by {@code lock}.
 *
 * @spec rend-spec-v3 2.2.5, 2.2.6
 */
final class OnionDescriptorStore {
    /** What one costs beside its bytes. */
    static final int OVERHEAD = 256;

    /** What is made room for at once where there is too much, since it takes a look at all of them: 1000 long ones, as in C tor. */
    static final long SPARE_BYTES = 50_000_000;

    /** How often those that have expired are looked for. */
    static final Duration SWEEP = Duration.ofMinutes(30);

    /** One that is kept. */
    private static final class Kept {
        private final byte[] document;
        private final long revision;
        private final long since;
        private final long expires;
        private long downloads;

        private Kept(byte[] document, long revision, long since, long expires, long downloads) {
            this.document = document;
            this.revision = revision;
            this.since = since;
            this.expires = expires;
            this.downloads = downloads;
        }

        private long cost() {
            return (long) document.length + OVERHEAD;
        }
    }

    private final Time time;
    private final long bytesMax;
    private final Backlog backlog;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Ed25519Identity, Kept> kept = new LinkedHashMap<>(); // the one that came first is first
    private long bytes;
    private long nextSweep;

    /**
     * Makes one that is empty.
     *
     * @param bytesMax after which room is made: {@code MaxHSDirCacheBytes}. There may be one descriptor more than that.
     * @param backlog counts what is kept
     */
    OnionDescriptorStore(Time time, long bytesMax, Backlog backlog) {
        this.time = time;
        this.bytesMax = bytesMax;
        this.backlog = backlog;
        backlog.join(this::list);
        this.nextSweep = time.nanos() + SWEEP.toNanos();
    }

    /**
     * Keeps a descriptor that has been verified.
     *
     * @param blinded the service's blinded key, by which clients ask for it
     * @param revision what counts up from one descriptor of that key to the next, without sign
     * @param document it as it came, which belongs to the store from now on
     * @return false if there is one of that revision, or a later one
     */
    boolean store(Ed25519Identity blinded, long revision, Duration lifetime, byte[] document) {
        lock.lock();
        try {
            sweep();
            long downloads = 0;
            Kept before = live(blinded);
            if (before != null) {
                if (Long.compareUnsigned(before.revision, revision) >= 0) {
                    return false;
                }
                downloads = before.downloads;
            }
            prune();
            remove(blinded);
            long now = time.nanos();
            Kept added = new Kept(document, revision, now, now + lifetime.toNanos(), downloads);
            kept.put(blinded, added);
            bytes += added.cost();
            backlog.added(added.cost());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The newest descriptor of that key; it is counted as asked for. */
    Optional<byte[]> fetch(Ed25519Identity blinded) {
        lock.lock();
        try {
            sweep();
            Kept found = live(blinded);
            if (found == null) {
                return Optional.empty();
            }
            found.downloads++;
            return Optional.of(found.document);
        } finally {
            lock.unlock();
        }
    }

    /** What all that is kept costs. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Where memory is short, what is more than half of what may be kept goes, as one with its oldest. */
    private void list(List<Backlog.Waiting> into) {
        lock.lock();
        try {
            long excess = bytes - bytesMax / 2;
            if (excess > 0) {
                long since = kept.values().iterator().next().since;
                into.add(new Backlog.Waiting(since, excess, this::relieve));
            }
        } finally {
            lock.unlock();
        }
    }

    private void relieve() {
        lock.lock();
        try {
            pruneTo(bytesMax / 2);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Kept live(Ed25519Identity blinded) {
        Kept found = kept.get(blinded);
        return found == null || isExpired(found) ? null : found;
    }

    private boolean isExpired(Kept one) {
        return one.expires - time.nanos() <= 0;
    }

    private void sweep() {
        if (nextSweep - time.nanos() <= 0) {
            kept.values().removeIf(one -> isExpired(one) && forgotten(one));
            nextSweep = time.nanos() + SWEEP.toNanos();
        }
    }

    private void prune() {
        if (bytes > bytesMax) {
            pruneTo(SPARE_BYTES < bytesMax ? bytesMax - SPARE_BYTES : bytes / 2);
        }
    }

    /** Those go that were asked for least; of these, whichever came first. */
    private void pruneTo(long target) {
        List<Map.Entry<Ed25519Identity, Kept>> leastWanted = new ArrayList<>(kept.entrySet());
        leastWanted.sort(Comparator.comparingLong(entry -> entry.getValue().downloads));
        for (Map.Entry<Ed25519Identity, Kept> entry : leastWanted) {
            if (bytes <= target) {
                return;
            }
            remove(entry.getKey());
        }
    }

    private void remove(Ed25519Identity blinded) {
        Kept gone = kept.remove(blinded);
        if (gone != null) {
            forgotten(gone);
        }
    }

    private boolean forgotten(Kept gone) {
        bytes -= gone.cost();
        backlog.removed(gone.cost());
        return true;
    }
}

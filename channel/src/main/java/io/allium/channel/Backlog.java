package io.allium.channel;

import io.allium.base.Log;
import io.allium.base.Tasks;
import io.allium.base.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many bytes wait in memory in all queues of this process, and what happens when they are too many: the circuits and
 * streams whose data has waited longest end, until a tenth of the bound is free. Age and not length decides, for whoever
 * wants to fill our memory sends little to each of many circuits and reads nothing, while a busy circuit's queue is long
 * and young. Counting is safe from any thread and takes no lock; who holds bytes is guarded by {@code lock}.
 *
 * @spec tor-spec 8.1; proposal 324, 4.1.3
 */
public final class Backlog {
    /** While the ending goes on, a sixteenth more may come; then nothing is taken, and who wanted to send more ends. */
    private static final int SPARE_PART = 16;

    /** How much is left of the bound afterwards: FRACTION_OF_DATA_TO_RETAIN_ON_OOM of C tor. */
    private static final double RETAINED = 0.9;

    /** It is told of once in so long. */
    private static final Duration QUIET = Duration.ofMinutes(1);

    /** Who holds bytes. */
    public interface Holder {
        /** Adds what waits; from any thread. */
        void list(List<Waiting> into);
    }

    /**
     * Bytes that wait together.
     *
     * @param since when the oldest of them came, by {@link Time#nanos}
     * @param end frees them, and soon all else of the circuit or stream; from any thread
     */
    public record Waiting(long since, long bytes, Runnable end) {}

    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean relieving = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Holder> holders = new LinkedHashSet<>();
    private volatile long max;

    // Confined to the one task that relieves.
    private long lastTold;
    private long endedSince;
    private long freedSince;

    /** @param max how many bytes may wait */
    public Backlog(long max, Time time, Tasks tasks, Log log) {
        this.max = max;
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.lastTold = time.nanos() - QUIET.toNanos();
    }

    /** From now on, so many bytes may wait. */
    void limit(long newMax) {
        max = newMax;
    }

    /** From now on, {@code holder} is asked when there are too many. */
    public void join(Holder holder) {
        lock.lock();
        try {
            holders.add(holder);
        } finally {
            lock.unlock();
        }
    }

    /** It holds nothing any more, and took off what it held. */
    public void leave(Holder holder) {
        lock.lock();
        try {
            holders.remove(holder);
        } finally {
            lock.unlock();
        }
    }

    /** Whether more may wait: after a no, data is lost and so its circuit or stream. */
    public boolean hasRoom() {
        return bytes.get() < max + max / SPARE_PART;
    }

    /** So many more wait. May be called under any lock. */
    public void added(long count) {
        if (bytes.addAndGet(count) > max) {
            relieveSoon();
        }
    }

    private void relieveSoon() {
        if (relieving.compareAndSet(false, true)) {
            tasks.fork("out of memory", this::relieve);
        }
    }

    /** So many wait no longer. */
    public void removed(long count) {
        bytes.addAndGet(-count);
    }

    /** How many wait. */
    public long size() {
        return bytes.get();
    }

    private void relieve() {
        long endedBefore = endedSince;
        boolean some;
        try {
            List<Waiting> oldestFirst = waiting();
            long target = (long) (max * RETAINED);
            long before = bytes.get();
            for (Waiting oldest : oldestFirst) {
                if (bytes.get() <= target) {
                    break;
                }
                oldest.end().run();
                endedSince++;
            }
            freedSince += Math.max(0, before - bytes.get());
            some = endedSince > endedBefore;
            tell();
        } finally {
            relieving.set(false);
        }
        if (some && bytes.get() > max) {
            relieveSoon(); // for what came meanwhile, after which perhaps nothing is taken any more that would call us
        }
    }

    private List<Waiting> waiting() {
        List<Holder> all;
        lock.lock();
        try {
            all = List.copyOf(holders);
        } finally {
            lock.unlock();
        }
        List<Waiting> waiting = new ArrayList<>();
        all.forEach(holder -> holder.list(waiting));
        long now = time.nanos();
        waiting.sort((one, other) -> Long.compare(now - other.since(), now - one.since()));
        return waiting;
    }

    private void tell() {
        long now = time.nanos();
        if (now - lastTold < QUIET.toNanos()) {
            return;
        }
        log.notice(
                Log.Domain.GENERAL,
                "We're low on memory: more than " + max + " bytes waited in queues, which is MaxMemInQueues. Removed "
                        + freedSince + " bytes by ending " + endedSince
                        + " circuits and streams whose data had waited longest.");
        lastTold = now;
        endedSince = 0;
        freedSince = 0;
    }
}

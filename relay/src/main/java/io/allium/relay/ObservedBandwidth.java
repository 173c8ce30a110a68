package io.allium.relay;

import io.allium.base.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How much we have been seen to carry: the best ten seconds of the last days, which our descriptor tells. Any thread
 * counts; one task calls {@link #tick} every second; the rest is guarded by {@code lock}.
 *
 * @spec dir-spec 2.1.1 ("bandwidth-observed")
 */
public final class ObservedBandwidth {
    /** The span over which traffic must be sustained: NUM_SECS_ROLLING_MEASURE of C tor. */
    static final int SUSTAINED_SECONDS = 10;

    /** How many days a peak is remembered: NUM_TOTALS of C tor. */
    static final int DAYS = 5;

    /** How often {@link #tick} is called. */
    static final Duration TICK = Duration.ofSeconds(1);

    private final LongAdder bytes = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final ArrayDeque<Long> seconds = new ArrayDeque<>(SUSTAINED_SECONDS + 1);
    private final ArrayDeque<Long> peaks = new ArrayDeque<>(DAYS + 1);
    private long dayBegan;
    private long sum;
    private long counted;

    public ObservedBandwidth(Time time) {
        this.time = time;
        this.dayBegan = time.nanos();
        peaks.add(0L);
    }

    /** Counts what passed through us. */
    void carried(long count) {
        bytes.add(count);
    }

    /** All bytes carried so far. */
    public long total() {
        return bytes.sum();
    }

    /** A second is over. */
    void tick() {
        lock.lock();
        try {
            long total = bytes.sum();
            seconds.addLast(total - counted);
            sum += total - counted;
            counted = total;
            if (seconds.size() > SUSTAINED_SECONDS) {
                sum -= seconds.removeFirst();
            }
            if (time.nanos() - dayBegan >= Duration.ofDays(1).toNanos()) {
                dayBegan = time.nanos();
                peaks.addLast(0L);
                if (peaks.size() > DAYS) {
                    peaks.removeFirst();
                }
            }
            peaks.addLast(Math.max(peaks.removeLast(), sum / SUSTAINED_SECONDS));
        } finally {
            lock.unlock();
        }
    }

    /** The best, in bytes a second. */
    public long observed() {
        lock.lock();
        try {
            return peaks.stream().mapToLong(Long::longValue).max().orElse(0);
        } finally {
            lock.unlock();
        }
    }
}

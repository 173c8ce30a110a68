package io.allium.relay;

import io.allium.base.Time;
import io.allium.client.StateFile;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * How much we have been seen to carry: the best ten seconds of the last days, which our descriptor tells. The state file
 * remembers it in C tor's lines. Any thread counts; one task calls {@link #tick} every second; the rest is guarded by
 * {@code lock}.
 *
 * <p>C tor counts what all its connections read and write, those of exits with servers too, and tells the smaller of the two
 * sums. That is what passes through: at an exit what comes from a server is written to the client, and the other way
 * round. We count it once, as cells, wherever it goes on to; TLS around it and what our directory serves are left out.
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

    private static final Duration DAY = Duration.ofDays(1);
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    /** What passes through us goes in as much as it goes out, so both directions are the same. */
    private static final List<String> DIRECTIONS = List.of("Read", "Write");

    /**
     * A day's traffic.
     *
     * @param peak the best ten seconds, in bytes a second
     * @param bytes all of it
     */
    private record DayOfTraffic(long peak, long bytes) {}

    private final LongAdder bytes = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final ArrayDeque<Long> seconds = new ArrayDeque<>(SUSTAINED_SECONDS + 1);
    private final ArrayDeque<DayOfTraffic> days = new ArrayDeque<>(DAYS + 1);
    private long dayBegan;
    private long sum;
    private long counted;

    public ObservedBandwidth(Time time) {
        this.time = time;
        this.dayBegan = time.nanos();
        days.add(new DayOfTraffic(0, 0));
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
            long second = bytes.sum() - counted;
            counted += second;
            seconds.addLast(second);
            sum += second;
            if (seconds.size() > SUSTAINED_SECONDS) {
                sum -= seconds.removeFirst();
            }
            if (time.nanos() - dayBegan >= DAY.toNanos()) {
                dayBegan = time.nanos();
                days.addLast(new DayOfTraffic(0, 0));
            }
            DayOfTraffic today = days.removeLast();
            days.addLast(new DayOfTraffic(Math.max(today.peak, sum / SUSTAINED_SECONDS), today.bytes + second));
            while (days.size() > DAYS) {
                days.removeFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The best, in bytes a second. */
    public long observed() {
        lock.lock();
        try {
            return days.stream().mapToLong(DayOfTraffic::peak).max().orElse(0);
        } finally {
            lock.unlock();
        }
    }

    /** Puts the last days into the state. */
    void save(StateFile state, Instant now) {
        lock.lock();
        try {
            Instant ends = now.plus(DAY).minusNanos(time.nanos() - dayBegan);
            for (String direction : DIRECTIONS) {
                String keyword = "BWHistory" + direction;
                state.replace(
                        keyword + "Ends", List.of(ends.atOffset(ZoneOffset.UTC).format(ISO)));
                state.replace(keyword + "Interval", List.of("" + DAY.toSeconds()));
                state.replace(keyword + "Maxima", List.of(joined(DayOfTraffic::peak)));
                state.replace(keyword + "Values", List.of(joined(DayOfTraffic::bytes)));
            }
        } finally {
            lock.unlock();
        }
    }

    private String joined(ToLongFunction<DayOfTraffic> figure) {
        return days.stream().map(day -> "" + figure.applyAsLong(day)).collect(Collectors.joining(","));
    }

    /** Takes the days that the state remembers for those before today; what cannot be read says nothing. */
    void restore(StateFile state) {
        List<Long> peaks = numbers(state.values("BWHistoryWriteMaxima"));
        List<Long> sums = numbers(state.values("BWHistoryWriteValues"));
        lock.lock();
        try {
            int count = Math.min(Math.min(peaks.size(), sums.size()), DAYS - 1);
            for (int i = 1; i <= count; i++) {
                days.addFirst(new DayOfTraffic(peaks.get(peaks.size() - i), sums.get(sums.size() - i)));
            }
        } finally {
            lock.unlock();
        }
    }

    private static List<Long> numbers(List<String> lines) {
        List<Long> numbers = new ArrayList<>();
        for (String line : lines) {
            for (String word : line.split(",", -1)) {
                if (word.strip().matches("[0-9]{1,18}")) {
                    numbers.add(Long.parseLong(word.strip()));
                }
            }
        }
        return numbers;
    }
}

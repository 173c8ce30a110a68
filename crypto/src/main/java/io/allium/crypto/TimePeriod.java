package io.allium.crypto;

import java.time.Duration;
import java.time.Instant;

/**
 * The time during which a service has one blinded key. All in the network count the same periods: they take length and offset
 * from the consensus.
 *
 * @param number counted from the epoch
 * @param lengthMinutes of all periods, the consensus parameter {@code hsdir_interval}
 * @param offset how long after the epoch the first began: 12 voting intervals, half a run of the shared random protocol
 * @spec rend-spec-v3 2.2.1
 */
public record TimePeriod(long number, int lengthMinutes, Duration offset) implements Comparable<TimePeriod> {
    /** A day, in minutes. */
    public static final int LENGTH_DEFAULT = 1440;

    /** For the public network's voting interval of an hour. */
    public static final Duration OFFSET_DEFAULT = Duration.ofHours(12);

    private static final int SECONDS_A_MINUTE = 60;

    public TimePeriod {
        if (number < 0 || lengthMinutes < 1 || offset.isNegative()) {
            throw new IllegalArgumentException(
                    "time period " + number + " of " + lengthMinutes + " minutes after " + offset);
        }
    }

    /** The public network's period of that number. */
    public TimePeriod(long number, int lengthMinutes) {
        this(number, lengthMinutes, OFFSET_DEFAULT);
    }

    /** The public network's period at that time. */
    public static TimePeriod containing(Instant time, int lengthMinutes) {
        return containing(time, lengthMinutes, OFFSET_DEFAULT);
    }

    /**
     * The period at that time, which is a consensus's valid-after. Like C tor's, in full minutes of both time and offset; that
     * matters in test networks whose votes are seconds apart. The time before the first period belongs to the first.
     */
    public static TimePeriod containing(Instant time, int lengthMinutes, Duration offset) {
        long minutes = Math.floorDiv(time.getEpochSecond(), SECONDS_A_MINUTE) - offset.toMinutes();
        return new TimePeriod(Math.max(0, Math.floorDiv(minutes, lengthMinutes)), lengthMinutes, offset);
    }

    public Instant start() {
        return Instant.EPOCH.plus(length().multipliedBy(number)).plus(offset);
    }

    /** When the next one starts. */
    public Instant end() {
        return start().plus(length());
    }

    public Duration length() {
        return Duration.ofMinutes(lengthMinutes);
    }

    public TimePeriod next() {
        return new TimePeriod(number + 1, lengthMinutes, offset);
    }

    /** The one before; the first has none. */
    public TimePeriod previous() {
        return new TimePeriod(number - 1, lengthMinutes, offset);
    }

    @Override
    public int compareTo(TimePeriod other) {
        return Long.compare(number, other.number);
    }
}

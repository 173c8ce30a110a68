package io.allium.onionservice;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Log.Severity;
import io.allium.base.Time;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts the introductions that a service did not follow, and says in the log from time to time how many those were. Counted
 * from any thread; {@link #summarise} is confined to the task of the service.
 */
public final class DroppedIntroductions {
    /** Why one was dropped. */
    public enum Why {
        /** It is a copy of one that came before. */
        REPLAYED("came a second time"),
        /** It was not sealed for this service, or what was in it makes no sense. */
        UNREADABLE("could not be opened or read"),
        /** It came by another introduction point than the one that it was made for. */
        MISDIRECTED("were made for another introduction point"),
        /** It was made for a descriptor that no client should use any longer. */
        OUTDATED("were made for a descriptor that has expired"),
        /** It shows work that was not done, or not for this service, or that was shown before. */
        WORTHLESS_WORK("showed work that does not count"),
        /** The queue was full of those that had worked more. */
        SHED("had to make room for those that worked more"),
        /** Its turn came when its client waited no longer. */
        LATE("waited until nobody waited for them"),
        /** It came faster than introductions can be opened. */
        OVER_RATE("came faster than they could be looked at"),
        /** There was no way to the rendezvous point that it names. */
        NOT_MET("named a rendezvous point that could not be reached");

        private final String words;

        Why(String words) {
            this.words = words;
        }
    }

    /** Between two lines in the log. */
    static final Duration INTERVAL = Duration.ofMinutes(10);

    /** So many in an interval are worth a notice. Fewer just happen: clients try again, circuits break. */
    static final long NOTICED_FROM = 10;

    private final AtomicLongArray counts = new AtomicLongArray(Why.values().length);
    private final Time time;
    private final long[] told = new long[Why.values().length];
    private long nextAt;

    DroppedIntroductions(Time time) {
        this.time = time;
        this.nextAt = time.nanos() + INTERVAL.toNanos();
    }

    void note(Why why) {
        counts.incrementAndGet(why.ordinal());
    }

    /** Those who count this kind themselves have come so far. */
    void total(Why why, long count) {
        counts.set(why.ordinal(), count);
    }

    /** How many there have been. */
    Map<Why, Long> counts() {
        Map<Why, Long> all = new EnumMap<>(Why.class);
        for (Why each : Why.values()) {
            all.put(each, counts.get(each.ordinal()));
        }
        return all;
    }

    /** Says how many there have been since it said so last, once in an {@link #INTERVAL}. */
    void summarise(String service, Log log) {
        if (time.nanos() - nextAt < 0) {
            return;
        }
        nextAt = time.nanos() + INTERVAL.toNanos();
        StringJoiner each = new StringJoiner(", ");
        long all = 0;
        for (Why why : Why.values()) {
            long now = counts.get(why.ordinal());
            long more = now - told[why.ordinal()];
            told[why.ordinal()] = now;
            all += more;
            if (more > 0) {
                each.add(more + " " + why.words);
            }
        }
        if (all > 0) {
            log.write(
                    all >= NOTICED_FROM ? Severity.NOTICE : Severity.INFO,
                    Domain.REND,
                    service + " dropped " + all + " introductions in " + INTERVAL.toMinutes() + " minutes: " + each
                            + ".");
        }
    }
}

package io.allium.channel;

import io.allium.base.Log;
import io.allium.base.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Watches how long the turns of a loop take, since all of its links wait for each. Confined to the loop, but for {@link
 * #figures}.
 */
final class TurnWatch {
    /** A longer turn is one that somebody may feel. */
    static final Duration LATE = Duration.ofMillis(10);

    /** A longer one is a fault of ours, or of a machine without processor time or memory. */
    static final Duration VERY_LATE = Duration.ofSeconds(1);

    /** Late turns are told of once in so long. */
    static final Duration QUIET = Duration.ofMinutes(1);

    private final Time time;
    private final Log log;
    private final AtomicLong turns = new AtomicLong();
    private final AtomicLong late = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private boolean inTurn;
    private long began;
    private long lastTold;
    private long toldOf;

    TurnWatch(Time time, Log log) {
        this.time = time;
        this.log = log;
        this.lastTold = time.nanos() - QUIET.toNanos();
    }

    /** The loop has something to do; called at each beginning of which only the first in a turn counts. */
    void begin() {
        if (!inTurn) {
            inTurn = true;
            began = time.nanos();
        }
    }

    /** The loop is about to wait again. */
    void end() {
        if (!inTurn) {
            return;
        }
        inTurn = false;
        turns.lazySet(turns.getPlain() + 1); // written by the loop alone
        long now = time.nanos();
        long took = now - began;
        if (took > LATE.toNanos()) {
            late.lazySet(late.getPlain() + 1);
            longestNanos.lazySet(Math.max(longestNanos.getPlain(), took));
            tell(took, now);
        }
    }

    /** What was seen so far; from any thread. */
    LoopFigures figures() {
        return new LoopFigures(turns.get(), late.get(), Duration.ofNanos(longestNanos.get()));
    }

    private void tell(long took, long now) {
        boolean veryLate = took > VERY_LATE.toNanos();
        if (now - lastTold < QUIET.toNanos()) {
            return;
        }
        lastTold = now;
        long times = late.getPlain() - toldOf;
        toldOf = late.getPlain();
        log.write(
                veryLate ? Log.Severity.WARN : Log.Severity.INFO,
                Log.Domain.SCHED,
                "Links had to wait " + took / 1_000_000 + " ms for one turn of their loop; " + times
                        + " turns were late since the last time we said so.");
    }
}

package io.allium.app;

import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.control.StatusEvents;
import java.time.Duration;
import java.time.Instant;

/**
 * Notices when the clock of the machine jumps: somebody set it, or the machine slept. Confined to one task.
 *
 * @spec control-spec 4.1.10
 */
final class ClockWatch {
    /** Less is not worth a warning: NUM_JUMPED_SECONDS_BEFORE_WARN of C tor. */
    static final Duration TOLD_FROM = Duration.ofSeconds(100);

    private final Time time;
    private final StatusEvents events;
    private final Log log;
    private Instant clock;
    private long nanos;

    ClockWatch(Time time, StatusEvents events, Log log) {
        this.time = time;
        this.events = events;
        this.log = log;
        this.clock = time.now();
        this.nanos = time.nanos();
    }

    /** Tells if the clock has gone further, or less far, than time has since it was last looked at. */
    void look() {
        Instant now = time.now();
        long nanosNow = time.nanos();
        Duration jump = Duration.between(clock, now).minusNanos(nanosNow - nanos);
        clock = now;
        nanos = nanosNow;
        if (jump.abs().compareTo(TOLD_FROM) >= 0) {
            long seconds = jump.toSeconds();
            log.notice(
                    Log.Domain.GENERAL,
                    "Your system clock just jumped " + Math.abs(seconds) + " seconds "
                            + (seconds < 0 ? "backward" : "forward") + ".");
            events.status(StatusEvents.Scope.GENERAL, Log.Severity.WARN, "CLOCK_JUMPED TIME=" + seconds + " IDLE=0");
        }
    }
}

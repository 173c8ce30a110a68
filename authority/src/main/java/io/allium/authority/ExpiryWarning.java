package io.allium.authority;

import io.allium.base.Log;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Tells an authority's operator that a new certificate is due: from a month before its end every five days, in the last week
 * every day, on the last day and after it every hour; as C tor does. Confined to the housekeeping.
 */
final class ExpiryWarning {
    private @Nullable Instant last;

    /** Warns, if it is time to. */
    void look(Instant expires, Instant now, Log log) {
        Duration left = Duration.between(now, expires);
        Stage stage = Stage.of(left);
        if (stage == Stage.FINE || last != null && now.isBefore(last.plus(stage.interval))) {
            return;
        }
        last = now;
        switch (stage) {
            case FINE -> {}
            case MONTH, WEEK ->
                log.warn(
                        Log.Domain.DIR,
                        "Your v3 authority certificate expires in " + left.toDays()
                                + " days; Generate a new one soon.");
            case DAY ->
                log.warn(
                        Log.Domain.DIR,
                        "Your v3 authority certificate expires in " + left.toHours()
                                + " hours; Generate a new one NOW.");
            case OVER -> log.err(Log.Domain.DIR, "Your v3 authority certificate has expired. Generate a new one NOW.");
        }
    }

    /** How urgent it is, and how often to say so. */
    private enum Stage {
        FINE(Duration.ZERO),
        MONTH(Duration.ofDays(5)),
        WEEK(Duration.ofDays(1)),
        DAY(Duration.ofHours(1)),
        OVER(Duration.ofHours(1));

        private final Duration interval;

        Stage(Duration interval) {
            this.interval = interval;
        }

        private static Stage of(Duration left) {
            if (left.isNegative() || left.isZero()) {
                return OVER;
            }
            if (left.compareTo(Duration.ofDays(1)) <= 0) {
                return DAY;
            }
            if (left.compareTo(Duration.ofDays(7)) <= 0) {
                return WEEK;
            }
            return left.compareTo(Duration.ofDays(30)) <= 0 ? MONTH : FINE;
        }
    }
}

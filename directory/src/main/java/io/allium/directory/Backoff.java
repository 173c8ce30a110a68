package io.allium.directory;

import io.allium.base.Entropy;
import java.time.Duration;
import java.time.Instant;

/**
 * When to try a download again after it failed: at random times that grow further apart. Confined to its owner.
 *
 * @spec dir-spec 5.5
 */
final class Backoff {
    /** Each delay is at most so many times the last: as in C tor. */
    private static final int FACTOR = 3;

    /** No delay is longer. C tor knows no bound, and so stays away for days after a long time offline. */
    static final Duration MAX = Duration.ofHours(1);

    private final Entropy entropy;
    private final Duration base;
    private Duration delay;
    private Instant next;
    private int failures;

    /** @param base the first delay, from {@code now} on; 0 to begin at once */
    Backoff(Entropy entropy, Duration base, Instant now) {
        this.entropy = entropy;
        this.base = base;
        this.delay = base;
        this.next = now.plus(base);
    }

    /** When the next attempt may begin. */
    Instant next() {
        return next;
    }

    /** A moment further away than any delay means that the clock was set back: waiting for it could take years. */
    boolean isDue(Instant now) {
        return !now.isBefore(next) || now.plus(MAX).isBefore(next);
    }

    /** How many attempts failed in a row. */
    int failures() {
        return failures;
    }

    /** How long the last wait was meant to be; none before anything failed. */
    Duration lastDelay() {
        return failures == 0 ? Duration.ZERO : delay;
    }

    /** An attempt begins or failed: none before the next delay has passed. */
    void delay(Instant now) {
        long lower = Math.max(1000, base.toMillis());
        long upper = Math.max(lower + 1000, delay.toMillis() * FACTOR);
        delay = Duration.ofMillis(Math.min(MAX.toMillis(), lower + entropy.below(upper - lower)));
        next = now.plus(delay);
        failures++;
    }

    /** It worked, or the world changed: begin as at first. */
    void reset(Instant now) {
        delay = base;
        next = now.plus(base);
        failures = 0;
    }
}

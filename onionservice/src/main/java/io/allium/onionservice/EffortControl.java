package io.allium.onionservice;

import java.time.Duration;

/**
 * How much work a service suggests to its clients: more where they wait in spite of it, less where nobody does. Confined to the queue's
 * owner.
 *
 * @spec hspow-spec common-protocol (service-side effort estimation)
 */
final class EffortControl {
    /** How often the suggestion may change: C tor's HS_UPDATE_PERIOD. More often would load the directories. */
    static final Duration PERIOD = Duration.ofMinutes(5);

    /** What is published changes only where it would by more than so much of itself: hspow-spec, 15 percent. */
    private static final int TOLERANCE_PERCENT = 15;

    private final int queueLow;
    private long suggested;
    private long totalEffort;
    private long launched;
    private boolean hadQueue;
    private long trimmedMax;

    /** Suggests nothing at first. */
    EffortControl(int queueLow) {
        this.queueLow = queueLow;
    }

    long suggested() {
        return suggested;
    }

    /** One came, and so many wait now. */
    void queued(long effort, int waiting) {
        totalEffort += effort; // 2^31 introductions of the greatest effort would not overflow it
        hadQueue |= waiting > queueLow;
    }

    void launched() {
        launched++;
    }

    void trimmed(long effort) {
        trimmedMax = Math.max(trimmedMax, effort);
    }

    /** Makes the next suggestion of what was seen since the last, and forgets it. */
    void endPeriod(int waiting, long waitingMax) {
        suggested = new EffortPeriod(totalEffort, launched, hadQueue, trimmedMax, waiting, waitingMax)
                .next(suggested, queueLow);
        totalEffort = 0;
        launched = 0;
        hadQueue = false;
        trimmedMax = 0;
    }

    /** Whether a descriptor that says {@code published} is to be replaced because of the effort. */
    boolean isWorthPublishing(long published) {
        return suggested * 100 < published * (100 - TOLERANCE_PERCENT)
                || suggested * 100 > published * (100 + TOLERANCE_PERCENT);
    }
}

package io.allium.onionservice;

import io.allium.crypto.ProofOfWork;

/**
 * What a service saw of its queue in one period of {@link EffortControl#PERIOD}, and what it makes of that.
 *
 * @param totalEffort of all introductions that were queued
 * @param launched introductions that were answered; those that had waited too long when their turn came do not count
 * @param hadQueue whether more of them waited at some time than are answered in a quarter of a second
 * @param trimmedMax the greatest effort of one that was thrown away, for lack of room or for its age
 * @param waiting how many wait now
 * @param waitingMax the greatest effort among these
 * @spec hspow-spec common-protocol (service-side effort estimation)
 */
record EffortPeriod(long totalEffort, long launched, boolean hadQueue, long trimmedMax, int waiting, long waitingMax) {
    /** The effort to suggest after a period in which {@code suggested} was. */
    long next(long suggested, int queueLow) {
        if (trimmedMax > suggested) {
            return increased(suggested); // who followed our advice was thrown away
        }
        if (hadQueue) {
            return waiting > 0 && waitingMax >= suggested ? increased(suggested) : suggested;
        }
        return waiting < queueLow ? suggested * 2 / 3 : suggested;
    }

    /** The average of those that were answered, but always more than before; where none was, there is no average. */
    private long increased(long suggested) {
        long average = launched == 0 ? 0 : totalEffort / launched;
        return Math.min(Math.max(suggested + 1, average), ProofOfWork.EFFORT_MAX);
    }
}

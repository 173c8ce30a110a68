package io.allium.channel;

import java.time.Duration;

/**
 * How the loops are doing, since the start.
 *
 * @param turns how many times they had something to do
 * @param late how many turns took longer than 10 ms, for which all other links of the loop waited
 * @param longest the longest of those that were late, or zero
 */
public record LoopFigures(long turns, long late, Duration longest) {
    static final LoopFigures NONE = new LoopFigures(0, 0, Duration.ZERO);

    /** Of two loops together. */
    LoopFigures plus(LoopFigures other) {
        return new LoopFigures(
                turns + other.turns, late + other.late, longest.compareTo(other.longest) > 0 ? longest : other.longest);
    }
}

package io.allium.netdoc;

import java.time.Duration;
import java.time.Instant;

/**
 * When a vote or consensus holds, and how its authorities timed their work.
 *
 * @param validAfter from when on it is the consensus
 * @param freshUntil when the next one should be there
 * @param validUntil when it is no longer one
 * @param voteDelay how long authorities collect votes, before {@code validAfter}
 * @param distributionDelay how long they collect signatures, before {@code validAfter}
 * @spec dir-spec 1.4
 */
public record DocumentTimes(
        Instant validAfter, Instant freshUntil, Instant validUntil, Duration voteDelay, Duration distributionDelay) {}

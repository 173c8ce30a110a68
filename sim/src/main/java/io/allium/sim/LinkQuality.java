package io.allium.sim;

import java.time.Duration;

/**
 * How good the way from one host to another is.
 *
 * @param latency one way
 * @param jitter at most so much is added to each segment's latency
 * @param loss the share of segments that are lost, 0 to 1; TCP sends them again, so that loss shows as delay
 * @param bandwidth bytes a second in each direction, beside what the hosts have; 0 is no limit
 */
public record LinkQuality(Duration latency, Duration jitter, double loss, long bandwidth) {
    /** A way across a continent. */
    public static final LinkQuality USUAL = new LinkQuality(Duration.ofMillis(25), Duration.ofMillis(2), 0);

    /** A host talking to itself. */
    public static final LinkQuality LOOPBACK = new LinkQuality(Duration.ofNanos(20_000), Duration.ZERO, 0);

    public LinkQuality {
        if (latency.isNegative() || jitter.isNegative() || loss < 0 || loss >= 1 || bandwidth < 0) {
            throw new IllegalArgumentException(
                    "latency " + latency + ", jitter " + jitter + ", loss " + loss + ", bandwidth " + bandwidth);
        }
    }

    /** As wide as the hosts at its ends let it be. */
    public LinkQuality(Duration latency, Duration jitter, double loss) {
        this(latency, jitter, loss, 0);
    }

    /** That latency, without jitter or loss. */
    public static LinkQuality of(Duration latency) {
        return new LinkQuality(latency, Duration.ZERO, 0);
    }

    public LinkQuality withLoss(double share) {
        return new LinkQuality(latency, jitter, share, bandwidth);
    }

    public LinkQuality withBandwidth(long bytesEachSecond) {
        return new LinkQuality(latency, jitter, loss, bytesEachSecond);
    }
}

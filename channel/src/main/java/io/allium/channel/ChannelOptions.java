package io.allium.channel;

import java.time.Duration;

/**
 * What an operator and the consensus say about channels.
 *
 * @param priorityHalfLife after which a cell that a circuit sent counts half when circuits compete for a channel
 * @param maxMemInQueues how many bytes all queues may hold before the circuits whose cells have waited longest end
 * @param bandwidth of all links and connections to servers together, for each direction
 * @param relayBandwidth the same, of those that carry others' traffic
 * @param perConnection of each link with somebody who is no relay
 * @param refill how often what may be used is topped up
 * @param countPrivate whether those with private addresses count
 */
public record ChannelOptions(
        Duration priorityHalfLife,
        long maxMemInQueues,
        Rate bandwidth,
        Rate relayBandwidth,
        Rate perConnection,
        Duration refill,
        boolean countPrivate) {
    /** CircuitPriorityHalflifeMsec where the consensus has none: param-spec. */
    public static final Duration PRIORITY_HALF_LIFE = Duration.ofSeconds(30);

    /** TokenBucketRefillInterval of C tor. */
    public static final Duration REFILL = Duration.ofMillis(100);

    /** Of the heap, for queues; the rest is for everything that is no queue. */
    private static final int PART_OF_HEAP = 4;

    /** What holds where nobody said anything. */
    public static final ChannelOptions STANDARD = new ChannelOptions(
            PRIORITY_HALF_LIFE, maxOfHeap(), Rate.UNLIMITED, Rate.UNLIMITED, Rate.UNLIMITED, REFILL, false);

    /**
     * How much may be used.
     *
     * @param bytesPerSecond on average; 0 for as much as one likes
     * @param burst bytes at once after a while of silence
     */
    public record Rate(long bytesPerSecond, long burst) {
        public static final Rate UNLIMITED = new Rate(0, 0);

        public boolean isUnlimited() {
            return bytesPerSecond == 0;
        }
    }

    public ChannelOptions {
        if (!priorityHalfLife.isPositive() || maxMemInQueues <= 0 || !refill.isPositive()) {
            throw new IllegalArgumentException(
                    "nothing has no half, nothing waits in no memory, and no time never passes");
        }
    }

    /** The most that queues may hold in a heap of this process's size, in bytes. */
    public static long maxOfHeap() {
        return Runtime.getRuntime().maxMemory() / PART_OF_HEAP;
    }
}

package io.allium.channel;

import java.time.Duration;

/**
 * What an operator and the consensus say about channels.
 *
 * @param priorityHalfLife after which a cell that a circuit sent counts half when circuits compete for a channel
 * @param maxMemInQueues how many bytes all queues may hold before the circuits whose cells have waited longest end
 */
public record ChannelOptions(Duration priorityHalfLife, long maxMemInQueues) {
    /** CircuitPriorityHalflifeMsec where the consensus has none: param-spec. */
    public static final Duration PRIORITY_HALF_LIFE = Duration.ofSeconds(30);

    /** Of the heap, for queues; the rest is for everything that is no queue. */
    private static final int PART_OF_HEAP = 4;

    /** What holds where nobody said anything. */
    public static final ChannelOptions STANDARD = new ChannelOptions(PRIORITY_HALF_LIFE, maxOfHeap());

    public ChannelOptions {
        if (priorityHalfLife.isNegative() || priorityHalfLife.isZero() || maxMemInQueues <= 0) {
            throw new IllegalArgumentException("nothing has no half, and nothing waits in no memory");
        }
    }

    /** The most that queues may hold in a heap of this process's size, in bytes. */
    public static long maxOfHeap() {
        return Runtime.getRuntime().maxMemory() / PART_OF_HEAP;
    }
}

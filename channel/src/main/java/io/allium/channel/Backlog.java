package io.allium.channel;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes wait in memory in all queues of this process. Safe from any thread. */
final class Backlog {
    private final AtomicLong bytes = new AtomicLong();
    private volatile long max;

    /** @param max how many bytes may wait */
    Backlog(long max) {
        this.max = max;
    }

    /** From now on, so many bytes may wait. */
    void limit(long newMax) {
        max = newMax;
    }

    /** Whether more may wait. */
    boolean hasRoom() {
        return bytes.get() < max;
    }

    void added(long count) {
        bytes.addAndGet(count);
    }

    void removed(long count) {
        bytes.addAndGet(-count);
    }

    /** How many wait. */
    long size() {
        return bytes.get();
    }
}

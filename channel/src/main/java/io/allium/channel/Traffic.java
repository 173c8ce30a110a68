package io.allium.channel;

import java.util.concurrent.atomic.LongAdder;

/** How many bytes all open links have read and written, as they went over the wire. Safe from any thread. */
final class Traffic {
    private final LongAdder read = new LongAdder();
    private final LongAdder written = new LongAdder();

    void countRead(int bytes) {
        read.add(bytes);
    }

    void countWritten(int bytes) {
        written.add(bytes);
    }

    long read() {
        return read.sum();
    }

    long written() {
        return written.sum();
    }
}

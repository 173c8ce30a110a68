package io.allium.channel;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How many bytes links have read and written, as they went over the wire. Safe from any thread. */
final class Traffic {
    private final @Nullable Traffic whole;
    private final LongAdder read = new LongAdder();
    private final LongAdder written = new LongAdder();

    /** That of all links. */
    Traffic() {
        this(null);
    }

    private Traffic(@Nullable Traffic whole) {
        this.whole = whole;
    }

    /** That of one link, which counts here too. */
    Traffic part() {
        return new Traffic(this);
    }

    void countRead(int bytes) {
        read.add(bytes);
        if (whole != null) {
            whole.countRead(bytes);
        }
    }

    void countWritten(int bytes) {
        written.add(bytes);
        if (whole != null) {
            whole.countWritten(bytes);
        }
    }

    long read() {
        return read.sum();
    }

    long written() {
        return written.sum();
    }
}

package io.allium.channel;

import io.allium.base.ByteStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What connections carry that are no links, where controllers of a testing network may hear of each. Where they may not, which is
 * asked when a connection begins, nothing is counted. Safe from any thread.
 *
 * @spec control-spec 4.1.21
 */
final class ConnectionCounts {
    private final LongSupplier ids;
    private final Map<Long, Count> counts =
            new ConcurrentSkipListMap<>(); // as many as connections, and those that ended just now
    private volatile boolean counting;

    /** @param ids numbers that no other connection has */
    ConnectionCounts(LongSupplier ids) {
        this.ids = ids;
    }

    /** Whether connections that begin from now on are counted. */
    void count(boolean wanted) {
        counting = wanted;
    }

    ConnectionCount begin(ConnectionCount.Kind kind) {
        if (!counting) {
            return ConnectionCount.NONE;
        }
        Count count = new Count(ids.getAsLong(), kind);
        counts.put(count.id, count);
        return count;
    }

    /** All of them; those that are over for the last time. */
    List<Count> take() {
        List<Count> all = List.copyOf(counts.values());
        all.stream().filter(count -> count.over).forEach(count -> counts.remove(count.id));
        return all;
    }

    /** One connection. */
    static final class Count implements ConnectionCount {
        private final long id;
        private final Kind kind;
        private final AtomicLong read = new AtomicLong();
        private final AtomicLong written = new AtomicLong();
        private volatile boolean over; // and counts nothing more

        private Count(long id, Kind kind) {
            this.id = id;
            this.kind = kind;
        }

        long id() {
            return id;
        }

        Kind kind() {
            return kind;
        }

        long bytesRead() {
            return read.get();
        }

        long bytesWritten() {
            return written.get();
        }

        @Override
        public void read(int bytes) {
            read.addAndGet(bytes);
        }

        @Override
        public void written(int bytes) {
            written.addAndGet(bytes);
        }

        @Override
        public ByteStream of(ByteStream connection) {
            return new CountedStream(connection, this, true);
        }

        @Override
        public ByteStream ofReading(ByteStream connection) {
            return new CountedStream(connection, this, false);
        }

        @Override
        public void close() {
            over = true;
        }
    }
}

package io.allium.channel;

import io.allium.base.ByteStream;
import io.allium.base.Time;
import io.allium.base.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A connection that shares the bandwidth of the links and is read and written by tasks that wait: that of a DirPort.
 * Safe from one reader and one writer, as the connection itself.
 *
 * @spec tor-spec 8.1
 */
final class MeteredStream implements ByteStream {
    private final Wire wire;
    private final Meter reading;
    private final Meter writing;
    private final LongSupplier refillNanos;
    private final Time time;

    /** @param refillNanos how often the meters' buckets are topped up, and how long to wait before looking again */
    MeteredStream(Wire wire, Meter reading, Meter writing, LongSupplier refillNanos, Time time) {
        this.wire = wire;
        this.reading = reading;
        this.writing = writing;
        this.refillNanos = refillNanos;
        this.time = time;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int count = wire.read(into, offset, allowance(reading, length));
        if (count > 0) {
            reading.used(count);
        }
        return count;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        int written = 0;
        while (written < length) {
            int count = allowance(writing, length - written);
            wire.write(from, offset + written, count);
            writing.used(count);
            written += count;
        }
    }

    /** Waits until some may go, of those wanted. */
    private int allowance(Meter meter, int wanted) throws IOException {
        int allowance = meter.allowance(wanted);
        while (allowance == 0 && wanted > 0) {
            try {
                time.sleep(Duration.ofNanos(refillNanos.getAsLong()));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            }
            allowance = meter.allowance(wanted);
        }
        return allowance;
    }

    @Override
    public void finish() throws IOException {
        wire.finish();
    }

    @Override
    public void close() {
        wire.close();
    }
}

package io.allium.channel;

import io.allium.base.ByteStream;
import io.allium.base.Time;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A connection with somebody who is no neighbour, which shares the bandwidth of the links. Its users wait on virtual
 * threads, and sleep until the next refill where nothing is left. One may read while another writes, as with what it wraps.
 *
 * <p>Bytes that came are counted when they are there. Those who wait for bytes do not hold what they may read meanwhile,
 * so that many connections that wake at once can read more than is left: a debt, which the next refills pay first.
 */
final class MeteredStream implements ByteStream {
    private final ByteStream stream;
    private final Meter reading;
    private final Meter writing;
    private final LongSupplier refillNanos;
    private final Time time;
    private volatile boolean closed;

    MeteredStream(ByteStream stream, Meter reading, Meter writing, LongSupplier refillNanos, Time time) {
        this.stream = stream;
        this.reading = reading;
        this.writing = writing;
        this.refillNanos = refillNanos;
        this.time = time;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int count = stream.read(into, offset, length == 0 ? 0 : awaitAllowance(reading, length));
        if (count > 0) {
            reading.used(count);
        }
        return count;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int part = awaitAllowance(writing, length - done);
            writing.used(part); // before, since the write may take long, and others count on what is left
            stream.write(from, offset + done, part);
            done += part;
        }
    }

    @Override
    public void finish() throws IOException {
        stream.finish();
    }

    @Override
    public void close() {
        closed = true;
        stream.close();
    }

    /** How many of the bytes wanted may go now: at least one. */
    private int awaitAllowance(Meter meter, int wanted) throws IOException {
        int allowed = meter.allowance(wanted);
        while (allowed == 0) {
            if (closed) {
                throw new ClosedChannelException();
            }
            try {
                time.sleep(Duration.ofNanos(refillNanos.getAsLong()));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(interrupted);
            }
            allowed = meter.allowance(wanted);
        }
        return allowed;
    }
}

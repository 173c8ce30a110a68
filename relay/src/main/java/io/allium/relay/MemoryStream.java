package io.allium.relay;

import io.allium.base.ByteStream;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One end of a connection within this process: what one end writes the other reads. Carries a BEGIN_DIR stream to the
 * directory server. Both directions are guarded by their own {@code lock}.
 */
final class MemoryStream implements ByteStream {
    /** How much waits in each direction before the writer does: a few dozen cells' worth. */
    static final int CAPACITY = 32 * 1024;

    private final Direction in;
    private final Direction out;

    private MemoryStream(Direction in, Direction out) {
        this.in = in;
        this.out = out;
    }

    /** The two ends of one connection. */
    record Pair(MemoryStream near, MemoryStream far) {}

    static Pair pair() {
        Direction there = new Direction();
        Direction back = new Direction();
        return new Pair(new MemoryStream(back, there), new MemoryStream(there, back));
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return in.read(into, offset, length);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
    }

    @Override
    public void finish() {
        out.finish();
    }

    /** Ends both directions; what the other end has not read yet, it still can. */
    @Override
    public void close() {
        out.finish();
        in.abandon();
    }

    /** Bytes one way through a ring. Guarded by {@code lock}. */
    private static final class Direction {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final byte[] ring = new byte[CAPACITY];
        private int start;
        private int held;
        private boolean finished;
        private boolean abandoned;

        int read(byte[] into, int offset, int length) throws IOException {
            lock.lock();
            try {
                while (held == 0 && !finished && !abandoned) {
                    await();
                }
                if (abandoned) {
                    throw new IOException("closed");
                }
                if (held == 0) {
                    return -1;
                }
                int count = Math.min(length, Math.min(held, CAPACITY - start));
                System.arraycopy(ring, start, into, offset, count);
                start = (start + count) % CAPACITY;
                held -= count;
                changed.signalAll();
                return count;
            } finally {
                lock.unlock();
            }
        }

        void write(byte[] from, int offset, int length) throws IOException {
            lock.lock();
            try {
                int written = 0;
                while (written < length) {
                    while (held == CAPACITY && !finished && !abandoned) {
                        await();
                    }
                    if (finished || abandoned) {
                        throw new IOException("closed by the other end");
                    }
                    int at = (start + held) % CAPACITY;
                    int room = at < start ? start - at : CAPACITY - at;
                    int count = Math.min(length - written, Math.min(room, CAPACITY - held));
                    System.arraycopy(from, offset + written, ring, at, count);
                    held += count;
                    written += count;
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }

        void finish() {
            lock.lock();
            try {
                finished = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void abandon() {
            lock.lock();
            try {
                abandoned = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @SuppressWarnings("WaitNotInLoop") // the loops are the callers', who know what is awaited
        private void await() throws IOException {
            try {
                changed.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            }
        }
    }
}

package io.allium.channel;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Buffers for whoever writes, lent for as long as one write takes, so that a thousand quiet links need none. Guarded by
 * {@code lock}.
 */
final class RecordBuffers {
    /** TLS records that go to the network in one system call; more gains nothing measurable. */
    static final int RECORDS = 4;

    /** The most plaintext of a record: RFC 8446, 5.1. */
    static final int PLAIN_BYTES = 1 << 14;

    /** Cells on their way into a record, and records on their way out. Confined to the borrower. */
    static final class RecordBuffer {
        final byte[] cells = new byte[PLAIN_BYTES];
        final ByteBuffer plain = ByteBuffer.wrap(cells);

        /** Ready to be written to the network. */
        ByteBuffer records;

        private RecordBuffer(int packetBytes) {
            records = ByteBuffer.allocate(RECORDS * packetBytes).flip();
        }

        /** Makes room for this many records, of at most {@code packetBytes} each. Only when all were written. */
        void ensure(int packetBytes) {
            if (records.capacity() < RECORDS * packetBytes) {
                records = ByteBuffer.allocate(RECORDS * packetBytes).flip();
            }
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<RecordBuffer> free = new ArrayDeque<>();
    private final int kept;

    /** @param kept how many buffers are kept when nobody writes */
    RecordBuffers(int kept) {
        this.kept = kept;
    }

    RecordBuffer borrow(int packetBytes) {
        lock.lock();
        try {
            RecordBuffer buffer = free.poll();
            if (buffer != null) {
                buffer.ensure(packetBytes);
                return buffer;
            }
        } finally {
            lock.unlock();
        }
        return new RecordBuffer(packetBytes);
    }

    void giveBack(RecordBuffer buffer) {
        lock.lock();
        try {
            if (free.size() < kept) {
                free.push(buffer);
            }
        } finally {
            lock.unlock();
        }
    }
}

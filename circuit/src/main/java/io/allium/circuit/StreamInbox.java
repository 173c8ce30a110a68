package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayMessage;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What has come on a stream: the exit's answer, bytes that await their reader, the end. The channel's loop fills it, a
 * reader empties it. Guarded by {@code lock}, under which nobody waits for another lock.
 *
 * @spec tor-spec 6.2, 6.3, 7.4
 */
final class StreamInbox {
    /** SENDMEs wait until the reader has left less than this: an increment, so that the other end never runs dry. */
    private static final int ACKNOWLEDGED_BELOW = SendWindow.STREAM_INCREMENT * RelayCell.DATA_MAX;

    /** What can be queued: less than that, and then a whole window more. */
    static final int QUEUE_MAX = ACKNOWLEDGED_BELOW + SendWindow.STREAM_START * RelayCell.DATA_MAX;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ByteQueue queue = new ByteQueue(QUEUE_MAX);
    private final ReceiveWindow window = ReceiveWindow.ofStream();
    private RelayMessage.@Nullable Connected connected;
    private @Nullable StreamEnding ending;
    private @Nullable HalfClosedStream remains;
    private long read;

    /** DATA came; returns how many SENDMEs are to be sent now. */
    int data(byte[] body, int offset, int length) throws ProtocolViolation {
        lock.lock();
        try {
            if (remains != null) {
                remains.data(body, offset, length);
                return 0;
            }
            if (connected == null) {
                throw new ProtocolViolation("DATA: came before CONNECTED");
            }
            window.received();
            if (queue.isEmpty()) {
                changed.signalAll();
            }
            queue.put(body, offset, length);
            return acknowledge();
        } finally {
            lock.unlock();
        }
    }

    void connected(RelayMessage.Connected message) throws ProtocolViolation {
        lock.lock();
        try {
            if (remains != null) {
                remains.connected(message);
                return;
            }
            if (connected != null) {
                throw new ProtocolViolation("CONNECTED: came a second time");
            }
            connected = message;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The stream is over, unless it already was. What is queued can still be read. */
    void end(StreamEnding why) {
        lock.lock();
        try {
            if (ending == null) {
                ending = why;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The reader wants no more.
     *
     * @return what may still come, if the other end has to be told; null if the stream was over already
     */
    @Nullable
    HalfClosedStream close(Hop hop, SendWindow sendWindow) {
        lock.lock();
        try {
            queue.clear();
            changed.signalAll();
            if (ending != null) {
                return null;
            }
            ending = StreamEnding.CLOSED;
            HalfClosedStream.Due due =
                    connected == null ? HalfClosedStream.Due.CONNECTED : HalfClosedStream.Due.NOTHING;
            remains = new HalfClosedStream(hop, window, sendWindow, due);
            return remains;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for bytes; returns how many, or -1 at an orderly end. */
    int take(byte[] into, int offset, int length) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (queue.isEmpty() && ending == null) {
                changed.await();
            }
            if (queue.isEmpty()) {
                return atEnd();
            }
            int taken = queue.take(into, offset, length);
            read += taken;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** How many SENDMEs are to be sent after a reader has taken some. */
    int owed() {
        lock.lock();
        try {
            return acknowledge();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the exit has answered or the stream is over; false if neither happens before {@code deadline}. */
    boolean awaitAnswer(Time time, long deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean inTime = true;
            while (connected == null && ending == null && inTime) {
                inTime = time.await(lock, changed, deadline);
            }
            return connected != null || ending != null;
        } finally {
            lock.unlock();
        }
    }

    /** The exit's answer, once there was one. */
    RelayMessage.@Nullable Connected connected() {
        lock.lock();
        try {
            return connected;
        } finally {
            lock.unlock();
        }
    }

    /** Why it is over, if it is. */
    @Nullable
    StreamEnding ending() {
        lock.lock();
        try {
            return ending;
        } finally {
            lock.unlock();
        }
    }

    long bytesRead() {
        lock.lock();
        try {
            return read;
        } finally {
            lock.unlock();
        }
    }

    /** Counts the SENDMEs that are owed and that the reader has made room for as sent. */
    private int acknowledge() {
        int owed = 0;
        while (ending == null && queue.size() < ACKNOWLEDGED_BELOW && window.owesAcknowledgement()) {
            window.acknowledge();
            owed++;
        }
        return owed;
    }

    private int atEnd() throws IOException {
        if (ending == null || ending.isOrderly()) {
            return -1;
        }
        throw new IOException(ending.sentence());
    }
}

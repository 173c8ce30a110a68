package io.allium.circuit;

import io.allium.cell.RelayMessage;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What one end of a stream says about its flow, in the order in which it was decided: were an XON to overtake the XOFF
 * before it, the other end would wait for ever. Decisions are made under the stream's lock and sent without it, by
 * whichever thread comes first, the reader's or the loop's. Safe from any thread.
 */
public final class StreamSignals {
    private final Consumer<RelayMessage> sender;
    private final ReentrantLock sending = new ReentrantLock();

    /** Few: XOFF and XON take turns, and there are no more SENDMEs than a window has increments. */
    private final ConcurrentLinkedQueue<RelayMessage> decided = new ConcurrentLinkedQueue<>();

    public StreamSignals(Consumer<RelayMessage> sender) {
        this.sender = sender;
    }

    /** Notes what was decided; the caller has the lock under which it was, and calls {@link #send} without it. */
    public void decided(List<RelayMessage> messages) {
        if (!messages.isEmpty()) { // which is so for most cells
            decided.addAll(messages);
        }
    }

    /** Sends what was decided, unless another thread is at it, which then sends this as well. */
    public void send() {
        while (!decided.isEmpty() && sending.tryLock()) {
            try {
                for (RelayMessage next = decided.poll(); next != null; next = decided.poll()) {
                    sender.accept(next);
                }
            } finally {
                sending.unlock();
            }
        }
    }
}

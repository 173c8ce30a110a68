package io.allium.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** A loop's selector. Confined to the loop but for {@link #wake}. */
final class SelectorPoller implements Poller {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Selector selector;

    SelectorPoller() {
        try {
            selector = Selector.open();
        } catch (IOException noDescriptors) {
            throw new UncheckedIOException("this machine gives us no selector", noDescriptors);
        }
    }

    @Override
    public Registration register(Wire wire, Ready ready) throws IOException {
        SocketWire socket = (SocketWire) wire;
        socket.channel().configureBlocking(false);
        return new Key(socket.channel().register(selector, SelectionKey.OP_READ, ready));
    }

    @Override
    public void await(long nanos) throws IOException {
        if (nanos == 0) {
            selector.selectNow(SelectorPoller::call);
        } else if (nanos < 0) {
            selector.select(SelectorPoller::call);
        } else {
            selector.select(SelectorPoller::call, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
        }
    }

    @Override
    public void wake() {
        selector.wakeup();
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException nothingLeftToDo) {
            // The descriptor is gone either way.
        }
    }

    private static void call(SelectionKey key) {
        Ready ready = (Ready) key.attachment();
        try {
            if (key.isReadable()) {
                ready.readable();
            }
            if (key.isValid() && key.isWritable()) {
                ready.writable();
            }
        } catch (CancelledKeyException closedMeanwhile) {
            // Its owner closed it in an earlier call of this round, and has been told.
        }
    }

    private record Key(SelectionKey key) implements Registration {
        @Override
        public void wantRead(boolean want) {
            interest(SelectionKey.OP_READ, want);
        }

        @Override
        public void wantWrite(boolean want) {
            interest(SelectionKey.OP_WRITE, want);
        }

        @Override
        public void cancel() {
            key.cancel();
        }

        private void interest(int operation, boolean want) {
            if (!key.isValid()) {
                return;
            }
            int now = key.interestOps();
            int wanted = want ? now | operation : now & ~operation;
            if (wanted != now) {
                key.interestOps(wanted);
            }
        }
    }
}

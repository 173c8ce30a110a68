package io.allium.sim;

import io.allium.base.Poller;
import io.allium.base.Time;
import io.allium.base.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a simulated loop waits on. Confined to the carrier. */
final class SimPoller implements Poller {
    private final Time time;
    private final Waiters waiters = new Waiters();
    private final Set<Key> maybeReady = new LinkedHashSet<>();
    private boolean woken;
    private boolean closed;

    SimPoller(Time time) {
        this.time = time;
    }

    @Override
    public Registration register(Wire wire, Ready ready) throws IOException {
        SimWire simulated = (SimWire) wire;
        Key key = new Key(simulated, ready);
        simulated.registered(key);
        key.changed();
        return key;
    }

    /** Returns early if the thread is interrupted, as a selector does. */
    @Override
    public void await(long nanos) throws IOException {
        boolean[] late = {nanos == 0};
        Time.Timer timer = nanos <= 0
                ? () -> {}
                : time.after(Duration.ofNanos(nanos), () -> {
                    late[0] = true;
                    waiters.wake();
                });
        try {
            while (!callReady()
                    && !woken
                    && !late[0]
                    && !closed
                    && !Thread.currentThread().isInterrupted()) {
                waiters.await();
            }
        } finally {
            timer.cancel();
        }
        woken = false;
    }

    @Override
    public void wake() {
        woken = true;
        waiters.wake();
    }

    @Override
    public void close() {
        closed = true;
        waiters.wake();
    }

    /** Calls each that is ready, once; those that stay ready are called again in the next turn. */
    private boolean callReady() {
        boolean any = false;
        for (Key key : List.copyOf(maybeReady)) {
            if (key.isReady()) {
                any = true;
                key.call();
            }
            if (!key.isReady()) {
                maybeReady.remove(key);
            }
        }
        return any;
    }

    /** A wire that the loop has taken. Confined to the carrier. */
    final class Key implements Registration {
        private final SimWire wire;
        private final Ready ready;
        private boolean read = true;
        private boolean write;
        private boolean cancelled;

        private Key(SimWire wire, Ready ready) {
            this.wire = wire;
            this.ready = ready;
        }

        @Override
        public void wantRead(boolean want) {
            read = want;
            changed();
        }

        @Override
        public void wantWrite(boolean want) {
            write = want;
            changed();
        }

        @Override
        public void cancel() {
            cancelled = true;
            wire.registered(null);
            maybeReady.remove(this);
        }

        void changed() {
            if (isReady() && maybeReady.add(this)) {
                waiters.wake();
            }
        }

        private boolean isReady() {
            return canRead() || canWrite();
        }

        private boolean canRead() {
            return read && isLive() && wire.isReadable();
        }

        private boolean canWrite() {
            return write && isLive() && wire.isWritable();
        }

        private boolean isLive() {
            return !cancelled && wire.isOpen();
        }

        private void call() {
            if (canRead()) {
                ready.readable();
            }
            if (canWrite()) {
                ready.writable();
            }
        }
    }
}

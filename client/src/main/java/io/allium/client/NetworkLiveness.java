package io.allium.client;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether the network answers, as far as our circuits show: it does once a relay has, and no longer does when several circuits
 * in a row failed while no relay answered any. Guarded by {@code lock}.
 *
 * @spec path-spec 2.4.4; control-spec 4.1.27
 */
final class NetworkLiveness {
    /** As many failures mean that the network is gone: C tor's NETWORK_NONLIVE_TIMEOUT_COUNT. */
    static final int FAILURES = 3;

    /** Hears of each change. */
    interface Listener {
        void changed(boolean live);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Listener listener;
    private boolean live;
    private long lastHeard;
    private int silent;

    NetworkLiveness(Listener listener) {
        this.listener = listener;
    }

    /** A relay has answered. */
    void heard(long now) {
        lock.lock();
        try {
            lastHeard = now;
            silent = 0;
            if (!live) {
                live = true;
                listener.changed(true);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A circuit failed that was begun then. */
    void failed(long begun) {
        lock.lock();
        try {
            if (!live || lastHeard - begun >= 0) {
                return;
            }
            if (++silent >= FAILURES) {
                live = false;
                listener.changed(false);
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isLive() {
        lock.lock();
        try {
            return live;
        } finally {
            lock.unlock();
        }
    }
}

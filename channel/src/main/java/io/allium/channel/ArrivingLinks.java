package io.allium.channel;

import io.allium.base.Endpoint;
import io.allium.base.Wire;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Those who dialled us and have not shown yet who they are. Guarded by {@code lock}. */
final class ArrivingLinks {
    /** Links whose handshake goes on at once, of those who dialled us; beyond, the one that takes longest is closed. */
    static final int HANDSHAKES_MAX = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Wire> handshakes = new LinkedHashMap<>(); // the oldest first

    /** Takes one more in, if need be in place of another: who connects and says nothing must not keep others out. */
    void admit(long id, Wire wire) {
        Wire slowest = null;
        lock.lock();
        try {
            if (handshakes.size() >= HANDSHAKES_MAX) {
                Iterator<Wire> oldestFirst = handshakes.values().iterator();
                slowest = oldestFirst.next();
                oldestFirst.remove();
            }
            handshakes.put(id, wire);
        } finally {
            lock.unlock();
        }
        if (slowest != null) {
            slowest.close();
        }
    }

    /** It has shown who it is, or has gone. */
    void forget(long id) {
        lock.lock();
        try {
            handshakes.remove(id);
        } finally {
            lock.unlock();
        }
    }

    /** Where they come from, the oldest first. */
    List<Endpoint> from() {
        lock.lock();
        try {
            return handshakes.values().stream()
                    .flatMap(wire -> Optional.ofNullable(wire.remote()).stream())
                    .toList();
        } finally {
            lock.unlock();
        }
    }
}

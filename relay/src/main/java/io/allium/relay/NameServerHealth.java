package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.base.Names;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which of the machine's name servers answer, for who wants to know; all of them are asked all the same. Guarded by {@code lock},
 * under which the watcher hears, so that he hears things in their order.
 */
final class NameServerHealth {
    /** Questions in a row without an answer after which a server is said to have failed: as libevent counts, by which C tor asks. */
    static final int FAILURES = 3;

    private static final Names.Watcher NOBODY = new Names.Watcher() {};

    private final ReentrantLock lock = new ReentrantLock();
    private final List<InetSocketAddress> servers;
    private final Map<InetSocketAddress, Integer> unanswered = new LinkedHashMap<>(); // as many as servers
    private final Set<InetSocketAddress> down = new LinkedHashSet<>();
    private Names.Watcher watcher = NOBODY;

    NameServerHealth(List<InetSocketAddress> servers) {
        this.servers = List.copyOf(servers);
    }

    void watch(Names.Watcher who) {
        lock.lock();
        try {
            watcher = who;
        } finally {
            lock.unlock();
        }
    }

    void answered(InetSocketAddress server) {
        lock.lock();
        try {
            unanswered.remove(server);
            if (down.remove(server)) {
                watcher.serverBack(endpoint(server));
            }
        } finally {
            lock.unlock();
        }
    }

    void failed(InetSocketAddress server, Throwable why) {
        lock.lock();
        try {
            if (unanswered.merge(server, 1, Integer::sum) < FAILURES || !down.add(server)) {
                return;
            }
            Throwable cause = why.getCause() == null ? why : why.getCause();
            watcher.serverFailed(endpoint(server), Objects.requireNonNullElse(cause.getMessage(), "no answer"));
            if (down.size() == servers.size()) {
                watcher.allServersFailed();
            }
        } finally {
            lock.unlock();
        }
    }

    private static Endpoint endpoint(InetSocketAddress server) {
        return new Endpoint(server.getAddress(), server.getPort());
    }
}

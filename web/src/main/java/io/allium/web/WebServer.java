package io.allium.web;

import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Wire;
import java.nio.channels.ClosedChannelException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes visitors in, each on a task of its own. What of a visitor's request it could not read is nobody's concern; what it
 * sends says neither what it is nor what time its machine has. Who is there is guarded by {@code lock}.
 */
public final class WebServer implements AutoCloseable {
    /**
     * Visitors at once. Browsers open six connections each, Tor carries hundreds; a folder on one machine serves no more
     * to anybody's joy. One more takes the place of the one that has waited longest without a request.
     */
    static final int VISITORS_MAX = 256;

    private final Network.Listener listener;
    private final Handler handler;
    private final Time time;
    private final Log log;
    private final TaskGroup tasks;
    private final int visitorsMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Wire> waiting = new LinkedHashSet<>(); // for a request, the longest first
    private int open;

    WebServer(Network.Listener listener, Handler handler, Time time, Tasks tasks, Log log, int visitorsMax) {
        this.listener = listener;
        this.handler = handler;
        this.time = time;
        this.log = log;
        this.tasks = new TaskGroup(tasks, "web");
        this.visitorsMax = visitorsMax;
    }

    /** Begins to accept. The listener is closed with the server. */
    public static WebServer start(Network.Listener listener, Handler handler, Time time, Tasks tasks, Log log) {
        WebServer server = new WebServer(listener, handler, time, tasks, log, VISITORS_MAX);
        server.start();
        return server;
    }

    void start() {
        tasks.fork("accept", this::accept);
    }

    /** How many connections are open. */
    public int visitors() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** Accepts nobody any more and breaks off what goes on. */
    @Override
    public void close() {
        listener.close();
        tasks.close();
    }

    private void accept() throws InterruptedException {
        while (true) {
            Wire visitor;
            try {
                visitor = listener.acceptNext(time, log);
            } catch (ClosedChannelException closed) {
                return;
            }
            if (!admits(visitor)) {
                visitor.close();
                continue;
            }
            tasks.fork("visitor", () -> {
                try {
                    new WebConnection(visitor, handler, time, log, new Place(visitor)).run();
                } finally {
                    leave(visitor);
                }
            });
        }
    }

    private boolean admits(Wire visitor) {
        @Nullable Wire silent = null;
        lock.lock();
        try {
            if (open >= visitorsMax) {
                Iterator<Wire> longestFirst = waiting.iterator();
                if (!longestFirst.hasNext()) {
                    return false;
                }
                silent = longestFirst.next();
                longestFirst.remove();
            }
            open++; // the one sent away still counts until its task has ended, soon
            waiting.add(visitor);
        } finally {
            lock.unlock();
        }
        if (silent != null) {
            silent.close();
        }
        return true;
    }

    private void leave(Wire visitor) {
        lock.lock();
        try {
            waiting.remove(visitor);
            open--;
        } finally {
            lock.unlock();
        }
    }

    /** A visitor's place, which it keeps as long as it does something. */
    final class Place {
        private final Wire visitor;

        private Place(Wire visitor) {
            this.visitor = visitor;
        }

        void waits() {
            lock.lock();
            try {
                waiting.add(visitor);
            } finally {
                lock.unlock();
            }
        }

        void works() {
            lock.lock();
            try {
                waiting.remove(visitor);
            } finally {
                lock.unlock();
            }
        }
    }
}

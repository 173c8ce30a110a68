package io.allium.web;

import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.Seats;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Wire;
import java.nio.channels.ClosedChannelException;

/**
 * Takes visitors in, each on a task of its own. What of a visitor's request it could not read is nobody's concern; what it
 * sends says neither what it is nor what time its machine has. Its fields are final or safe from any thread.
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
    private final Seats seats;

    WebServer(Network.Listener listener, Handler handler, Time time, Tasks tasks, Log log, int visitorsMax) {
        this.listener = listener;
        this.handler = handler;
        this.time = time;
        this.log = log;
        this.tasks = new TaskGroup(tasks, "web");
        this.seats = new Seats(visitorsMax);
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
        return seats.taken();
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
            if (seats.take(visitor) == Seats.Found.NONE) {
                visitor.close();
                continue;
            }
            tasks.fork("visitor", () -> {
                try {
                    new WebConnection(visitor, handler, time, log, seats).run();
                } finally {
                    seats.leave(visitor);
                }
            });
        }
    }
}

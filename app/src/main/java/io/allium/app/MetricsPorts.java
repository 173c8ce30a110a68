package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Wire;
import io.allium.control.Metrics;
import io.allium.web.WebServer;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ports at which the figures of this process can be asked for, by those whom MetricsPortPolicy lets. Used under the lock of
 * {@link Tor}, but for the policy, which whoever comes is held against.
 */
final class MetricsPorts implements AutoCloseable {
    private final Metrics metrics;
    private final Ports ports;
    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private List<PortChange.Open<Served>> open = List.of();
    private volatile EntrancePolicy policy = new EntrancePolicy(List.of());

    private record Served(Network.Listener socket, WebServer server) {}

    MetricsPorts(Metrics metrics, Ports ports, Time time, Tasks tasks, Log log) {
        this.metrics = metrics;
        this.ports = ports;
        this.time = time;
        this.tasks = tasks;
        this.log = log;
    }

    /**
     * Has those ports open that the options ask for, and lets those in whom they name.
     *
     * @throws LocalFailure where one cannot be had; then all is as before
     */
    void configure(Options options) throws LocalFailure {
        prepare(options).take();
    }

    /** Opens already what the options ask for, so that nothing can be in the way of them any more. */
    Prepared prepare(Options options) throws LocalFailure {
        EntrancePolicy wanted = EntrancePolicy.parse(options, "MetricsPortPolicy");
        List<PortLine> lines = PortLine.read(options, "MetricsPort", PortLine.Kind.METRICS);
        PortChange<Served> change = PortChange.prepare(open, lines, ports, this::open, this::close, log);
        return new Prepared() {
            @Override
            public void take() {
                open = change.next();
                policy = wanted;
                change.gone().forEach(each -> close(each.port()));
            }

            @Override
            public void abandon() {
                change.abandon(ports, MetricsPorts.this::close, log);
            }
        };
    }

    private Served open(PortLine line) throws LocalFailure {
        Network.Listener socket = ports.open(Ports.Kind.METRICS, line);
        return new Served(socket, WebServer.start(new Guarded(socket), new MetricsPage(metrics), time, tasks, log));
    }

    private void close(Served leaving) {
        leaving.server().close();
        ports.close(leaving.socket());
    }

    @Override
    public void close() {
        open.forEach(each -> close(each.port()));
        open = List.of();
    }

    /** A listening socket at which those whom the policy does not let in are hung up on. */
    private final class Guarded implements Network.Listener {
        private final Network.Listener socket;

        private Guarded(Network.Listener socket) {
            this.socket = socket;
        }

        @Override
        public @Nullable Endpoint endpoint() {
            return socket.endpoint();
        }

        @Override
        public Wire accept() throws IOException, InterruptedException {
            Wire visitor = socket.accept();
            while (!isLetIn(visitor.remote())) {
                log.info(Log.Domain.NET, "MetricsPortPolicy refuses " + log.scrub(String.valueOf(visitor.remote())));
                visitor.close();
                visitor = socket.accept();
            }
            return visitor;
        }

        /** Who may open a Unix socket is for the rights of its folder to say. */
        private boolean isLetIn(@Nullable Endpoint visitor) {
            return visitor == null || policy.allows(visitor.address(), false);
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}

package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Network;
import io.allium.base.TaskGroup;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.cell.DestroyReason;
import io.allium.cell.EndReason;
import io.allium.circuit.OnionStream;
import io.allium.circuit.Splice;
import io.allium.circuit.StreamAcceptor;
import io.allium.circuit.StreamCarrier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Leads the streams of a service's clients to its servers. Its fields are final or safe from any thread.
 *
 * @spec rend-spec-v3 1
 */
final class ServiceStreams {
    /** Streams at once, of all clients of one service: each has a connection of its own, as many as a process may have. */
    static final int STREAMS_MAX = 8192;

    /** For the server to accept; it is close. */
    private static final Duration SERVER_PATIENCE = Duration.ofSeconds(15);

    private final ServiceOptions options;
    private final Time time;
    private final Entropy entropy;
    private final Network network;
    private final Log log;
    private final TaskGroup group;
    private final ServiceFigures figures;
    private final SilentServers silent;
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean leaving;

    ServiceStreams(
            ServiceOptions options,
            Time time,
            Entropy entropy,
            Network network,
            Log log,
            TaskGroup group,
            ServiceFigures figures) {
        this.options = options;
        this.time = time;
        this.entropy = entropy;
        this.network = network;
        this.log = log;
        this.group = group;
        this.figures = figures;
        this.silent = new SilentServers(log);
    }

    /** From now on no streams are taken; those that are open go on. */
    void leave() {
        leaving = true;
    }

    /** What takes the streams of one circuit. */
    StreamAcceptor of(StreamCarrier circuit) {
        return (stream, port) -> begin(circuit, stream, port);
    }

    /** On the channel's loop. */
    private void begin(StreamCarrier circuit, OnionStream stream, int port) {
        if (leaving) {
            stream.refuse(EndReason.DONE);
            return;
        }
        List<ServicePort> targets = options.at(port);
        if (targets.isEmpty()) {
            refuseUnknown(circuit, stream, port);
            return;
        }
        if (open.incrementAndGet() > STREAMS_MAX) {
            open.decrementAndGet();
            stream.refuse(EndReason.RESOURCELIMIT);
            return;
        }
        group.fork("stream", () -> {
            try {
                serve(stream, port, targets.size() == 1 ? targets.getFirst() : entropy.pick(targets));
            } finally {
                stream.close();
                open.decrementAndGet();
            }
        });
    }

    private void refuseUnknown(StreamCarrier circuit, OnionStream stream, int port) {
        log.info(Domain.REND, "No virtual port mapping exists for port " + port + ".");
        stream.refuse(EndReason.DONE); // which says least
        if (!options
                .allowUnknownPorts()) { // as C tor's manual has it, and C tor's code of version 3 the other way round
            circuit.close(DestroyReason.FINISHED);
        }
    }

    private void serve(OnionStream stream, int port, ServicePort to) throws InterruptedException {
        Wire server;
        try {
            server = dial(to.target());
            silent.answered(to.target());
        } catch (Unreachable failed) {
            silent.failed(port, to.target(), "" + failed.getMessage());
            stream.refuse(reason(failed));
            return;
        }
        try (server) {
            if (options.exportCircuitId()) {
                server.write(proxyLine(stream.circuit().id(), port));
            }
            stream.accept();
            Splice.toServer(server, stream, figures.at(port), time);
        } catch (IOException broken) {
            log.info(Domain.REND, "A server hung up: " + broken.getMessage());
            stream.refuse(EndReason.CONNRESET);
        }
    }

    private Wire dial(ServicePort.Target target) throws Unreachable, InterruptedException {
        return switch (target) {
            case ServicePort.Tcp tcp -> network.dial(tcp.at(), SERVER_PATIENCE);
            case ServicePort.Unix unix -> network.dial(unix.socket());
        };
    }

    private static EndReason reason(Unreachable failed) {
        String said = failed.getMessage();
        if (said.contains("refused")) {
            return EndReason.CONNECTREFUSED;
        }
        return said.contains("timed out") ? EndReason.TIMEOUT : EndReason.MISC;
    }

    /** The header of the HAProxy protocol, version 1, in which the address tells clients' circuits apart. */
    static byte[] proxyLine(int circuit, int port) {
        String line = String.format(
                Locale.ROOT,
                "PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 %d %d\r\n",
                circuit >>> 16,
                circuit & 0xffff,
                circuit & 0xffff,
                port);
        return line.getBytes(StandardCharsets.US_ASCII);
    }
}

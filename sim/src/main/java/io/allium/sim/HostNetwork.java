package io.allium.sim;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Network;
import io.allium.base.Poller;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The network as one host sees it: its listeners, and dialling from its addresses. Confined to the carrier. */
final class HostNetwork implements Network {
    /** As in production: connections that wait to be accepted. More are refused. */
    static final int BACKLOG = 4096;

    private static final int EPHEMERAL_FIRST = 49152; // RFC 6335
    private static final int PORTS_END = 65536;

    private final SimHost host;
    private final SimNetwork network;
    private final Map<Endpoint, SimListener> listeners = new LinkedHashMap<>();
    private final Map<Path, SimListener> unixListeners = new LinkedHashMap<>();
    private int nextPort = EPHEMERAL_FIRST;

    HostNetwork(SimHost host, SimNetwork network) {
        this.host = host;
        this.network = network;
    }

    @Override
    public Wire dial(Endpoint to, Duration patience) throws Unreachable, InterruptedException {
        return dialFrom(null, to, patience);
    }

    @Override
    public Wire dialFrom(@Nullable Endpoint from, Endpoint to, Duration patience)
            throws Unreachable, InterruptedException {
        Endpoint local = from == null ? localFor(to) : new Endpoint(from.address(), port(from.port()));
        SimHost target = isOurs(to.address()) ? host : network.at(to.address());
        long deadline = network.time().plus(patience);
        if (target == null) {
            throw new Unreachable("no route to host");
        }
        if (target.isOff() || network.cut(host, target)) {
            return giveUp(deadline, patience);
        }
        travel(host, target, deadline, patience);
        SimListener listener = target.listenerAt(to);
        SimNetwork.@Nullable Connection connection =
                listener == null || listener.isFull() ? null : network.connect(host, local, target, to);
        if (listener != null && connection != null) {
            listener.offer(connection.far());
        }
        try {
            travel(target, host, deadline, patience);
        } catch (Unreachable | InterruptedException tooLate) {
            if (connection != null) {
                connection.near().close();
            }
            throw tooLate;
        }
        if (connection == null) {
            throw new Unreachable("connection refused");
        }
        return connection.near();
    }

    @Override
    public Listener listen(Endpoint at) throws LocalFailure {
        Endpoint bound = new Endpoint(at.address(), port(at.port()));
        if (!at.address().isAnyLocalAddress() && !isOurs(at.address())) {
            throw new LocalFailure("cannot listen on " + at + ": Cannot assign requested address");
        }
        if (listeners.containsKey(bound)) {
            throw new LocalFailure(
                    bound + " is in use: is Tor already running? Choose another port, or stop whoever has it");
        }
        SimListener listener = new SimListener(bound, () -> listeners.remove(bound));
        listeners.put(bound, listener);
        return listener;
    }

    @Override
    public Listener listen(Path at) throws LocalFailure {
        if (unixListeners.containsKey(at)) {
            throw new LocalFailure("cannot listen on " + at + ": Address already in use");
        }
        SimListener listener = new SimListener(null, () -> unixListeners.remove(at));
        unixListeners.put(at, listener);
        return listener;
    }

    @Override
    public Poller poller() {
        return new SimPoller(host.time());
    }

    /** Connects to a Unix socket of this host, as an application on it would. */
    @Override
    public Wire dial(Path to) throws Unreachable {
        SimListener listener = unixListeners.get(to);
        if (listener == null || listener.isFull()) {
            throw new Unreachable("connection refused");
        }
        SimNetwork.Connection connection = network.connect(host, null, host, null);
        listener.offer(connection.far());
        return connection.near();
    }

    @Nullable
    SimListener listenerAt(Endpoint to) {
        SimListener exact = listeners.get(to);
        if (exact != null) {
            return exact;
        }
        InetAddress any = Endpoint.parseAddress(to.isIpv6() ? "::" : "0.0.0.0");
        return listeners.get(new Endpoint(any, to.port()));
    }

    private void travel(SimHost from, SimHost to, long deadline, Duration patience)
            throws Unreachable, InterruptedException {
        long arrival = network.time().nanos() + network.flight(from, to);
        if (arrival > deadline) {
            giveUp(deadline, patience);
        }
        network.time().sleep(Duration.ofNanos(arrival - network.time().nanos()));
    }

    private Wire giveUp(long deadline, Duration patience) throws Unreachable, InterruptedException {
        network.time().sleep(Duration.ofNanos(deadline - network.time().nanos()));
        throw new Unreachable("connection timed out after " + patience.toSeconds() + " s");
    }

    private boolean isOurs(InetAddress address) {
        return address.isLoopbackAddress() || host.addresses().contains(address);
    }

    private Endpoint localFor(Endpoint to) throws Unreachable {
        if (to.address().isLoopbackAddress()) {
            return new Endpoint(to.address(), port(0));
        }
        for (InetAddress address : host.addresses()) {
            if (address.getClass() == to.address().getClass()) {
                return new Endpoint(address, port(0));
            }
        }
        throw new Unreachable("network is unreachable");
    }

    private int port(int wanted) {
        if (wanted != 0) {
            return wanted;
        }
        int port = nextPort++;
        if (nextPort == PORTS_END) {
            nextPort = EPHEMERAL_FIRST;
        }
        return port;
    }

    /** A listening socket. Confined to the carrier. */
    static final class SimListener implements Listener {
        private final @Nullable Endpoint endpoint;
        private final Runnable onClose;
        private final ArrayDeque<SimWire> backlog = new ArrayDeque<>();
        private final Waiters waiters = new Waiters();
        private boolean closed;

        SimListener(@Nullable Endpoint endpoint, Runnable onClose) {
            this.endpoint = endpoint;
            this.onClose = onClose;
        }

        @Override
        public @Nullable Endpoint endpoint() {
            return endpoint;
        }

        /** As with a socket, an interrupt closes the listener. */
        @Override
        public Wire accept() throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
            while (backlog.isEmpty()) {
                if (Thread.currentThread().isInterrupted()) {
                    close();
                    throw new ClosedByInterruptException();
                }
                waiters.await();
                if (closed) {
                    throw new AsynchronousCloseException();
                }
            }
            return backlog.removeFirst();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                onClose.run();
                backlog.forEach(SimWire::kill);
                backlog.clear();
                waiters.wake();
            }
        }

        boolean isFull() {
            return backlog.size() >= BACKLOG;
        }

        void offer(SimWire wire) {
            backlog.add(wire);
            waiters.wake();
        }
    }
}

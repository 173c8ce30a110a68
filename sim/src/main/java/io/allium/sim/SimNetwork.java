package io.allium.sim;

import io.allium.base.Endpoint;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The internet of a simulation: which host has which address, how good the ways between them are, and the connections that
 * there are. Each host sees it through its own {@link HostNetwork}. Confined to the carrier.
 */
public final class SimNetwork {
    /** RFC 6298's least time before TCP sends again, as Linux has it. */
    static final Duration RESEND_AFTER = Duration.ofMillis(200);

    private final Simulation simulation;
    private final SplittableRandom chance;
    private final Map<InetAddress, SimHost> hosts = new LinkedHashMap<>();
    private final Map<Way, LinkQuality> qualities = new LinkedHashMap<>();
    private final List<Pipe> pipes = new ArrayList<>();
    private final List<Observer> observers = new ArrayList<>();
    private final Map<Way, Long> free = new LinkedHashMap<>(); // when the last segment has entered the way
    private LinkQuality usual = LinkQuality.USUAL;
    private @Nullable Predicate<SimHost> island;
    private long connections;

    /** Sees all that goes over all ways, as nobody on the real internet can. Called at once: must not wait. */
    public interface Observer {
        /** A host has connected to another, whose address {@code at} is; to a Unix socket, it is null. */
        default void connected(SimHost from, SimHost to, @Nullable Endpoint at) {}

        /** Bytes that leave one host for another; the array is the network's own. */
        default void sent(SimHost from, SimHost to, byte[] bytes) {}
    }

    /** From one host, by name, to another. */
    private record Way(String from, String to) {}

    SimNetwork(Simulation simulation, long seed) {
        this.simulation = simulation;
        this.chance = new SplittableRandom(seed);
    }

    /** How good all ways are for which nothing else was said. */
    public void usual(LinkQuality quality) {
        usual = quality;
    }

    /** How good the way between two hosts is from now on, in both directions. */
    public void link(SimHost one, SimHost other, LinkQuality quality) {
        qualities.put(new Way(one.name(), other.name()), quality);
        qualities.put(new Way(other.name(), one.name()), quality);
    }

    /**
     * Cuts the network in two, until {@link #heal}: nothing passes between hosts that {@code side} accepts and those that
     * it does not. Connections live on and resend, as TCP does.
     */
    public void partition(Predicate<SimHost> side) {
        simulation.trace().add("partition");
        island = side;
    }

    /** Ends the partition: what was held back is sent again. */
    public void heal() {
        simulation.trace().add("heal");
        island = null;
        for (Pipe pipe : List.copyOf(pipes)) {
            pipe.resend();
        }
    }

    /** Breaks all connections between two hosts: both ends see a reset. */
    public void reset(SimHost one, SimHost other) {
        for (Pipe pipe : List.copyOf(pipes)) {
            if (pipe.joins(one, other)) {
                pipe.breakOff();
            }
        }
    }

    /** From now on {@code observer} sees all that happens. */
    public void observe(Observer observer) {
        observers.add(observer);
    }

    /** How many connections are open. */
    public int connections() {
        return pipes.size() / 2;
    }

    void attach(SimHost host) {
        for (InetAddress address : host.addresses()) {
            hosts.put(address, host);
        }
    }

    @Nullable
    SimHost at(InetAddress address) {
        return hosts.get(address);
    }

    boolean cut(SimHost from, SimHost to) {
        return island != null && from != to && island.test(from) != island.test(to);
    }

    LinkQuality quality(SimHost from, SimHost to) {
        if (from == to) {
            return LinkQuality.LOOPBACK;
        }
        return qualities.getOrDefault(new Way(from.name(), to.name()), usual);
    }

    /** When the last of so many bytes has entered the way, which the host has sent at {@code sent}. */
    long entered(SimHost from, SimHost to, long sent, int bytes) {
        long bandwidth = quality(from, to).bandwidth();
        if (bandwidth == 0) {
            return sent;
        }
        return free.merge(
                new Way(from.name(), to.name()),
                sent + SimHost.taking(bytes, bandwidth),
                (before, _) -> Math.max(before, sent) + SimHost.taking(bytes, bandwidth));
    }

    /** How many bytes wait for their turn on the way between two hosts, as far as its bandwidth makes them. */
    public long waiting(SimHost from, SimHost to) {
        long until = free.getOrDefault(new Way(from.name(), to.name()), 0L);
        long busy = Math.max(0, until - time().nanos());
        return busy * quality(from, to).bandwidth() / Duration.ofSeconds(1).toNanos();
    }

    /** How long a segment is on its way, apart from what the hosts' bandwidth adds. */
    long flight(SimHost from, SimHost to) {
        LinkQuality quality = quality(from, to);
        long nanos = quality.latency().toNanos();
        if (!quality.jitter().isZero()) {
            nanos += chance.nextLong(quality.jitter().toNanos());
        }
        long resend = RESEND_AFTER.toNanos() + quality.latency().toNanos();
        while (quality.loss() > 0 && chance.nextDouble() < quality.loss()) { // loss < 1: this ends
            nanos += resend;
            resend *= 2;
        }
        return nanos;
    }

    /** Joins two hosts: the wires of who dialled and of who accepts. */
    Connection connect(SimHost dialler, @Nullable Endpoint from, SimHost acceptor, @Nullable Endpoint to) {
        String name = "#" + ++connections;
        Pipe there = new Pipe(this, name + ">", dialler, acceptor);
        Pipe back = new Pipe(this, name + "<", acceptor, dialler);
        SimWire near = new SimWire(dialler, from, to, back, there);
        SimWire far = new SimWire(acceptor, to, from, there, back);
        there.ends(near, far);
        back.ends(far, near);
        pipes.add(there);
        pipes.add(back);
        simulation.trace().add(name + " " + dialler.name() + " " + from + " -> " + acceptor.name() + " " + to);
        observers.forEach(observer -> observer.connected(dialler, acceptor, to));
        return new Connection(near, far);
    }

    void sent(SimHost from, SimHost to, byte[] bytes) {
        observers.forEach(observer -> observer.sent(from, to, bytes));
    }

    record Connection(SimWire near, SimWire far) {}

    void forget(Pipe pipe) {
        pipes.remove(pipe);
    }

    SimTime time() {
        return simulation.time();
    }

    Trace trace() {
        return simulation.trace();
    }
}

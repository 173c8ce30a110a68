package io.allium.sim;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Names;
import io.allium.base.Network;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One simulated machine with one process on it: what that process needs of its machine. Confined to the carrier.
 */
public final class SimHost {
    private static final long NANOS_A_SECOND = 1_000_000_000;

    private final Simulation simulation;
    private final String name;
    private final List<InetAddress> addresses;
    private final int life;
    private final SimScheduler.Host scheduler;
    private final Time time;
    private final SimEntropy entropy;
    private final SimTasks tasks;
    private final HostNetwork network;
    private final SimDisk disk;
    private final SimLog log = new SimLog(this);
    private final Set<SimWire> wires = new LinkedHashSet<>();
    private Duration skew = Duration.ZERO;
    private long bytesUp;
    private long bytesDown;
    private long upFree;
    private long downFree;

    SimHost(Simulation simulation, List<InetAddress> addresses, int processors, int life, @Nullable SimDisk left) {
        this.simulation = simulation;
        this.addresses = List.copyOf(addresses);
        this.name = Endpoint.text(addresses.getFirst());
        this.life = life;
        this.scheduler = simulation.scheduler().new Host();
        this.time = simulation.time().of(scheduler, this);
        this.entropy = SimEntropy.of(simulation.seed(), name + "/" + life);
        this.tasks = new SimTasks(this, scheduler, processors);
        this.network = new HostNetwork(this, simulation.network());
        this.disk = left == null ? new SimDisk(time) : left.afterCrash(time, entropy);
    }

    /** Its first address. */
    public String name() {
        return name;
    }

    public List<InetAddress> addresses() {
        return addresses;
    }

    /** Its clock, which may be wrong. */
    public Time time() {
        return time;
    }

    public Entropy entropy() {
        return entropy;
    }

    public SimTasks tasks() {
        return tasks;
    }

    public Network network() {
        return network;
    }

    public Names names() {
        return simulation.names();
    }

    public SimDisk disk() {
        return disk;
    }

    /** Its log, whose lines become lines of the trace. */
    public Log log() {
        return log;
    }

    /** Sets the least severity that {@link #log} takes; notice at first. */
    public void logFrom(Log.Severity least) {
        log.least(least);
    }

    /** Starts a task on this host. */
    public Tasks.Task fork(String task, Tasks.Body body) {
        return tasks.fork(task, body);
    }

    /** Connects to a Unix socket of this host, as an application on it would. */
    public Wire dial(Path socket) throws Unreachable {
        return network.dial(socket);
    }

    /** Sets its wall clock wrong by so much; its timers go on as before. */
    public void skew(Duration by) {
        skew = by;
    }

    /** Limits what it sends and receives, in bytes a second; 0 is no limit. */
    public void bandwidth(long up, long down) {
        bytesUp = up;
        bytesDown = down;
    }

    /**
     * Kills the process, as {@code kill -9} does: none of its code runs again, its connections are reset, its files stay.
     *
     * @return the machine, ready for a new process
     */
    public SimHost crash() {
        trace("crash");
        scheduler.switchOff();
        for (SimWire wire : List.copyOf(wires)) {
            wire.kill();
        }
        SimHost next = new SimHost(simulation, addresses, tasks.processors(), life + 1, disk);
        next.bandwidth(bytesUp, bytesDown);
        next.skew(skew);
        simulation.network().attach(next);
        return next;
    }

    /** Adds a line about this host to the trace. */
    public void trace(String text) {
        simulation.trace().add(name + " " + text);
    }

    boolean isOff() {
        return scheduler.isOff();
    }

    Duration skew() {
        return skew;
    }

    void bug(String text) {
        simulation.fail(name + " logged a bug: " + text, null);
    }

    void open(SimWire wire) {
        wires.add(wire);
    }

    void closed(SimWire wire) {
        wires.remove(wire);
    }

    HostNetwork.@Nullable SimListener listenerAt(Endpoint at) {
        return network.listenerAt(at);
    }

    /** When the last of so many bytes has left, behind what leaves already. */
    long upload(int bytes) {
        upFree = Math.max(upFree, simulation.time().nanos()) + taking(bytes, bytesUp);
        return upFree;
    }

    /** When the last of so many bytes has come in, the first of which are here at {@code from}. */
    long download(long from, int bytes) {
        if (bytesDown == 0) {
            return from;
        }
        downFree = Math.max(downFree, from) + taking(bytes, bytesDown);
        return downFree;
    }

    static long taking(int bytes, long bytesASecond) {
        return bytesASecond == 0 ? 0 : bytes * NANOS_A_SECOND / bytesASecond;
    }

    @Override
    public String toString() {
        return name;
    }
}

package io.allium.sim;

import io.allium.base.Endpoint;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A network of hosts in one JVM, in virtual time, from a seed. Hosts run production code, which asks its host for clock,
 * chance, threads, network, names and files; whatever they do is a function of the seed. A failure says the seed, and the
 * seed repeats it.
 *
 * <p>What production code must keep to for that: no monitor held while waiting, no thread or clock but its host's, no
 * order that comes from hash codes of objects. Confined to the thread that made it, the carrier, on which all simulated
 * threads take turns.
 */
public final class Simulation {
    /** Turns without time passing, after which something is going round in circles. */
    static final int TURNS_MAX = 2_000_000;

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int PROCESSORS = 2;

    private final long seed;
    private final SimScheduler scheduler;
    private final SimTime time;
    private final Trace trace;
    private final SimNetwork network;
    private final SimNames names;
    private final SimScheduler.Host outside;
    private final Map<String, Invariant> invariants = new LinkedHashMap<>();
    private @Nullable SimulationFailed failure;

    private Simulation(long seed) {
        this.seed = seed;
        scheduler = new SimScheduler(seed, (thread, bug) -> fail(thread + " ended: " + bug, bug));
        outside = scheduler.new Host();
        time = new SimTime(outside);
        trace = new Trace(time);
        network = new SimNetwork(this, seed + 1);
        names = new SimNames(time);
        everyMinute();
    }

    /** A new simulation, whose carrier is this thread. */
    public static Simulation of(long seed) {
        return new Simulation(seed);
    }

    public long seed() {
        return seed;
    }

    /** The true time, which hosts may see wrong. */
    public SimTime time() {
        return time;
    }

    public Trace trace() {
        return trace;
    }

    /** The ways between hosts, and what can go wrong on them. */
    public SimNetwork network() {
        return network;
    }

    /** The names that all hosts can look up. */
    public SimNames names() {
        return names;
    }

    /** A host of these addresses, IPv4 or IPv6; the one that has the first of them, if there is such a host. */
    public SimHost host(String... literals) {
        List<InetAddress> addresses = new ArrayList<>();
        for (String literal : literals) {
            addresses.add(Endpoint.parseAddress(literal));
        }
        SimHost known = network.at(addresses.getFirst());
        if (known != null) {
            return known;
        }
        SimHost host = new SimHost(this, addresses, PROCESSORS, 1, null);
        network.attach(host);
        return host;
    }

    /** From now on {@code invariant} is checked at every full minute. */
    public void always(String name, Invariant invariant) {
        invariants.put(name, invariant);
    }

    /** Lets so much virtual time pass. */
    public void run(Duration virtual) {
        long limit = time.plus(virtual);
        do {
            settle();
        } while (time.advance(limit));
    }

    /**
     * Runs {@code work} as a task outside all hosts until it is done, and returns what it returned.
     *
     * @param limit the virtual time that it may take
     */
    public <T> T call(Duration limit, Callable<T> work) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        outside.start("call", () -> complete(result, work));
        long deadline = time.plus(limit);
        settle();
        while (!result.isDone() && time.advance(deadline)) {
            settle();
        }
        if (!result.isDone()) {
            throw failed("not done after " + limit.toSeconds() + " s", null);
        }
        try {
            return result.get();
        } catch (ExecutionException wrapped) {
            if (wrapped.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw failed("the call ended: " + wrapped.getCause(), wrapped.getCause());
        }
    }

    /** Ends the run at the next turn. */
    void fail(String why, @Nullable Throwable cause) {
        if (failure == null) {
            failure = failed(why, cause);
        }
    }

    SimScheduler scheduler() {
        return scheduler;
    }

    /** Lets everybody run who can, without time passing. */
    private void settle() {
        if (!scheduler.isCarrier()) {
            throw new IllegalStateException("a simulation runs on the thread that made it");
        }
        int turns = 0;
        while (scheduler.step()) {
            expectNoFailure();
            if (++turns > TURNS_MAX) {
                throw failed("something goes round in circles: " + TURNS_MAX + " turns and no time passes", null);
            }
        }
        expectNoFailure();
    }

    private void expectNoFailure() {
        if (scheduler.intrusion() != null) {
            throw failed("a thread from outside meddles, so that no run is like another", scheduler.intrusion());
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void everyMinute() {
        time.at(time.plus(MINUTE), () -> {
            everyMinute();
            outside.start("invariants", this::checkInvariants);
        });
    }

    private void checkInvariants() {
        invariants.forEach((name, invariant) -> {
            try {
                Optional<String> violation = invariant.violation();
                violation.ifPresent(what -> fail(name + ": " + what, null));
            } catch (RuntimeException | Error broken) {
                fail(name + ": the check itself failed: " + broken, broken);
            }
        });
    }

    private SimulationFailed failed(String why, @Nullable Throwable cause) {
        return new SimulationFailed(seed, time.nanos(), why, cause);
    }

    private static <T> void complete(CompletableFuture<T> result, Callable<T> work) {
        try {
            result.complete(work.call());
        } catch (Exception | Error failed) { // the caller hears of it, whatever it is
            result.completeExceptionally(failed);
        }
    }
}

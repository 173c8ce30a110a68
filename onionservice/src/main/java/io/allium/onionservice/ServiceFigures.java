package io.allium.onionservice;

import io.allium.base.Time;
import io.allium.circuit.Splice;
import io.allium.control.Histogram;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What one service counts of what it does, from its start on. Safe from any thread. */
final class ServiceFigures {
    /** Why nobody came to where a client waits. */
    enum Missed {
        /** No circuit could be chosen for what the client said of its rendezvous point. */
        INVALID_PATH,
        /** The first circuit to it failed. */
        RP_CONN_FAILURE,
        /** A further one did. */
        RETRY
    }

    /** What was carried between clients and the servers of one port. */
    static final class Carried implements Splice.Meter {
        private final LongAdder read = new LongAdder();
        private final LongAdder written = new LongAdder();

        @Override
        public void read(int bytes) {
            read.add(bytes);
        }

        @Override
        public void written(int bytes) {
            written.add(bytes);
        }

        /** How many bytes came from servers. */
        long read() {
            return read.sum();
        }

        /** How many went to them. */
        long written() {
            return written.sum();
        }
    }

    /** Ends of the ranges in which circuits are counted, in milliseconds: as in C tor. */
    private static final long[] BUILD_TIMES = {1000, 5000, 10_000, 30_000, 60_000};

    private final Time time;
    private final LongAdder introductions = new LongAdder();
    private final LongAdder rendezvous = new LongAdder();
    private final AtomicLongArray missed = new AtomicLongArray(Missed.values().length);
    private final Map<Integer, Carried> ports = new TreeMap<>(); // never changes
    private final Histogram introductionCircuits = new Histogram(BUILD_TIMES);
    private final Histogram rendezvousCircuits = new Histogram(BUILD_TIMES);

    /** @param options of the service, whose ports are counted apart */
    ServiceFigures(ServiceOptions options, Time time) {
        this.time = time;
        options.ports().forEach(port -> ports.put(port.virtual(), new Carried()));
    }

    /** When something begins whose end is counted. */
    long begin() {
        return time.nanos();
    }

    /** A client's introduction came. */
    void introduced() {
        introductions.increment();
    }

    /** A circuit to a client's rendezvous point is to be built. */
    void approaches() {
        rendezvous.increment();
    }

    /** It was not, or could not even be tried. */
    void missed(Missed why) {
        missed.incrementAndGet(why.ordinal());
    }

    /** A client is met, on a circuit that was begun then. */
    void met(long begun) {
        rendezvousCircuits.observe(millisSince(begun));
    }

    /** A relay has said that it is our introduction point, on a circuit that was begun then. */
    void established(long begun) {
        introductionCircuits.observe(millisSince(begun));
    }

    /** Counts what is carried at one port. */
    Splice.Meter at(int port) {
        Carried known = ports.get(port);
        return known == null ? Splice.Meter.NONE : known;
    }

    long introductions() {
        return introductions.sum();
    }

    long rendezvous() {
        return rendezvous.sum();
    }

    long count(Missed why) {
        return missed.get(why.ordinal());
    }

    /** By port, the smallest first. */
    Map<Integer, Carried> ports() {
        return ports;
    }

    /** How long circuits to introduction points took until those said that they are, in milliseconds. */
    Histogram.Observed introductionCircuits() {
        return introductionCircuits.observed();
    }

    /** How long circuits to clients took, in milliseconds. */
    Histogram.Observed rendezvousCircuits() {
        return rendezvousCircuits.observed();
    }

    private long millisSince(long begun) {
        return Duration.ofNanos(time.nanos() - begun).toMillis();
    }
}

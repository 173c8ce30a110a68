package io.allium.circuit;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A circuit of ours that is linked with others. Immutable, but for what the circuit itself guards.
 *
 * @param last the hop that all legs end in
 * @param arriving its place in what arrives
 * @param linkRoundTrip how long LINK took to be answered, in nanoseconds
 */
record ConfluxLeg(
        ConfluxSet set,
        OriginCircuit circuit,
        Hop last,
        ConfluxSequence.Leg<ConfluxSet.Delivery> arriving,
        long linkRoundTrip)
        implements ConfluxSchedule.Leg {
    OutboundHalf outbound() {
        return circuit.outbound();
    }

    @Override
    public boolean hasRoom() {
        ReentrantLock lock = outbound().lock();
        lock.lock();
        try {
            return outbound().hasRoom(last);
        } finally {
            lock.unlock();
        }
    }

    /** What congestion control measures, once it has. */
    @Override
    public long roundTrip() {
        ReentrantLock lock = outbound().lock();
        lock.lock();
        try {
            long measured = last.packaging().roundTrip();
            return measured > 0 ? measured : linkRoundTrip;
        } finally {
            lock.unlock();
        }
    }

    /** Whether DATA are under way that no SENDME has acknowledged: if the leg is lost now, so may they be. */
    boolean hasInFlight() {
        ReentrantLock lock = outbound().lock();
        lock.lock();
        try {
            return last.packaging().awaitsAcknowledgement();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}

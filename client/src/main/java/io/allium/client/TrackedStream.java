package io.allium.client;

import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.cell.EndReason;
import io.allium.circuit.EndReasons;
import io.allium.circuit.OnionStream;
import io.allium.circuit.StreamEnding;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A stream from the moment that it is wanted: where it goes, how far it has come, and what a controller wants done with it.
 * Guarded by {@code lock}. The task of the stream carries out what controllers say; they only leave word, and wake it.
 */
final class TrackedStream {
    /** Where a stream is to be put. */
    sealed interface Placement {
        /** On whichever circuit suits it. */
        record Anywhere() implements Placement {}

        /**
         * On the circuit that a controller chose.
         *
         * @param hop the number of the relay that it is to end in, the first being 1; 0 for the last
         */
        record On(TrackedCircuit circuit, int hop) implements Placement {}
    }

    /** Why a controller closed it: a byte, and the word for it. */
    private record Closing(int code) {
        String word() {
            boolean known = code >= EndReason.MISC.code() && code <= EndReason.NOTDIRECTORY.code();
            return known ? EndReason.of(code).name() : "UNKNOWN_" + code;
        }
    }

    final long id;
    final boolean lookup;
    final boolean onion;
    final StreamEvents.Asked asked;
    final long epoch;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Destination target;
    private StreamEvents.State state;
    private int circuit;
    private boolean awaitsController;
    private Optional<Placement> placement = Optional.empty();
    private Optional<Closing> closing = Optional.empty();
    private final CompletableFuture<Refused> closed = new CompletableFuture<>();
    private @Nullable OnionStream attempt; // which the exit has not answered yet
    private boolean detached; // the attempt was ended by a controller
    private boolean circuitEnded; // and the attempt before with it
    private @Nullable OnionStream open;
    private Runnable end = () -> {};
    private long toldWritten;
    private long toldRead;

    /** @param onion whether it goes to an onion service, whose circuits are not for controllers to choose */
    TrackedStream(long id, boolean lookup, boolean onion, Destination target, StreamEvents.Asked asked, long epoch) {
        this.id = id;
        this.lookup = lookup;
        this.onion = onion;
        this.target = target;
        this.asked = asked;
        this.epoch = epoch;
        this.state = lookup ? StreamEvents.State.NEWRESOLVE : StreamEvents.State.NEW;
    }

    private StreamEvents.State initial() {
        return lookup ? StreamEvents.State.NEWRESOLVE : StreamEvents.State.NEW;
    }

    /** As it is now, for whoever asks. */
    StreamEvents.Status status() {
        lock.lock();
        try {
            return told(state, circuit, "", "");
        } finally {
            lock.unlock();
        }
    }

    /** An event of it that leaves it as it is. */
    StreamEvents.Status event(StreamEvents.State what, int on, String reason, String remoteReason) {
        lock.lock();
        try {
            return told(what, on, reason, remoteReason);
        } finally {
            lock.unlock();
        }
    }

    private StreamEvents.Status told(StreamEvents.State what, int on, String reason, String remoteReason) {
        return new StreamEvents.Status(id, what, on, target.toString(), reason, remoteReason, asked, epoch);
    }

    /** It is to be put onto another circuit. */
    void leftCircuit() {
        lock.lock();
        try {
            state = initial();
        } finally {
            lock.unlock();
        }
    }

    /** It has come so far. */
    void becomes(StreamEvents.State next, int on) {
        lock.lock();
        try {
            state = next;
            circuit = on;
        } finally {
            lock.unlock();
        }
    }

    Destination target() {
        lock.lock();
        try {
            return target;
        } finally {
            lock.unlock();
        }
    }

    int circuit() {
        lock.lock();
        try {
            return circuit;
        } finally {
            lock.unlock();
        }
    }

    /** From the next attempt on it goes elsewhere. */
    void redirect(Destination to) {
        lock.lock();
        try {
            target = to;
        } finally {
            lock.unlock();
        }
    }

    /** Whether no controller has said where it goes next. */
    boolean isUnplaced() {
        lock.lock();
        try {
            return placement.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    boolean isAwaitingController() {
        lock.lock();
        try {
            return awaitsController && placement.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** It waits for a controller to place it. */
    void awaitsController() {
        lock.lock();
        try {
            awaitsController = true;
            circuit = 0;
            state = initial();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Where it is to be put next; waits for a controller where it {@linkplain #awaitsController awaits} one.
     *
     * @throws Refused when a controller closed it
     * @throws Unreachable when none placed it before the deadline
     */
    Placement next(Time time, long deadline) throws Refused, Unreachable, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (awaitsController && placement.isEmpty() && closing.isEmpty()) {
                if (!time.await(lock, changed, deadline)) {
                    throw new Unreachable("no controller attached the stream in time");
                }
            }
            refuse();
            Placement taken = placement.orElseGet(Placement.Anywhere::new);
            placement = Optional.empty();
            awaitsController = false;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** @throws Refused when a controller closed it */
    void refuseIfClosed() throws Refused {
        lock.lock();
        try {
            refuse();
        } finally {
            lock.unlock();
        }
    }

    private void refuse() throws Refused {
        if (closing.isPresent()) {
            throw refusal(closing.get().code());
        }
    }

    private static Refused refusal(int reason) {
        return new Refused(EndReasons.kind(EndReason.of(reason)), "a controller closed the stream");
    }

    /** Completes when a controller closes it, with what its application is to hear. */
    CompletableFuture<Refused> closed() {
        return closed;
    }

    /** Why a controller closed it, in the words of the control protocol. */
    Optional<String> closedFor() {
        lock.lock();
        try {
            return closing.map(Closing::word);
        } finally {
            lock.unlock();
        }
    }

    /** The exit is asked for it. */
    void tries(OnionStream asking) {
        boolean unwanted;
        lock.lock();
        try {
            attempt = asking;
            detached = false;
            unwanted = closing.isPresent();
        } finally {
            lock.unlock();
        }
        if (unwanted) {
            asking.close();
        }
    }

    /** The exit has said yes: the stream is no longer there to be taken elsewhere. */
    void answered() {
        lock.lock();
        try {
            attempt = null;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the attempt ended because a controller wanted it to, and not by itself; asked once an attempt. */
    boolean wasDetached() {
        lock.lock();
        try {
            boolean was = detached;
            detached = false;
            circuitEnded = attempt != null
                    && attempt.ended().filter(TrackedStream::isOfCircuit).isPresent();
            attempt = null;
            return was;
        } finally {
            lock.unlock();
        }
    }

    private static boolean isOfCircuit(StreamEnding ending) {
        return !ending.remote() && ending.reason() == EndReason.DESTROY;
    }

    /** Whether the last attempt ended with its circuit. */
    boolean hasLostCircuit() {
        lock.lock();
        try {
            return circuitEnded;
        } finally {
            lock.unlock();
        }
    }

    /** The exit has connected; from outside it is ended by {@code closes}. */
    void opened(OnionStream connected, Runnable closes) {
        boolean unwanted;
        lock.lock();
        try {
            attempt = null;
            open = connected;
            end = closes;
            unwanted = closing.isPresent();
        } finally {
            lock.unlock();
        }
        if (unwanted) {
            closes.run();
        }
    }

    /**
     * A controller takes it into its hands: it waits until it is placed, and what was asked of an exit is given up.
     *
     * @return whether it was there to be taken: not when it is open, or waits for a circuit that we choose
     */
    boolean detach() {
        OnionStream given;
        lock.lock();
        try {
            given = attempt;
            if (given == null) {
                return false;
            }
            attempt = null;
            detached = true;
            awaitsController = true;
            circuit = 0;
            state = initial();
        } finally {
            lock.unlock();
        }
        given.close();
        return true;
    }

    /** A controller has said where it goes. */
    void place(Placement where) {
        lock.lock();
        try {
            placement = Optional.of(where);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A controller closes it, with this reason in a byte. */
    void close(int reason) {
        Runnable ending;
        OnionStream given;
        lock.lock();
        try {
            closing = Optional.of(new Closing(reason));
            ending = end;
            given = attempt;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (given != null) {
            given.close();
        }
        ending.run();
        closed.complete(refusal(reason));
    }

    /** Who hears how much it carried since the last time. */
    interface Carried {
        void carried(long written, long read);
    }

    /** Tells what it carried since the last time, if anything. */
    void tellTraffic(Carried hears) {
        long written;
        long read;
        lock.lock();
        try {
            if (open == null) {
                return;
            }
            written = open.bytesWritten() - toldWritten;
            read = open.bytesRead() - toldRead;
            toldWritten += written;
            toldRead += read;
        } finally {
            lock.unlock();
        }
        if (written > 0 || read > 0) {
            hears.carried(written, read);
        }
    }
}

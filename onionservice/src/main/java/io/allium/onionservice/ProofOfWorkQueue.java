package io.allium.onionservice;

import io.allium.base.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Introductions that wait to be answered, those in front that took most work, and of the same effort the older. It holds back what is
 * more than the service wants to answer, and throws away what nobody waits for any more. Confined to its owner.
 *
 * @param <R> what it takes to answer one
 * @spec hspow-spec common-protocol (the introduction queue)
 */
final class ProofOfWorkQueue<R> {
    /** Introductions at most, whatever the rate: some 100 MB. */
    static final int QUEUE_MAX = 100_000;

    /** After how long both sides give a rendezvous up: C tor's MAX_REND_TIMEOUT. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** For how long a client may have waited when its turn comes, since the answer takes time too: as in C tor. */
    static final Duration AGE_MAX = PATIENCE.dividedBy(2);

    /** How many answers may be on their way while one of less than the suggested effort still begins: as in C tor. */
    static final int IN_FLIGHT_MAX = 16;

    /**
     * The same for one without work before any is suggested: a flood would have hundreds of circuits built at once, and those of
     * clients that did work would come too late among them. At 0.2 s for each, 300 are answered a second.
     */
    static final int IDLE_IN_FLIGHT_MAX = 64;

    /** When to ask again while answers are held back: as in C tor. */
    static final Duration PAUSE = Duration.ofMillis(100);

    private static final double NANOS = 1e9;

    private final Limits limits;
    private final Time time;
    private final EffortControl control;
    private final PriorityQueue<Waiting<R>> queue = new PriorityQueue<>(
            Comparator.<Waiting<R>>comparingLong(Waiting::effort).reversed().thenComparingLong(Waiting::number));
    private long number;
    private long shed;
    private long late;

    // How many may be answered now, and since when more may be.
    private double allowance;
    private long allowanceSince;

    /**
     * What the queue keeps to. Without a rate there is no limit to how many are answered.
     *
     * @param rate introductions a second, on average; 0 for any number
     * @param burst introductions at once, at least the rate
     * @param low below this the queue counts as empty: what is answered in a quarter of a second
     * @param high at this the lesser half is thrown away: what is answered until all of them are too old, and twice that
     */
    record Limits(int rate, int burst, int low, int high) {
        /** HiddenServicePoWQueueRate and HiddenServicePoWQueueBurst; what follows from them is C tor's. */
        static Limits of(int rate, int burst) {
            if (rate <= 0 || burst < rate) {
                return new Limits(0, 0, 16, 16_384);
            }
            long high = burst + 2 * PATIENCE.toSeconds() * rate;
            return new Limits(rate, burst, Math.max(8, rate / 4), (int) Math.min(high, QUEUE_MAX));
        }
    }

    /**
     * Introductions that were thrown away. For the effort that is suggested both are the same: somebody showed so much in vain.
     *
     * @param shed in a full queue, by those that had worked more
     * @param late when nobody waited for them any longer
     */
    record Thrown(long shed, long late) {}

    private record Waiting<R>(R request, long effort, long number, long since) {}

    /** What to do now. */
    sealed interface Next<R> {
        /** Answer this introduction. */
        record Answer<R>(R request, long effort) implements Next<R> {}

        /** Nothing yet; ask again after a while. */
        record Later<R>(Duration pause) implements Next<R> {}

        /** Nothing until another introduction comes. */
        record Nothing<R>() implements Next<R> {}
    }

    ProofOfWorkQueue(Limits limits, EffortControl control, Time time) {
        this.limits = limits;
        this.control = control;
        this.time = time;
        allowance = limits.burst();
        allowanceSince = time.nanos();
    }

    /** Takes an introduction whose work was checked; one that shows none has effort 0. */
    void add(R request, long effort) {
        queue.add(new Waiting<>(request, effort, number++, time.nanos()));
        control.queued(effort, queue.size());
        if (queue.size() >= limits.high()) {
            trim();
        }
    }

    int size() {
        return queue.size();
    }

    /** How many it has thrown away until now. */
    Thrown thrown() {
        return new Thrown(shed, late);
    }

    /** The greatest effort that waits, 0 if none does. */
    long effortMax() {
        Waiting<R> first = queue.peek();
        return first == null ? 0 : first.effort();
    }

    /**
     * The introduction to answer next, if one is to be.
     *
     * @param inFlight how many answers are on their way
     */
    Next<R> next(int inFlight) {
        throwAwayOldOnes();
        Waiting<R> first = queue.peek();
        if (first == null) {
            return new Next.Nothing<>();
        }
        if (inFlight >= inFlightMax(first.effort()) || !isAllowed()) {
            return new Next.Later<>(PAUSE);
        }
        queue.remove();
        control.launched();
        return new Next.Answer<>(first.request(), first.effort());
    }

    private int inFlightMax(long effort) {
        if (effort < control.suggested()) {
            return IN_FLIGHT_MAX;
        }
        return effort == 0 ? IDLE_IN_FLIGHT_MAX : Integer.MAX_VALUE;
    }

    /** Those in front; others leave when they come there, or when the queue is trimmed. */
    private void throwAwayOldOnes() {
        Waiting<R> first = queue.peek();
        while (first != null && isTooOld(first)) {
            throwAway(queue.remove());
            first = queue.peek();
        }
    }

    private void throwAway(Waiting<R> waiting) {
        if (isTooOld(waiting)) {
            late++;
        } else {
            shed++;
        }
        control.trimmed(waiting.effort());
    }

    private boolean isTooOld(Waiting<R> waiting) {
        return time.nanos() - waiting.since() > AGE_MAX.toNanos();
    }

    /** Keeps the front half of what the queue may hold, without what is too old. */
    private void trim() {
        List<Waiting<R>> kept = new ArrayList<>(limits.high() / 2);
        while (!queue.isEmpty()) {
            Waiting<R> next = queue.remove();
            if (kept.size() < limits.high() / 2 && !isTooOld(next)) {
                kept.add(next);
            } else {
                throwAway(next);
            }
        }
        queue.addAll(kept);
    }

    /** Takes one off what the rate has let in. */
    private boolean isAllowed() {
        if (limits.rate() == 0) {
            return true;
        }
        long now = time.nanos();
        allowance = Math.min(limits.burst(), allowance + limits.rate() * ((now - allowanceSince) / NANOS));
        allowanceSince = now;
        if (allowance < 1) {
            return false;
        }
        allowance--;
        return true;
    }
}

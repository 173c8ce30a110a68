package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Tor-Vegas: a window of DATA cells that follows what the circuit can carry. What is in flight beyond the product of
 * bandwidth and delay lies in somebody's queue; the window grows while little does and shrinks when much does. It begins in
 * slow start, and is decided anew with each SENDME, which also tells how long the way there and back takes.
 *
 * <p>Times go in and a window comes out; it asks nobody but its clock. Confined to its owner, as is {@link
 * PackagingFlow}.
 *
 * @spec proposal 324, 2.1, 3.1.2, 3.3
 */
final class CongestionWindow implements PackagingWindow {
    /** Whatever the consensus says: 50 MB in flight, for which a circuit would carry a gigabit with 0.4 s of delay. */
    static final int WINDOW_MAX = 100_000;

    /** A round trip that differs from the average by such a factor tells of the clock, not of the way. */
    private static final long IMPLAUSIBLE_FACTOR = 5000;

    private final CongestionParameters parameters;
    private final int increment;
    private final RoundTripClock clock;
    private final int max;

    /** When those cells were sent that the next SENDMEs report; as many as increments are in flight. */
    private final ArrayDeque<Long> reported = new ArrayDeque<>();

    private int window;
    private int inFlight;
    private boolean slowStart = true;
    private boolean full;
    private boolean blocked;
    private int untilChange;
    private int untilWindow;
    private long product; // of bandwidth and delay, in cells
    private long roundTrip; // averaged; 0 until there is one
    private long leastRoundTrip;
    private volatile long longestRoundTrip; // closing streams ask for it, from any thread

    /** @param increment what was agreed on with the other end: DATA cells that a SENDME acknowledges */
    CongestionWindow(CongestionParameters parameters, int increment, RoundTripClock clock) {
        if (increment < 1) {
            throw new IllegalArgumentException("SENDMEs for " + increment + " cells");
        }
        this.parameters = parameters;
        this.increment = increment;
        this.clock = clock;
        this.max = Math.min(parameters.windowMax(), WINDOW_MAX);
        this.window = Math.clamp(parameters.windowAtFirst(), increment, max);
        this.untilChange = changeAfter();
    }

    @Override
    public int left() {
        return Math.max(0, window - inFlight);
    }

    @Override
    public int increment() {
        return increment;
    }

    @Override
    public boolean sent() {
        if (left() == 0) {
            throw new IllegalStateException("a DATA cell was to be sent on a full window");
        }
        inFlight++;
        if (inFlight % increment != 0) {
            return false;
        }
        reported.addLast(clock.nanos());
        return true;
    }

    @Override
    public void acknowledged(boolean nowBlocked) throws ProtocolViolation {
        Long sentAt = reported.pollFirst();
        if (sentAt == null) {
            throw new ProtocolViolation(
                    "SENDME: acknowledges " + increment + " cells where " + inFlight + " were sent since the last one");
        }
        untilChange = Math.max(0, untilChange - 1);
        untilWindow = Math.max(0, untilWindow - 1);
        boolean measured = measure(clock.nanos() - sentAt);
        estimate(nowBlocked);
        if (measured || nowBlocked) {
            change();
        }
        inFlight -= increment;
    }

    /** All of it as a value. */
    CongestionState state() {
        return new CongestionState(
                slowStart, window, inFlight, Duration.ofNanos(roundTrip), Duration.ofNanos(leastRoundTrip));
    }

    /** Cells that may be in flight. */
    int window() {
        return window;
    }

    /** Cells that are. */
    int inFlight() {
        return inFlight;
    }

    boolean inSlowStart() {
        return slowStart;
    }

    /** The averaged round trip in nanoseconds; 0 before the first SENDME. */
    long roundTrip() {
        return roundTrip;
    }

    /** The least of the averages, in nanoseconds; 0 before the first SENDME. */
    long leastRoundTrip() {
        return leastRoundTrip;
    }

    /** The longest that was measured, in nanoseconds. */
    long longestRoundTrip() {
        return longestRoundTrip;
    }

    /** Whether the round trip made sense, and counts. */
    private boolean measure(long nanos) {
        if (isClockAtFault(nanos)) {
            return false;
        }
        roundTrip = averaged(nanos, roundTrip, smoothing());
        longestRoundTrip = Math.max(longestRoundTrip, nanos);
        if (leastRoundTrip == 0) {
            leastRoundTrip = roundTrip;
        } else if (window == parameters.windowMin() && !slowStart) {
            // A least round trip that was never true again would keep the window at its least for good.
            leastRoundTrip = between(leastRoundTrip, roundTrip, parameters.roundTripResetPercent());
        } else {
            leastRoundTrip = Math.min(leastRoundTrip, roundTrip);
        }
        return true;
    }

    private boolean isClockAtFault(long nanos) {
        if (nanos <= 0) {
            clock.setStalled(true);
            return true;
        }
        if (slowStart || roundTrip == 0) {
            return false;
        }
        if (roundTrip / IMPLAUSIBLE_FACTOR > nanos) {
            return clock.isStalled();
        }
        if (nanos / IMPLAUSIBLE_FACTOR > roundTrip) {
            return true;
        }
        clock.setStalled(false);
        return false;
    }

    /** What the circuit holds without queues: the part of the window that the least delay is of the present one. */
    private void estimate(boolean nowBlocked) {
        product = roundTrip == 0 ? window : window * leastRoundTrip / roundTrip;
        if (blocked != nowBlocked) {
            blocked = nowBlocked;
            untilChange = 0; // a channel that fills up, or empties, is news enough to decide at once
        }
    }

    private void change() {
        long queued = Math.max(0, window - product);
        noteWhetherFull();
        if (slowStart) {
            start(queued);
        } else if (untilChange == 0) {
            adapt(queued);
        }
        window = Math.min(window, max);
        boolean changeDecided = untilChange == 0;
        boolean windowPassed = untilWindow == 0;
        if (changeDecided) {
            untilChange = changeAfter();
        }
        if (windowPassed) {
            untilWindow = sendmesOfWindow();
        }
        if (parameters.fullForWindow() ? untilWindow == sendmesOfWindow() : untilChange == changeAfter()) {
            full = false;
        }
    }

    /** A window that is not used up says nothing of what the circuit could carry, and must not grow. */
    private void noteWhetherFull() {
        if (inFlight + (long) parameters.fullGap() * increment >= window) {
            full = true;
        } else if (100L * inFlight < (long) parameters.fullMinPercent() * window) {
            full = false;
        }
    }

    private void start(long queued) {
        if (queued < parameters.gamma() && !blocked) {
            if (full) {
                int growth = limitedGrowth();
                window += growth;
                if ((long) growth * sendmesOfWindow() <= (long) parameters.step() * parameters.stepsEachWindow()) {
                    slowStart = false;
                }
            }
        } else {
            window = cells(product + parameters.gamma());
            slowStart = false;
        }
        if (window >= parameters.slowStartMax()) {
            window = parameters.slowStartMax();
            slowStart = false;
        }
    }

    /** @spec RFC 3742 2 */
    private int limitedGrowth() {
        if (window <= parameters.slowStartCap()) {
            return Math.max(1, (parameters.slowStartPercent() * increment + 50) / 100);
        }
        long growth = ((long) increment * parameters.slowStartCap() + window) / (2L * window);
        return cells(Math.max(1, growth));
    }

    private void adapt(long queued) {
        if (queued > parameters.delta()) {
            window = cells(product + parameters.delta() - parameters.step());
        } else if (queued > parameters.beta() || blocked) {
            window -= parameters.step();
        } else if (full && queued < parameters.alpha()) {
            window += parameters.step();
        }
        window = Math.max(window, parameters.windowMin());
    }

    /** SENDMEs until the window may change again. */
    private int changeAfter() {
        if (slowStart) {
            return 1;
        }
        int cells = parameters.stepsEachWindow() * increment;
        return Math.max(1, (window + cells / 2) / cells);
    }

    private int sendmesOfWindow() {
        return (window + increment / 2) / increment;
    }

    private int smoothing() {
        int count = slowStart
                ? parameters.smoothingSlowStart()
                : Math.min(changeAfter() * parameters.smoothingPercent() / 100, parameters.smoothingMax());
        return Math.max(2, count);
    }

    /** @spec proposal 324, 2.1.2 */
    static long averaged(long latest, long average, int count) {
        return average == 0 ? latest : (2 * latest + (count - 1) * average) / (count + 1);
    }

    private static long between(long one, long other, int percentOfLarger) {
        return percentOfLarger * Math.max(one, other) / 100 + (100 - percentOfLarger) * Math.min(one, other) / 100;
    }

    private int cells(long count) {
        return (int) Math.clamp(count, 1L, (long) max);
    }
}

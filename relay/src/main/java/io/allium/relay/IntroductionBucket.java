package io.allium.relay;

import io.allium.base.Time;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * How many introductions one onion service is brought: as many as its bucket holds, which fills at a steady rate. Guarded by
 * {@code lock}.
 *
 * @spec rend-spec-v3 3.1.1.1; prop305
 */
final class IntroductionBucket {
    private static final double NANOS = 1e9;

    /**
     * @param perSecond how many in the long run
     * @param burst how many at once
     */
    record Rate(long perSecond, long burst) {
        /** What the consensus says of services that say nothing themselves; usually nothing. */
        static Optional<Rate> of(Parameters parameters) {
            return parameters.isOn(Parameter.HS_INTRO_DOS_DEFENSE)
                    ? Optional.of(new Rate(
                            parameters.get(Parameter.HS_INTRO_DOS_RATE), parameters.get(Parameter.HS_INTRO_DOS_BURST)))
                    : Optional.empty();
        }
    }

    private final Time time;
    private final Supplier<Optional<Rate>> rate;
    private final ReentrantLock lock = new ReentrantLock();
    private double left = Double.MAX_VALUE; // it is full at first, however much it holds
    private long filledAt;

    /** @param rate asked each time, since a consensus may change it; nothing for no bound */
    IntroductionBucket(Time time, Supplier<Optional<Rate>> rate) {
        this.time = time;
        this.rate = rate;
        this.filledAt = time.nanos();
    }

    /** Whether one more may pass; then it is counted. */
    boolean take() {
        return rate.get().map(this::take).orElse(true);
    }

    private boolean take(Rate allowed) {
        lock.lock();
        try {
            long now = time.nanos();
            left = Math.min((double) allowed.burst, left + (now - filledAt) / NANOS * allowed.perSecond);
            filledAt = now;
            if (left < 1) {
                return false;
            }
            left--;
            return true;
        } finally {
            lock.unlock();
        }
    }
}

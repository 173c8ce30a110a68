package io.allium.relay;

import io.allium.base.Log;
import io.allium.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Counts the onion skins that relays sent us and those that we had to refuse, and says when the latter are so many that our
 * descriptor should tell. Guarded by {@code lock}.
 *
 * @spec dir-spec 2.1.1 (overload-general)
 */
final class OnionSkinLoad {
    /** How long skins are counted before they are judged: the parameter {@code overload_onionskin_ntor_period_secs}. */
    static final Duration PERIOD = Duration.ofHours(6);

    /** Fewer than these say nothing, so that the counting goes on. As in C tor. */
    static final int ASKED_MIN = 1000;

    /** One refused among so many is an overload: {@code overload_onionskin_ntor_scale_percent}, a hundredth. */
    static final int OVERLOAD_ONE_IN = 100;

    /** A warning is not repeated within this time. As in C tor. */
    static final Duration WARNING = Duration.ofMinutes(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Log log;
    private final Consumer<Instant> overloaded;
    private long began;
    private long asked;
    private long dropped;
    private long nextWarning;
    private long unwarned;

    /** @param overloaded hears of each overload, in which hour it was found */
    OnionSkinLoad(Time time, Log log, Consumer<Instant> overloaded) {
        this.time = time;
        this.log = log;
        this.overloaded = overloaded;
        this.began = time.nanos();
        this.nextWarning = began;
    }

    /** A relay sent a skin. */
    void asked() {
        boolean over = false;
        lock.lock();
        try {
            if (asked >= ASKED_MIN && time.nanos() - began >= PERIOD.toNanos()) {
                over = dropped * OVERLOAD_ONE_IN >= asked;
                began = time.nanos();
                asked = 0;
                dropped = 0;
            }
            asked++;
        } finally {
            lock.unlock();
        }
        if (over) {
            overloaded.accept(time.now().truncatedTo(ChronoUnit.HOURS));
        }
    }

    /** There was no room for a skin, which a relay sent or a client. */
    void dropped(boolean fromRelay) {
        long sinceWarning = 0;
        lock.lock();
        try {
            dropped += fromRelay ? 1 : 0;
            unwarned++;
            if (nextWarning - time.nanos() <= 0) {
                nextWarning = time.nanos() + WARNING.toNanos();
                sinceWarning = unwarned;
                unwarned = 0;
            }
        } finally {
            lock.unlock();
        }
        if (sinceWarning > 0) {
            log.warn(
                    Log.Domain.GENERAL,
                    "This computer is too slow for the circuits that are asked of it: refused " + sinceWarning
                            + ". A lower MaxAdvertisedBandwidth makes them fewer.");
        }
    }
}

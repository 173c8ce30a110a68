package io.allium.app;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Time;
import io.allium.client.StateFile;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Whether we sleep: a client that nobody uses fetches nothing and builds no circuits ahead until somebody does. Guarded by
 * {@code lock}.
 */
final class Dormancy {
    /** How often to look whether we have been unused for long enough; as often as C tor. */
    static final Duration INTERVAL = Duration.ofMinutes(5);

    private static final String ASLEEP = "Dormant";
    private static final String UNUSED_MINUTES = "MinutesSinceUserActivity";

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Log log;
    private final Consumer<Boolean> rests;
    private final AtomicBoolean resumed = new AtomicBoolean();
    private boolean asleep;
    private long lastUse;

    /** @param rests hears whether we sleep from now on */
    Dormancy(Time time, Log log, Consumer<Boolean> rests) {
        this.time = time;
        this.log = log;
        this.rests = rests;
        this.lastUse = time.nanos();
    }

    /** Goes on where the last process ended, unless the options say otherwise; once in the life of this one. */
    void resume(Options options, StateFile memory) {
        if (!resumed.compareAndSet(false, true)) {
            return;
        }
        boolean first = memory.values(ASLEEP).isEmpty();
        boolean slept = first
                ? options.flag("DormantOnFirstStartup")
                : memory.values(ASLEEP).contains("1");
        boolean canceled = options.flag("DormantCanceledByStartup");
        lock.lock();
        try {
            asleep = slept && !canceled && options.flag("DormantTimeoutEnabled") && !Connected.isRelay(options);
            lastUse = time.nanos() - (canceled ? Duration.ZERO : unused(memory)).toNanos();
        } finally {
            lock.unlock();
        }
        if (isAsleep()) {
            log.notice(Domain.GENERAL, "Tor is dormant, as it was when it ended: it wakes up once somebody uses it.");
        }
    }

    private static Duration unused(StateFile memory) {
        return memory.values(UNUSED_MINUTES).stream()
                .filter(minutes -> minutes.matches("[0-9]{1,7}"))
                .findFirst()
                .map(minutes -> Duration.ofMinutes(Long.parseLong(minutes)))
                .orElse(Duration.ZERO);
    }

    /** Writes down what {@link #resume} reads. */
    void remember(StateFile memory) {
        lock.lock();
        try {
            Duration unused = Duration.ofNanos(time.nanos() - lastUse);
            memory.replace(ASLEEP, List.of(asleep ? "1" : "0"));
            memory.replace(UNUSED_MINUTES, List.of(Long.toString(unused.toMinutes())));
        } finally {
            lock.unlock();
        }
    }

    boolean isAsleep() {
        lock.lock();
        try {
            return asleep;
        } finally {
            lock.unlock();
        }
    }

    /** Somebody uses us, which wakes us up. */
    void used() {
        lock.lock();
        try {
            lastUse = time.nanos();
        } finally {
            lock.unlock();
        }
        become(false, "Tor is no longer dormant.");
    }

    /** A controller wants us to sleep. */
    void sleep() {
        become(true, "Going dormant because of controller request.");
    }

    /**
     * Goes to sleep if nobody has used us for {@code DormantClientTimeout}.
     *
     * @param busy whether somebody does now: an open stream, others' traffic, an onion service
     */
    void look(Options options, boolean busy) {
        if (busy || !options.flag("DormantTimeoutEnabled")) {
            used();
            return;
        }
        Duration unused;
        lock.lock();
        try {
            unused = Duration.ofNanos(time.nanos() - lastUse);
        } finally {
            lock.unlock();
        }
        if (unused.compareTo(options.interval("DormantClientTimeout")) >= 0) {
            become(true, "No user activity in a long time: becoming dormant.");
        }
    }

    private void become(boolean sleeping, String notice) {
        lock.lock();
        try {
            if (asleep == sleeping) {
                return;
            }
            asleep = sleeping;
        } finally {
            lock.unlock();
        }
        log.notice(Domain.GENERAL, notice);
        rests.accept(sleeping);
    }
}

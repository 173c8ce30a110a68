package io.allium.authority;

import io.allium.base.Log;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.channel.ChannelTarget;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.RouterDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which relays answer at the addresses that they publish, with the keys that they publish. Guarded by {@code lock}.
 *
 * @spec dir-spec 3.4.2
 */
public final class Reachability {
    /** A relay that did not answer within this long is not running; as in C tor. */
    static final Duration REACHABLE_FOR = Duration.ofMinutes(45);

    /** Every relay is tested once in this long; C tor's 128 groups of 10 seconds. */
    static final Duration CYCLE = Duration.ofSeconds(1280);

    /** How often a group is tested. */
    private static final Duration PACE = Duration.ofSeconds(10);

    private static final int GROUPS = 128;

    /** How long a relay may take to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Tests at the same time. A relay a new descriptor came of while so many run is tested in its turn. */
    static final int TESTS_MAX = 256;

    /**
     * Of these, tests of relays that have not answered lately. Anybody may submit descriptors of thousands of relays that
     * do not exist, and each takes as long as we are patient; those that do exist are still tested in time.
     */
    static final int STRANGERS_MAX = 192;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Fingerprint, Instant> answered = new HashMap<>();
    private int running;
    private int strangers;
    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private final Dialer dialer;
    private final RouterStability stability;
    private final Fingerprint ourselves;
    private final boolean assumed;

    /**
     * Opens a channel to a relay at the target's addresses, and fails unless the relay shows the target's keys. One that
     * is open already proves nothing: the relay may have opened it, from behind a firewall.
     */
    @FunctionalInterface
    public interface Dialer {
        void dial(ChannelTarget target, Duration patience) throws Unreachable, InterruptedException;
    }

    /** @param assumed {@code AssumeReachable}, or not {@code AuthDirTestReachability}: everybody is reachable */
    Reachability(
            Time time,
            Tasks tasks,
            Log log,
            Dialer dialer,
            RouterStability stability,
            Fingerprint ourselves,
            boolean assumed) {
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.dialer = dialer;
        this.stability = stability;
        this.ourselves = ourselves;
        this.assumed = assumed;
    }

    /** Tests all relays in turn, for as long as the authority runs. */
    void run(Submissions submissions) throws InterruptedException {
        for (int group = 0; !assumed; group = (group + 1) % GROUPS) {
            for (RouterDescriptor relay : submissions.current(time.now())) {
                if ((relay.fingerprint().bytes()[0] & 0xff) % GROUPS == group) {
                    test(relay);
                }
            }
            time.sleep(PACE);
        }
    }

    /** Tests one relay, whose descriptor is new or whose turn it is. */
    void test(RouterDescriptor relay) {
        boolean stranger = lastAnswer(relay.fingerprint()).isEmpty();
        if (assumed || relay.fingerprint().equals(ourselves) || !begin(stranger)) {
            return;
        }
        tasks.fork("reachability of " + relay.fingerprint(), () -> {
            try {
                dialer.dial(target(relay), PATIENCE);
                answered(relay.fingerprint(), time.now());
            } catch (Unreachable silent) {
                log.info(
                        Log.Domain.DIRSERV,
                        silent.in("Testing " + relay.fingerprint()).getMessage());
            } finally {
                end(stranger);
            }
        });
    }

    /** Decides whether a relay is running, and writes that into its history. */
    boolean assess(RouterDescriptor relay, Instant now) {
        Fingerprint fingerprint = relay.fingerprint();
        Optional<Instant> last = lastAnswer(fingerprint);
        boolean running = fingerprint.equals(ourselves)
                || (!relay.details().hibernating()
                        && (assumed
                                || last.filter(when -> now.isBefore(when.plus(REACHABLE_FOR)))
                                        .isPresent()));
        if (running) {
            stability.reachable(fingerprint, now);
        } else {
            // It went down some time after it last answered, and was surely down by its next turn.
            stability.unreachable(
                    fingerprint,
                    last.map(when -> when.plus(CYCLE)).filter(now::isAfter).orElse(now));
        }
        return running;
    }

    private static ChannelTarget target(RouterDescriptor relay) {
        return new ChannelTarget(List.of(relay.orEndpoint()), relay.fingerprint(), Optional.of(relay.identity()));
    }

    private void answered(Fingerprint relay, Instant when) {
        lock.lock();
        try {
            if (answered.size() < Submissions.RELAYS_MAX || answered.containsKey(relay)) {
                answered.put(relay, when);
            }
            answered.values().removeIf(last -> last.isBefore(when.minus(CYCLE).minus(REACHABLE_FOR)));
        } finally {
            lock.unlock();
        }
    }

    private Optional<Instant> lastAnswer(Fingerprint relay) {
        lock.lock();
        try {
            return Optional.ofNullable(answered.get(relay));
        } finally {
            lock.unlock();
        }
    }

    private boolean begin(boolean stranger) {
        lock.lock();
        try {
            boolean room = running < TESTS_MAX && !(stranger && strangers == STRANGERS_MAX);
            running += room ? 1 : 0;
            strangers += room && stranger ? 1 : 0;
            return room;
        } finally {
            lock.unlock();
        }
    }

    private void end(boolean stranger) {
        lock.lock();
        try {
            running--;
            strangers -= stranger ? 1 : 0;
        } finally {
            lock.unlock();
        }
    }
}
